# Orders that are lost before they are written are decided again: nothing is skipped, nothing begins twice.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
> join c1 c2 nodes=2
> lose
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
           the orders are lost
> run 15m
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 2: c2
= Mon 08:15 Advancing production/2; 1 units (c2) not yet settled
> lose
           the orders are lost
> run
Mon 08:20  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:30  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:30 Succeeded production/2
