# One node at a time, and every one fails: the second is harm, though the first was taken back long ago.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 1
>   revertFailedAfter: 1h
> join n1..n5
> bad
> grant 5
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: n1
Mon 09:05    revert: n1
Mon 09:10    forward to 1: n3
Mon 09:15  Advancing -> RollingBack: Harm: 2 of 2 nodes begun in stage cluster failed: 1 notReady; nodes n3
Mon 09:15    revert: n3
Mon 09:20  RollingBack -> RolledBack: AllBack: 2 of 2 nodes begun in stage cluster failed: 1 notReady; nodes n3
= Mon 09:20 RolledBack cluster/1
> show
n1  revert        1 back
n2  none          1 old
n3  revert        1 back
n4  none          1 old
n5  none          1 old
