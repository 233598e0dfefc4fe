# One ingress node at a time, and two of the others: all in all three nodes may be out.
> cluster at 2026-01-05T08:00
>   maxUnavailable: 3
> budgets
>   roles:
>   - {name: ingress, selector: {matchLabels: {role: ingress}}, maxUnavailable: 1}
>   - {name: others, selector: {matchExpressions: [{key: role, operator: DoesNotExist}]}, maxUnavailable: 2}
> join i1..i3 label.role=ingress
> join n1..n4
> grant 7
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: i1 n1 n3
Mon 08:05    forward to 1: i3 n2 n4
Mon 08:10    forward to 1: i2
Mon 08:15  Advancing -> Soaking: WaveSettled: stage cluster, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage cluster, wave 1 has soaked 0 s
= Mon 08:15 Gated cluster/1; waits for approval 'cluster/1'
