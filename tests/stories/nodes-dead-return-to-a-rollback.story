# Nodes that died while the cluster takes the attempt back: they go back within the budget, not all at once.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 2
> join n1..n8
> grant 8
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: n1 n8
Mon 08:05    forward to 1: n3 n7
Mon 08:10    forward to 1: n4 n5
Mon 08:15    forward to 1: n2 n6
Mon 08:20  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:20  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:20 Gated cluster/1; waits for approval 'cluster/1'
> silent n1..n5
> roll-back
> run
Mon 08:20  Gated -> RollingBack: RollBack: rolled back by order
Mon 08:20    hold: n1 n2 n3 n4 n5 n6 n7 n8
Mon 08:50    revert: n7 n8
Mon 08:55    revert: n6
Mon 09:00  RollingBack -> RolledBack: AllBack: rolled back by order; silent, to be brought back when heard: 5 units (n1, n2, n3, …)
= Mon 09:00 RolledBack cluster/1
> back n1..n5
> run
Mon 09:00    revert: n1 n3
Mon 09:05    revert: n4 n5
Mon 09:10    revert: n2
= Mon 09:15 RolledBack cluster/1
> show
n1  revert        1 back
n2  revert        1 back
n3  revert        1 back
n4  revert        1 back
n5  revert        1 back
n6  revert        1 back
n7  revert        1 back
n8  revert        1 back
