# A cluster that holds half-way has done all that it was told, and yet is not done: the wave does not settle by it.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 0s, waves: [{clusters: 1}, {}]}]
> join c1 c2 nodes=4 at-once=1
> run 7m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
= Mon 08:07 Advancing production/1; 1 units (c1) not yet settled
> pause
> run 1h
Mon 08:07  Advancing -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:07    hold: c1
= Mon 09:07 Paused production/1; paused by order
> show
c1  hold          2 new, 2 old
c2  none          4 old
> resume
> run 2m
Mon 09:07  Paused -> Advancing: Resume: resumed by order
Mon 09:07    forward to 4: c1
= Mon 09:09 Advancing production/1; 1 units (c1) not yet settled
> show
c1  forward to 4  2 new, 1 moving, 1 old
c2  none          4 old
> run
Mon 09:17  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 09:17  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 0 s
Mon 09:17  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 09:17    forward to 4: c2
Mon 09:37  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 09:37  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 0 s
Mon 09:37  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 09:37 Succeeded production/2
