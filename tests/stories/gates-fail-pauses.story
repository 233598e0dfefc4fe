# What a failed gate leads to is for the failure rule to say. Where a person accepts the harm, the gate is passed over.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 5m, waves: [{clusters: 1}, {}]}]
>   failure: {action: Pause}
>   gates: [{name: orders, waves: [1], webhook: {server: {url: "https://gate.example"}, key: {name: s, key: k}}}]
> join c1 c2 nodes=2
> gate orders Fail half of all orders are lost
> run 30m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 300 s
Mon 08:10  Gated -> Paused: HarmPauses: gate orders failed at production/1: half of all orders are lost
Mon 08:10    hold: c1
= Mon 08:30 Paused production/1; waits for approval 'harm/production/1' to go on
> approve harm/production/1
> run
Mon 08:30  Paused -> Advancing: Resume: resumed by order
Mon 08:30  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:30    forward to 2: c1
Mon 08:35  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 300 s
Mon 08:35  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:35    forward to 2: c2
Mon 08:40  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:45  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 300 s
Mon 08:45  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:45 Succeeded production/2
