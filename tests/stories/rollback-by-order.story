# A person orders the release back: in every forward phase, before the start, and while it is paused.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, approval: true}]
> join c1 nodes=2
> roll-back
> run
Mon 08:00  Pending -> RolledBack: RollBack: rolled back by order
= Mon 08:00 RolledBack production/1
#
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   concurrency: {rollback: 100%}
> join c1 c2 nodes=4
> run 2m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1 c2
= Mon 08:02 Advancing production/1; 2 units (c1, c2) not yet settled
> roll-back
> run
Mon 08:02  Advancing -> RollingBack: RollBack: rolled back by order
Mon 08:02    hold: c1 c2
Mon 08:02:32    revert: c2
Mon 08:02:52    revert: c1
Mon 08:07:52  RollingBack -> RolledBack: AllBack: rolled back by order
= Mon 08:07:52 RolledBack production/1
> show
c1  revert        4 back
c2  revert        4 back
#
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=2
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> roll-back
> run
Mon 08:10  Soaking -> RollingBack: RollBack: rolled back by order
Mon 08:10    hold: c1
Mon 08:10:52    revert: c1
Mon 08:15:52  RollingBack -> RolledBack: AllBack: rolled back by order
= Mon 08:15:52 RolledBack production/1
#
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{approval: true}]}]
> join c1 nodes=2
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:15 Gated production/1; waits for approval 'production/1'
> roll-back
> run
Mon 08:15  Gated -> RollingBack: RollBack: rolled back by order
Mon 08:15    hold: c1
Mon 08:15:52    revert: c1
Mon 08:20:52  RollingBack -> RolledBack: AllBack: rolled back by order
= Mon 08:20:52 RolledBack production/1
#
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=2
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> pause
> run
Mon 08:10  Soaking -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:10    hold: c1
= Mon 08:10 Paused production/1; paused by order
> roll-back
> run
Mon 08:10  Paused -> RollingBack: RollBack: rolled back by order
Mon 08:10:52    revert: c1
Mon 08:15:52  RollingBack -> RolledBack: AllBack: rolled back by order
= Mon 08:15:52 RolledBack production/1
