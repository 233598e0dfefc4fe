# A newer release of the component takes over in any phase that has not ended: the units hold, and are its to move.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, approval: true}]
> join c1 nodes=2
> run
= Mon 08:00 Pending production/1; waits for approval 'production'
> supersede kubelet-8
> run
Mon 08:00  Pending -> Superseded: Supersede: superseded by release kubelet-8
= Mon 08:00 Superseded production/1
#
# While it advances: no unit is told to go on.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 c2 nodes=2
> run 2m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2
= Mon 08:02 Advancing production/1; 2 units (c1, c2) not yet settled
> supersede kubelet-8
> run
Mon 08:02  Advancing -> Superseded: Supersede: superseded by release kubelet-8
Mon 08:02    hold: c1 c2
= Mon 08:05 Superseded production/1
> show
c1  hold          2 new
c2  hold          2 new
#
# While it soaks.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=2
> run 7m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:07 Soaking production/1; soaks another 480 s; wakes Mon 08:15
> supersede kubelet-8
> run
Mon 08:07  Soaking -> Superseded: Supersede: superseded by release kubelet-8
Mon 08:07    hold: c1
= Mon 08:07 Superseded production/1
#
# At the gate.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{approval: true}]}]
> join c1 nodes=2
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:15 Gated production/1; waits for approval 'production/1'
> supersede kubelet-8
> run
Mon 08:15  Gated -> Superseded: Supersede: superseded by release kubelet-8
Mon 08:15    hold: c1
= Mon 08:15 Superseded production/1
#
# While paused.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=2
> run 7m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:07 Soaking production/1; soaks another 480 s; wakes Mon 08:15
> pause
> run
Mon 08:07  Soaking -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:07    hold: c1
= Mon 08:07 Paused production/1; paused by order
> supersede kubelet-8
> run
Mon 08:07  Paused -> Superseded: Supersede: superseded by release kubelet-8
= Mon 08:07 Superseded production/1
#
# While it rolls back: the newer release finds units on their way back.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   concurrency: {rollback: 1}
> join c1 c2 nodes=2
> bad
> run 7m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2
Mon 08:05  Advancing -> RollingBack: Harm: 4 of 4 nodes begun in stage production failed: 4 notReady; nodes c1-0, c1-1, c2-0, c2-1
Mon 08:05    revert: c1
Mon 08:05    hold: c2
= Mon 08:07 RollingBack production/1; 2 units (c1, c2) still to bring back
> supersede kubelet-8
> run
Mon 08:07  RollingBack -> Superseded: Supersede: superseded by release kubelet-8
= Mon 08:10 Superseded production/1
> show
c1  revert        2 back
c2  hold          2 failed
#
# While its rollback waits for approval.
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
> supersede kubelet-8
> run
Mon 08:05  RollbackHeld -> Superseded: Supersede: superseded by release kubelet-8
= Mon 08:05 Superseded production/1
