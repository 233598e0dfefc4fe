# The policy wants the release to end where it is: while it advances ...
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   failure: {action: Abort}
> join c1 c2 nodes=4
> bad c1
> slow c2 1h
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1 c2
Mon 08:05  Advancing -> Aborted: HarmAborts: 4 of 8 nodes begun in stage production failed: 4 notReady; nodes c1-0, c1-1, c1-2, c1-3
Mon 08:05    hold: c1 c2
= Mon 09:00 Aborted production/1
> show
c1  hold          4 failed
c2  hold          4 new
#
# ... soaks ...
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   failure: {action: Abort}
> join c1 nodes=4
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> fail c1 2
> run
Mon 08:10  Soaking -> Aborted: HarmAborts: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:10    hold: c1
= Mon 08:10 Aborted production/1
#
# ... stands at the gate ...
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{approval: true}]}]
>   failure: {action: Abort}
> join c1 nodes=4
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:15 Gated production/1; waits for approval 'production/1'
> fail c1 2
> run
Mon 08:15  Gated -> Aborted: HarmAborts: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:15    hold: c1
= Mon 08:15 Aborted production/1
#
# ... or is paused.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   failure: {action: Abort}
> join c1 nodes=4
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
Mon 08:07  Paused -> Aborted: HarmAborts: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 08:07 Aborted production/1
