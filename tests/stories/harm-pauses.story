# The policy wants a person to look: the release pauses, units hold where they are.
# A plain resume does not do; accepting the failures of this wave does.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
>   failure: {action: Pause}
> join c1 c2 nodes=4
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> fail c1 2
> run
Mon 08:10  Soaking -> Paused: HarmPauses: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:10    hold: c1
= Mon 08:10 Paused production/1; waits for approval 'harm/production/1' to go on
> show
c1  hold          2 failed, 2 new
c2  none          4 old
> resume
> run
= Mon 08:10 Paused production/1; waits for approval 'harm/production/1' to go on
> approve harm/production/1
> run
Mon 08:10  Paused -> Advancing: Resume: resumed by order
Mon 08:10  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:10    forward to 4: c1
Mon 08:20  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:20  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:20  Advancing -> Paused: HarmPauses: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:20    hold: c1
= Mon 08:20 Paused production/2; waits for approval 'harm/production/2' to go on
#
# While it advances: c2 is slow, and holds after the node in hand.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   failure: {action: Pause}
> join c1 c2 nodes=4
> slow c2 1h
> bad c1
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1 c2
Mon 08:05  Advancing -> Paused: HarmPauses: 4 of 8 nodes begun in stage production failed: 4 notReady; nodes c1-0, c1-1, c1-2, c1-3
Mon 08:05    hold: c1 c2
= Mon 09:00 Paused production/1; waits for approval 'harm/production/1' to go on
#
# At the gate.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{approval: true}]}]
>   failure: {action: Pause}
> join c1 nodes=4
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:15 Gated production/1; waits for approval 'production/1'
> fail c1 2
> run
Mon 08:15  Gated -> Paused: HarmPauses: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:15    hold: c1
= Mon 08:15 Paused production/1; waits for approval 'harm/production/1' to go on
