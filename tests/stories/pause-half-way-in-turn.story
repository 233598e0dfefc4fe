# Clusters that hold half-way resume as concurrency allows: here one at a time.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   concurrency: {clusters: 1}
> join c1 c2 nodes=4 at-once=1
> run 7m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
= Mon 08:07 Advancing production/1; 2 units (c1, c2) not yet settled
> pause
> run 1h
Mon 08:07  Advancing -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:07    hold: c1
= Mon 09:07 Paused production/1; paused by order
> resume
> run
Mon 09:07  Paused -> Advancing: Resume: resumed by order
Mon 09:07    forward to 4: c1
Mon 09:17    forward to 4: c2
Mon 09:37  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 09:47  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 09:47  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 09:47 Succeeded production/1
