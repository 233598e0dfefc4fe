# Who can't be heard has not said that it is well: silence holds the gate, until it has lasted and is borne.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 2}, {}]}]
>   unreachable: {tolerance: 1, after: 30m}
> join c1..c4 nodes=2
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c3
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> silent c1
> run 10m
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:20 Gated production/1; 1 units are silent: silence holds; wakes Mon 08:40
> run 20m
Mon 08:40  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:40    forward to 2: c2 c4
= Mon 08:40 Advancing production/2; 2 units (c2, c4) not yet settled
> back c1
> run
Mon 08:45  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:55  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:55  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:55 Succeeded production/2
#
# A cluster that is heard again before that ends the wait at once.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
> join c1..c4 nodes=2
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2 c3 c4
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> silent c1
> run 10m
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:20 Gated production/1; 1 units are silent: silence holds; wakes Mon 08:40
> back c1
> run
Mon 08:20  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:20 Succeeded production/1
