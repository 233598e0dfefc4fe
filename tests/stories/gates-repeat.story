# A yes stands, but for a gate that names an interval: that one is asked again while people make up their minds.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 5m, waves: [{clusters: 1, approval: true}, {}]}]
>   gates:
>     - {name: once, waves: [1], webhook: {server: {url: "https://gate.example"}, key: {name: s, key: k}}}
>     - {name: again, waves: [1], interval: 10m, webhook: {server: {url: "https://gate.example"}, key: {name: s, key: k}}}
> join c1 c2 nodes=2
> gate once Pass fine
> gate again Pass fine
> run 30m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 300 s
= Mon 08:30 Gated production/1; waits for approval 'production/1'; wakes Mon 08:40
> gate once Hold not any more
> gate again Hold not any more
> run 30m
= Mon 09:00 Gated production/1; waits for approval 'production/1'; gate again holds: not any more; wakes Mon 09:10
> approve production/1
> run 5m
= Mon 09:05 Gated production/1; gate again holds: not any more; wakes Mon 09:10
> gate again Pass fine
> run
Mon 09:10  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 09:10    forward to 2: c2
Mon 09:15  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 09:20  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 300 s
Mon 09:20  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 09:20 Succeeded production/2
