# In a cluster: at most 20 % of the nodes are out at once. The next begin when others are done.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 20%
> join n1..n10
> grant 6
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: n1 n8
Mon 08:05    forward to 1: n10 n3
Mon 08:10    forward to 1: n4 n7
Mon 08:15  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:15 Gated cluster/1; waits for approval 'cluster/1'
> show
n1   forward to 1  1 new
n10  forward to 1  1 new
n2   none          1 old
n3   forward to 1  1 new
n4   forward to 1  1 new
n5   none          1 old
n6   none          1 old
n7   forward to 1  1 new
n8   forward to 1  1 new
n9   none          1 old
