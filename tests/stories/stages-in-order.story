# Stages run in order: production waits until simulated has passed its last gate.
> fleet at 2026-01-05T08:00
>   stages:
>     - {name: simulated, environment: simulated, soak: 5m}
>     - {name: production, environment: production, soak: 10m, waves: [{clusters: 1}, {}]}
> join s1 s2 nodes=2 environment=simulated
> join p1 p2 nodes=2
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: s1 s2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage simulated, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage simulated, wave 1 has soaked 300 s
Mon 08:10  Gated -> Advancing: GatePassed: stage simulated, wave 1 has passed its gate
Mon 08:10    forward to 2: p1
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:25  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:25  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:25    forward to 2: p2
Mon 08:30  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:40  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:40  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:40 Succeeded production/2
