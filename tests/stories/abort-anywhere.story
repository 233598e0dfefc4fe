# Abort is heard in every phase: before the start...
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, approval: true}]
> join c1 nodes=2
> run
= Mon 08:00 Pending production/1; waits for approval 'production'
> abort
> run
Mon 08:00  Pending -> Aborted: Abort: aborted by order; units stay where they are
= Mon 08:00 Aborted production/1
#
# ... while it soaks ...
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=2
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> abort
> run
Mon 08:10  Soaking -> Aborted: Abort: aborted by order; units stay where they are
Mon 08:10    hold: c1
= Mon 08:10 Aborted production/1
#
# ... at the gate ...
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{approval: true}]}]
> join c1 nodes=2
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:15 Gated production/1; waits for approval 'production/1'
> abort
> run
Mon 08:15  Gated -> Aborted: Abort: aborted by order; units stay where they are
Mon 08:15    hold: c1
= Mon 08:15 Aborted production/1
#
# ... while paused ...
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=2
> run 2m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
= Mon 08:02 Advancing production/1; 1 units (c1) not yet settled
> pause
> run
Mon 08:02  Advancing -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:02    hold: c1
= Mon 08:05 Paused production/1; paused by order
> abort
> run
Mon 08:05  Paused -> Aborted: Abort: aborted by order; units stay where they are
= Mon 08:05 Aborted production/1
#
# ... while it rolls back: what is back stays back, the others hold ...
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   concurrency: {rollback: 1}
> join c1..c3 nodes=2
> bad
> run 7m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2 c3
Mon 08:05  Advancing -> RollingBack: Harm: 6 of 6 nodes begun in stage production failed: 6 notReady; nodes c1-0, c1-1, c2-0, c2-1, c3-0, …
Mon 08:05    revert: c1
Mon 08:05    hold: c2 c3
= Mon 08:07 RollingBack production/1; 3 units (c1, c2, c3) still to bring back
> abort
> run
Mon 08:07  RollingBack -> Aborted: Abort: aborted by order; units stay where they are
= Mon 08:10 Aborted production/1
> show
c1  revert        2 back
c2  hold          2 failed
c3  hold          2 failed
#
# ... and while a rollback waits for its approval.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=2
> irreversible
> bad
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> RollbackHeld: HarmHeld: 2 of 2 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:05    hold: c1
= Mon 08:05 RollbackHeld production/1; the component is not reversible: waits for approval 'rollback'
> abort
> run
Mon 08:05  RollbackHeld -> Aborted: Abort: aborted by order; units stay where they are
= Mon 08:05 Aborted production/1
> show
c1  hold          2 failed
