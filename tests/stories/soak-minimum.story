# Soak has a minimum: a wave that settles early waits for all of it, and the wave may have its own.
> fleet at 2026-01-05T08:00
>   stages:
>     - name: production
>       soak: 1h
>       waves: [{clusters: 1, soak: 2h}, {}]
> join c1 c2 nodes=2
> run 1h
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 09:00 Soaking production/1; soaks another 3900 s; wakes Mon 10:05
> run 1h
= Mon 10:00 Soaking production/1; soaks another 300 s; wakes Mon 10:05
> run
Mon 10:05  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 7200 s
Mon 10:05  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 10:05    forward to 2: c2
Mon 10:10  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 11:10  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 3600 s
Mon 11:10  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 11:10 Succeeded production/2
