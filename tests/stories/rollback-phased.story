# Rollback has its own concurrency, begins with the greatest harm, and spreads the healthy over a minute.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h}]
>   concurrency: {rollback: 2}
> join c1..c6 nodes=4
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1 c2 c3 c4 c5 c6
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 3300 s; wakes Mon 09:05
> fail c4 1
> fail c2 3
> run
Mon 08:10  Soaking -> RollingBack: Harm: 4 of 24 nodes begun in stage production failed: 4 notReady; nodes c2-0, c2-1, c2-2, c4-0
Mon 08:10    hold: c1 c3 c5 c6
Mon 08:10    revert: c2 c4
Mon 08:15    revert: c1 c6
Mon 08:20    revert: c3 c5
Mon 08:25  RollingBack -> RolledBack: AllBack: 4 of 24 nodes begun in stage production failed: 4 notReady; nodes c2-0, c2-1, c2-2, c4-0
= Mon 08:25 RolledBack production/1
