# A window that selects some clusters holds these; the others go on, and the wave waits.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1..c4 nodes=2
> freeze east c3..c4
>   once: [{from: "2026-01-05T00:00", until: "2026-01-05T10:00"}]
>   reason: the east sleeps
> run 1h
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2
= Mon 09:00 Advancing production/1; 2 units (c3, c4) not yet settled; frozen: the east sleeps; wakes Mon 10:00
> run
Mon 10:00    forward to 2: c3 c4
Mon 10:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 10:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 10:15  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 10:15 Succeeded production/1
