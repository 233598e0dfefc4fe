# Growth by a factor until all take part: 1, 3, 9, all.
> fleet at 2026-01-05T08:00
>   stages:
>     - name: production
>       soak: 5m
>       exponential: {start: 1, factor: 3}
> join c1..c12 nodes=2
> plan
production/1: 2 of 24 nodes: c7=2
production/2: 6 of 24 nodes: c10=2 c7=2 c8=2
production/3: 18 of 24 nodes: c1=2 c10=2 c11=2 c3=2 c5=2 c6=2 c7=2 c8=2 c9=2
production/4: 24 of 24 nodes: c1=2 c10=2 c11=2 c12=2 c2=2 c3=2 c4=2 c5=2 c6=2 c7=2 c8=2 c9=2
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c7
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 300 s
Mon 08:10  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:10    forward to 2: c10 c8
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:20  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 300 s
Mon 08:20  Gated -> Advancing: GatePassed: stage production, wave 2 has passed its gate
Mon 08:20    forward to 2: c1 c11 c3 c5 c6 c9
Mon 08:25  Advancing -> Soaking: WaveSettled: stage production, wave 3 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage production, wave 3 has soaked 300 s
Mon 08:30  Gated -> Advancing: GatePassed: stage production, wave 3 has passed its gate
Mon 08:30    forward to 2: c12 c2 c4
Mon 08:35  Advancing -> Soaking: WaveSettled: stage production, wave 4 has settled
Mon 08:40  Soaking -> Gated: SoakPassed: stage production, wave 4 has soaked 300 s
Mon 08:40  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:40 Succeeded production/4
