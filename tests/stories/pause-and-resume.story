# Pause holds forward steps: nodes in hand are finished, no other begins. Resume goes on where it was.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
> join c1..c3 nodes=2
> pause
> run 10m
= Mon 08:10 Pending production/1; paused by order
> resume
> run 2m
Mon 08:10  Pending -> Advancing: Start: started
Mon 08:10    forward to 2: c1
= Mon 08:12 Advancing production/1; 1 units (c1) not yet settled
> pause
> run 30m
Mon 08:12  Advancing -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:12    hold: c1
= Mon 08:42 Paused production/1; paused by order
> show
c1  hold          2 new
c2  none          2 old
c3  none          2 old
> resume
> run 7m
Mon 08:42  Paused -> Advancing: Resume: resumed by order
Mon 08:42  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:42    forward to 2: c1
= Mon 08:49 Soaking production/1; soaks another 180 s; wakes Mon 08:52
> pause
> run 1h
Mon 08:49  Soaking -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:49    hold: c1
= Mon 09:49 Paused production/1; paused by order
> resume
> run
Mon 09:49  Paused -> Advancing: Resume: resumed by order
Mon 09:49  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 09:49    forward to 2: c1
Mon 09:59  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 09:59  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 09:59    forward to 2: c2 c3
Mon 10:04  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 10:14  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 10:14  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 10:14 Succeeded production/2
