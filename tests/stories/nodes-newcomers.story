# Nodes join and leave a cluster under a grant: the ceiling counts those that began, whoever they are.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 50%
> join n1..n4
> grant 4
> run 2m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: n1 n3
= Mon 08:02 Advancing cluster/1; 4 units (n1, n2, n3, …) not yet settled; wakes Mon 08:32
> join n5..n6
> leave n2
> run 10m
Mon 08:05    forward to 1: n4 n5
Mon 08:10  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:12 Gated cluster/1; waits for approval 'cluster/1'
> grant 6
> run
Mon 08:12  Gated -> Advancing: WaveUnsettled: stage cluster, wave 1 has units to advance again
Mon 08:12    forward to 1: n6
Mon 08:17  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:17  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:17 Gated cluster/1; waits for approval 'cluster/1'
> show
n1  forward to 1  1 new
n3  forward to 1  1 new
n4  forward to 1  1 new
n5  forward to 1  1 new
n6  forward to 1  1 new
