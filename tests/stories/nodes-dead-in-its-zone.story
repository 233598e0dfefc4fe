# The dead node is counted in its own zone only.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 3
>   maxUnavailablePerZone: 1
> join a1..a2 zone=a
> join b1..b2 zone=b
> grant 4
> silent a1
> run 15m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: b2
Mon 08:05    forward to 1: b1
= Mon 08:15 Advancing cluster/1; 1 units (a2) not yet settled; wakes Mon 08:30
> run
Mon 08:30    forward to 1: a2
Mon 08:35  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:35  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:35 Gated cluster/1; waits for approval 'cluster/1'
