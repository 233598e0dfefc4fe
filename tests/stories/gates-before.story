# A gate before a wave opens it. Before the first one nothing is out yet, so that even a Fail only holds.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 5m, waves: [{clusters: 1}, {clusters: 2}, {}]}]
>   gates:
>     - {name: ready, when: Before, waves: [1, 3], webhook: {server: {url: "https://gate.example"}, key: {name: s, key: k}}}
> join c1 c2 c3 nodes=2
> gate ready Fail the database is being moved
> run 10m
= Mon 08:10 Pending production/1; gate ready fails: the database is being moved; wakes Mon 08:11
> gate ready Pass the database has been moved
> run 20m
Mon 08:11  Pending -> Advancing: Start: started
Mon 08:11    forward to 2: c1
Mon 08:16  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:21  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 300 s
Mon 08:21  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:21    forward to 2: c3
Mon 08:26  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
= Mon 08:30 Soaking production/2; soaks another 60 s; wakes Mon 08:31
> gate ready Fail the database is being moved
> run
Mon 08:31  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 300 s
Mon 08:31  Gated -> RollingBack: Harm: gate ready failed at production/3: the database is being moved
Mon 08:31    hold: c1 c3
Mon 08:31:19    revert: c3
Mon 08:36:19    revert: c1
Mon 08:41:19  RollingBack -> RolledBack: AllBack: gate ready failed at production/3: the database is being moved
= Mon 08:41:19 RolledBack production/2
