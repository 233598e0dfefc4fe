# A cluster takes an attempt back because its nodes fail. That they are well again is no proof: as the only
# canary, it stops the release.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
> join c1..c3 nodes=4
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> self-revert c1
> run
Mon 08:10  Soaking -> RollingBack: Harm: 4 of 4 nodes begun in stage production failed; taken back by themselves: 1 units (c1)
Mon 08:10    hold: c1
Mon 08:10:52    revert: c1
Mon 08:15  RollingBack -> RolledBack: AllBack: 4 of 4 nodes begun in stage production failed; taken back by themselves: 1 units (c1)
= Mon 08:15 RolledBack production/1
> show
c1  revert        4 back, reverted by itself
c2  none          4 old
c3  none          4 old
