# A node that can't be brought back does not hold the rollback for ever: it is named, and the release ends.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h}]
> join c1 c2 nodes=3
> stuck c2
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 3: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 3300 s; wakes Mon 09:05
> fail c1 2
> run
Mon 08:10  Soaking -> RollingBack: Harm: 2 of 6 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:10    revert: c1
Mon 08:10    hold: c2
Mon 08:15    revert: c2
Mon 08:20  RollingBack -> RolledBack: AllBack: 2 of 6 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1; stuck nodes in 1 units (c2)
= Mon 08:20 RolledBack production/1
> show
c1  revert        3 back
c2  revert        1 new, 2 back
