# A rollback keeps the same budgets.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   budgets: {clusters: {domains: [{label: region, maxDomains: 1}]}}
> join a1..a2 nodes=2 label.region=a
> join b1..b2 nodes=2 label.region=b
> run 12m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: b1 b2
Mon 08:05    forward to 2: a1 a2
Mon 08:10  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:12 Soaking production/1; soaks another 480 s; wakes Mon 08:20
> roll-back
> run
Mon 08:12  Soaking -> RollingBack: RollBack: rolled back by order
Mon 08:12    hold: a1 a2 b1 b2
Mon 08:12:03    revert: a1
Mon 08:17:03    revert: b2
Mon 08:22:03    revert: a2
Mon 08:27:03    revert: b1
Mon 08:32:03  RollingBack -> RolledBack: AllBack: rolled back by order
= Mon 08:32:03 RolledBack production/1
