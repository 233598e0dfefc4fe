# The rollback ends with every reachable unit back. The silent one is told, and goes back when it hears.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h}]
>   unreachable: {after: 30m}
> join c1..c4 nodes=2
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2 c3 c4
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 3300 s; wakes Mon 09:05
> silent c3
> fail c1 2
> run
Mon 08:10  Soaking -> RollingBack: Harm: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:10    revert: c1 c3
Mon 08:10    hold: c2 c4
Mon 08:15    revert: c2
Mon 08:20    revert: c4
Mon 08:40  RollingBack -> RolledBack: AllBack: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1; silent, to be brought back when heard: 1 units (c3)
= Mon 08:40 RolledBack production/1
> show
c1  revert        2 back
c2  revert        2 back
c3  revert        2 new, silent
c4  revert        2 back
> back c3
> run
= Mon 08:45 RolledBack production/1
> show
c1  revert        2 back
c2  revert        2 back
c3  revert        2 back
c4  revert        2 back
