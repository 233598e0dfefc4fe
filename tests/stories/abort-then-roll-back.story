# Abort ends the release and leaves the units where they are. They may still be ordered back.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 2}, {}]}]
>   concurrency: {rollback: 100%}
> join c1..c4 nodes=2
> run 2m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c3
= Mon 08:02 Advancing production/1; 2 units (c1, c3) not yet settled
> abort
> run
Mon 08:02  Advancing -> Aborted: Abort: aborted by order; units stay where they are
Mon 08:02    hold: c1 c3
= Mon 08:05 Aborted production/1
> show
c1  hold          2 new
c2  none          2 old
c3  hold          2 new
c4  none          2 old
> roll-back
> run
Mon 08:05  Aborted -> RollingBack: RollBack: rolled back by order
Mon 08:05:19    revert: c3
Mon 08:05:52    revert: c1
Mon 08:10:52  RollingBack -> RolledBack: AllBack: rolled back by order
= Mon 08:10:52 RolledBack production/1
> show
c1  revert        2 back
c2  none          2 old
c3  revert        2 back
c4  none          2 old
