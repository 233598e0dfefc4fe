# Two of the first three fail: the cluster takes all of them back, the failed ones at once: they cost no budget.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 3
>   tolerance: 20%
> join n1..n8 os=jammy
> bad n2 n6 n8
> grant 8
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: n1 n3 n8
Mon 08:05    forward to 1: n4 n7
Mon 08:10    forward to 1: n5 n6
Mon 08:15  Advancing -> RollingBack: Harm: 2 of 7 nodes begun in stage cluster failed: 2 notReady; nodes n6, n8
Mon 08:15    revert: n1 n6 n8
Mon 08:15    hold: n3 n4 n5 n7
Mon 08:20    revert: n3 n4 n7
Mon 08:25    revert: n5
Mon 08:30  RollingBack -> RolledBack: AllBack: 2 of 7 nodes begun in stage cluster failed: 2 notReady; nodes n6, n8
= Mon 08:30 RolledBack cluster/1
> show
n1  revert        1 back
n2  none          1 old
n3  revert        1 back
n4  revert        1 back
n5  revert        1 back
n6  revert        1 back
n7  revert        1 back
n8  revert        1 back
