# Harm is looked for as long as the release is under way: here at the gate ...
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{approval: true}]}]
> join c1 nodes=4
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:15 Gated production/1; waits for approval 'production/1'
> fail c1 2
> run
Mon 08:15  Gated -> RollingBack: Harm: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:15    revert: c1
Mon 08:20  RollingBack -> RolledBack: AllBack: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 08:20 RolledBack production/1
#
# ... and here while it is paused.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1 nodes=4
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> pause
> run
Mon 08:10  Soaking -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:10    hold: c1
= Mon 08:10 Paused production/1; paused by order
> fail c1 2
> run
Mon 08:10  Paused -> RollingBack: Harm: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:10    revert: c1
Mon 08:15  RollingBack -> RolledBack: AllBack: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 08:15 RolledBack production/1
