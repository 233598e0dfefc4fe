# Greatest harm first is the greatest share of a cluster's nodes, not the greatest number.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m}]
>   failure: {tolerance: 20%}
>   concurrency: {rollback: 1}
> join large nodes=40 os=jammy
> join small nodes=4 os=jammy
> join well nodes=10 os=jammy
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 40: large
Mon 08:00    forward to 4: small
Mon 08:00    forward to 10: well
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 1500 s; wakes Mon 08:35
> fail large 9
> fail small 3
> run
Mon 08:10  Soaking -> RollingBack: Harm: 12 of 54 nodes begun in stage production failed: 12 notReady; nodes large-0, large-1, large-2, large-3, large-4, …
Mon 08:10    hold: large well
Mon 08:10    revert: small
Mon 08:15    revert: large
Mon 08:20    revert: well
Mon 08:25  RollingBack -> RolledBack: AllBack: 12 of 54 nodes begun in stage production failed: 12 notReady; nodes large-0, large-1, large-2, large-3, large-4, …
= Mon 08:25 RolledBack production/1
