# Held: nodes in hand are finished, no other begins. On the way back nothing holds.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 1
> join n1..n3
> grant 3
> run 2m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: n1
= Mon 08:02 Advancing cluster/1; 3 units (n1, n2, n3) not yet settled; wakes Mon 08:32
> freeze held
>   stop: true
>   reason: the grant has run out
> run
Mon 08:02    hold: n1
= Mon 08:05 Advancing cluster/1; 2 units (n2, n3) not yet settled; frozen: the grant has run out
> show
n1  hold          1 new
n2  none          1 old
n3  none          1 old
> roll-back
> run
Mon 08:05  Advancing -> RollingBack: RollBack: rolled back by order
Mon 08:05    revert: n1
Mon 08:10  RollingBack -> RolledBack: AllBack: rolled back by order
= Mon 08:10 RolledBack cluster/1
> show
n1  revert        1 back
n2  none          1 old
n3  none          1 old
