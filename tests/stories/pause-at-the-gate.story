# At the gate too; the wave has settled already, but after the pause it is looked at anew.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{approval: true}]}]
> join c1 c2 nodes=2
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:15 Gated production/1; waits for approval 'production/1'
> pause
> run
Mon 08:15  Gated -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:15    hold: c1 c2
= Mon 08:15 Paused production/1; paused by order
> approve production/1
> run
= Mon 08:15 Paused production/1; paused by order
> resume
> run
Mon 08:15  Paused -> Advancing: Resume: resumed by order
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15    forward to 2: c1 c2
Mon 08:25  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:25  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:25 Succeeded production/1
