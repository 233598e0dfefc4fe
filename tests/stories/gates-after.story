# A gate after a wave holds until its source says yes. Silence holds, and so does a source that can't tell.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 5m, waves: [{clusters: 1}, {}]}]
>   gates: [{name: orders, webhook: {server: {url: "https://gate.example"}, key: {name: s, key: k}}}]
> join c1 c2 nodes=2
> run 30m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 300 s
= Mon 08:30 Gated production/1; gate orders has not answered yet: silence holds
> gate orders Hold the checks have not run yet
> run 5m
= Mon 08:35 Gated production/1; gate orders holds: the checks have not run yet; wakes Mon 08:36
> gate orders Pass all orders went through
> run 1h
Mon 08:36  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:36    forward to 2: c2
Mon 08:41  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:46  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 300 s
Mon 08:46  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 09:35 Succeeded production/2
