# Real harm repeats itself: the second try is taken back too, and that is final. Production is never touched.
> fleet at 2026-01-05T08:00
>   failure: {action: RollBack}
>   stages:
>     - {name: simulated, environment: simulated, soak: 5m, attempts: 2}
>     - {name: production, environment: production, soak: 30m}
> join s1 s2 nodes=4 environment=simulated
> join p1 p2 nodes=4
> bad s2
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: s1 s2
Mon 08:05  Advancing -> RollingBack: Harm: 4 of 8 nodes begun in stage simulated failed: 4 notReady; nodes s2-0, s2-1, s2-2, s2-3
Mon 08:05    hold: s1
Mon 08:05    revert: s2
Mon 08:10    revert: s1
Mon 08:15  RollingBack -> Pending: TryAgain: try 2 of 2 of stage simulated; taken back before: 4 of 8 nodes begun in stage simulated failed: 4 notReady; nodes s2-0, s2-1, s2-2, s2-3
Mon 08:30  Pending -> Advancing: Start: try 2 of 2 of stage simulated; taken back before: 4 of 8 nodes begun in stage simulated failed: 4 notReady; nodes s2-0, s2-1, s2-2, s2-3
Mon 08:30    forward to 4: s1 s2
Mon 08:35  Advancing -> RollingBack: Harm: 4 of 8 nodes begun in stage simulated failed: 4 notReady; nodes s2-0, s2-1, s2-2, s2-3
Mon 08:35    hold: s1
Mon 08:35    revert: s2
Mon 08:40    revert: s1
Mon 08:45  RollingBack -> RolledBack: AllBack: 4 of 8 nodes begun in stage simulated failed: 4 notReady; nodes s2-0, s2-1, s2-2, s2-3
= Mon 08:45 RolledBack simulated/1
> show
p1  none          4 old
p2  none          4 old
s1  revert        4 back
s2  revert        4 back
