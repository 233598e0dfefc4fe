# What a cluster says counts only once it speaks of what it was last told: stale health advances nothing.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{nodes: 1}, {}]}]
> join c1 nodes=4
> run 14m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:14 Soaking production/1; soaks another 60 s; wakes Mon 08:15
> deaf c1
> run 2h
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 4: c1
= Mon 10:14 Advancing production/2; 1 units (c1) not yet settled
> show
c1  forward to 4  1 new, 3 old
> hears c1
> run
Mon 10:19  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 10:29  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 10:29  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 10:29 Succeeded production/2
