# A grant may ask for values: the nodes that show them begin first.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 100%
> join n1..n5 os=jammy gpu=none
> join n6 os=focal gpu=none
> join n7 os=jammy gpu=a10
> grant 3 os=focal:1 gpu=a10:1 os=jammy:1
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: n1 n6 n7
Mon 08:05  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:05  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:10 Gated cluster/1; waits for approval 'cluster/1'
> grant 7
> run
Mon 08:10  Gated -> Advancing: WaveUnsettled: stage cluster, wave 1 has units to advance again
Mon 08:10    forward to 1: n2 n3 n4 n5
Mon 08:15  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:15 Gated cluster/1; waits for approval 'cluster/1'
