# One dead node is passed over after ten minutes; a second one holds the others until it returns.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 1
> budgets
>   dead: {after: 10m, tolerated: 1}
> join n1..n4
> silent n1
> run 5m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:00  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:05 Gated cluster/1; waits for approval 'cluster/1'; wakes Mon 08:10
> grant 4
> run 12m
Mon 08:05  Gated -> Advancing: WaveUnsettled: stage cluster, wave 1 has units to advance again
Mon 08:10    forward to 1: n3
Mon 08:15    forward to 1: n4
= Mon 08:17 Advancing cluster/1; 2 units (n2, n4) not yet settled; wakes Mon 08:27
> silent n3
> run 1h
= Mon 09:17 Advancing cluster/1; 1 units (n2) not yet settled; 2 units (n1, n3) dead, 1 may be: the others use up budgets
> back n3
> run
Mon 09:17    forward to 1: n2
Mon 09:22  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 09:22  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 09:22 Gated cluster/1; waits for approval 'cluster/1'
> back n1
> run
Mon 09:22  Gated -> Advancing: WaveUnsettled: stage cluster, wave 1 has units to advance again
Mon 09:22    forward to 1: n1
Mon 09:27  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 09:27  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 09:27 Gated cluster/1; waits for approval 'cluster/1'
