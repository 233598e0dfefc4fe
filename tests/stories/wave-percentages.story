# Waves by percentages of the stage's clusters. 1 % of ten clusters is one: a share of something is never nothing.
> fleet at 2026-01-05T08:00
>   stages:
>     - name: production
>       soak: 10m
>       waves: [{clusters: 1%}, {clusters: 30%, nodes: 50%}, {}]
> join c1..c10 nodes=4
> plan
production/1: 4 of 40 nodes: c7=4
production/2: 8 of 40 nodes: c10=2 c7=4 c8=2
production/3: 40 of 40 nodes: c1=4 c10=4 c2=4 c3=4 c4=4 c5=4 c6=4 c7=4 c8=4 c9=4
> run 40m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c7
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 2: c10 c8
Mon 08:20  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:30  Gated -> Advancing: GatePassed: stage production, wave 2 has passed its gate
Mon 08:30    forward to 4: c1 c10 c2 c3 c4 c5 c6 c8 c9
Mon 08:35  Advancing -> Soaking: WaveSettled: stage production, wave 3 has settled
= Mon 08:40 Soaking production/3; soaks another 300 s; wakes Mon 08:45
