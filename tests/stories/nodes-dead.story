# A dead node uses up the budget for half an hour; then it is recorded and no longer holds the others.
# It is advanced when it returns.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 1
> join n1..n3
> grant 3
> silent n1
> run 20m
Mon 08:00  Pending -> Advancing: Start: started
= Mon 08:20 Advancing cluster/1; 2 units (n2, n3) not yet settled; wakes Mon 08:30
> run
Mon 08:30    forward to 1: n3
Mon 08:35    forward to 1: n2
Mon 08:40  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:40  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:40 Gated cluster/1; waits for approval 'cluster/1'
> back n1
> run
Mon 08:40  Gated -> Advancing: WaveUnsettled: stage cluster, wave 1 has units to advance again
Mon 08:40    forward to 1: n1
Mon 08:45  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:45  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:45 Gated cluster/1; waits for approval 'cluster/1'
