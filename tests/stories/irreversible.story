# A component that can't simply be taken back holds instead, and waits for a person to approve the rollback.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 c2 nodes=4
> irreversible
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> fail c1 2
> run
Mon 08:10  Soaking -> RollbackHeld: HarmHeld: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:10    hold: c1 c2
= Mon 08:10 RollbackHeld production/1; the component is not reversible: waits for approval 'rollback'
> show
c1  hold          2 failed, 2 new
c2  hold          4 new
> approve rollback
> run
Mon 08:10  RollbackHeld -> RollingBack: RollbackApproved: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:10    revert: c1
Mon 08:15    revert: c2
Mon 08:20  RollingBack -> RolledBack: AllBack: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 08:20 RolledBack production/1
> show
c1  revert        4 back
c2  revert        4 back
#
# Found while it advances, with the approval given beforehand: no wait.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=4
> irreversible
> approve rollback
> bad
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> RollingBack: Harm: 4 of 4 nodes begun in stage production failed: 4 notReady; nodes c1-0, c1-1, c1-2, c1-3
Mon 08:05    revert: c1
Mon 08:10  RollingBack -> RolledBack: AllBack: 4 of 4 nodes begun in stage production failed: 4 notReady; nodes c1-0, c1-1, c1-2, c1-3
= Mon 08:10 RolledBack production/1
#
# At the gate; an order to roll back is an approval too.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{approval: true}]}]
> join c1 nodes=4
> irreversible
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:15 Gated production/1; waits for approval 'production/1'
> fail c1 2
> run
Mon 08:15  Gated -> RollbackHeld: HarmHeld: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:15    hold: c1
= Mon 08:15 RollbackHeld production/1; the component is not reversible: waits for approval 'rollback'
> roll-back
> run
Mon 08:15  RollbackHeld -> RollingBack: RollbackApproved: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:15    revert: c1
Mon 08:20  RollingBack -> RolledBack: AllBack: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 08:20 RolledBack production/1
#
# While paused.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=4
> irreversible
> run 7m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:07 Soaking production/1; soaks another 480 s; wakes Mon 08:15
> pause
> run
Mon 08:07  Soaking -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:07    hold: c1
= Mon 08:07 Paused production/1; paused by order
> fail c1 2
> run
Mon 08:07  Paused -> RollbackHeld: HarmHeld: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 08:07 RollbackHeld production/1; the component is not reversible: waits for approval 'rollback'
