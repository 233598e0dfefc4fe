# One failed node is never harm unless the policy says so: any node may die.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m}]
> join c1 nodes=10
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 10: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 1500 s; wakes Mon 08:35
> fail c1
> run
Mon 08:35  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
Mon 08:35  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:35 Succeeded production/1
> show
c1  forward to 10 1 failed, 9 new
#
# Here the policy says so.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m}]
>   failure: {minimum: 1, tolerance: 0%}
> join c1 nodes=10
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 10: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 1500 s; wakes Mon 08:35
> fail c1
> run
Mon 08:10  Soaking -> RollingBack: Harm: 1 of 10 nodes begun in stage production failed: 1 notReady; nodes c1-0
Mon 08:10    revert: c1
Mon 08:15  RollingBack -> RolledBack: AllBack: 1 of 10 nodes begun in stage production failed: 1 notReady; nodes c1-0
= Mon 08:15 RolledBack production/1
