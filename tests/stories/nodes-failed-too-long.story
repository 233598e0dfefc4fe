# One failed node is no harm to the cluster. When it stays failed for long it is taken back by itself.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 2
>   revertFailedAfter: 2h
> join n1..n8
> bad n3
> grant 8
> run 1h
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: n1 n8
Mon 08:05    forward to 1: n3 n7
Mon 08:10    forward to 1: n4
Mon 08:15    forward to 1: n5
Mon 08:20    forward to 1: n6
Mon 08:25    forward to 1: n2
Mon 08:30  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 09:00 Gated cluster/1; waits for approval 'cluster/1'; wakes Mon 09:30
> run
Mon 10:10    revert: n3
= Mon 10:15 Gated cluster/1; waits for approval 'cluster/1'
> show
n1  forward to 1  1 new
n2  forward to 1  1 new
n3  revert        1 back
n4  forward to 1  1 new
n5  forward to 1  1 new
n6  forward to 1  1 new
n7  forward to 1  1 new
n8  forward to 1  1 new
