# Waves by counts: one cluster, three, all. Sizes are cumulative; each wave settles, soaks and passes its gate.
> fleet at 2026-01-05T08:00
>   stages:
>     - name: production
>       soak: 10m
>       waves: [{clusters: 1}, {clusters: 3}, {}]
> join c1..c5 nodes=4 os=jammy
> plan
production/1: 4 of 20 nodes: c1=4
production/2: 12 of 20 nodes: c1=4 c3=4 c5=4
production/3: 20 of 20 nodes: c1=4 c2=4 c3=4 c4=4 c5=4
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 4: c3 c5
Mon 08:20  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:30  Gated -> Advancing: GatePassed: stage production, wave 2 has passed its gate
Mon 08:30    forward to 4: c2 c4
Mon 08:35  Advancing -> Soaking: WaveSettled: stage production, wave 3 has settled
Mon 08:45  Soaking -> Gated: SoakPassed: stage production, wave 3 has soaked 600 s
Mon 08:45  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:45 Succeeded production/3
> show
c1  forward to 4  4 new
c2  forward to 4  4 new
c3  forward to 4  4 new
c4  forward to 4  4 new
c5  forward to 4  4 new
