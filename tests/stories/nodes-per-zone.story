# At most one a zone, though four in all would be allowed.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 4
>   maxUnavailablePerZone: 1
> join a1..a3 zone=a
> join b1..b2 zone=b
> grant 5
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: a2 b2
Mon 08:05    forward to 1: a1 b1
Mon 08:10    forward to 1: a3
Mon 08:15  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:15 Gated cluster/1; waits for approval 'cluster/1'
