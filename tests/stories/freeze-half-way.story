# Nor does a freeze let a half-done wave pass.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
> join c1 c2 nodes=4 at-once=1
> freeze noon
>   once: [{from: "2026-01-05T08:07", until: "2026-01-05T13:00"}]
>   reason: lunch
> run 4h
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:07    hold: c1
= Mon 12:00 Advancing production/1; 1 units (c1) not yet settled; frozen: lunch; wakes Mon 13:00
> show
c1  hold          2 new, 2 old
c2  none          4 old
> run
Mon 13:00    forward to 4: c1
Mon 13:10  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 13:20  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 13:20  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 13:20    forward to 4: c2
Mon 13:40  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 13:50  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 13:50  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 13:50 Succeeded production/2
