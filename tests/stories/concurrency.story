# At most so many clusters advance at once; the next begins when one has settled.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   concurrency: {clusters: 2}
> join c1..c5 nodes=2
> slow c4 12m
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c3
Mon 08:05    forward to 2: c2 c5
Mon 08:10    forward to 2: c4
Mon 08:22  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:32  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:32  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:32 Succeeded production/1
