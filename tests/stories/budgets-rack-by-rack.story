# One rack is in flight at a time, whole; nodes without a rack are one by themselves. A dead node puts no rack in flight.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 4
> budgets
>   domains: [{label: rack, maxDomains: 1}]
> join a1..a2 label.rack=a
> join b1..b3 label.rack=b
> join n1..n2
> silent b3
> grant 7
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: b1 b2
Mon 08:05    forward to 1: n1 n2
Mon 08:10    forward to 1: a1 a2
Mon 08:15  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:30 Gated cluster/1; waits for approval 'cluster/1'
> back b3
> run
Mon 08:30  Gated -> Advancing: WaveUnsettled: stage cluster, wave 1 has units to advance again
Mon 08:30    forward to 1: b3
Mon 08:35  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:35  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:35 Gated cluster/1; waits for approval 'cluster/1'
