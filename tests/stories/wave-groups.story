# A group joins in the wave that names it, in addition to those before.
> fleet at 2026-01-05T08:00
>   stages:
>     - name: production
>       soak: 5m
>       waves:
>         - {group: {matchLabels: {ring: inner}}}
>         - {group: {matchLabels: {ring: middle}}}
>         - {}
> join a1 a2 nodes=2 label.ring=inner
> join b1 b2 nodes=2 label.ring=middle
> join c1 nodes=2
> plan
production/1: 4 of 10 nodes: a1=2 a2=2
production/2: 8 of 10 nodes: a1=2 a2=2 b1=2 b2=2
production/3: 10 of 10 nodes: a1=2 a2=2 b1=2 b2=2 c1=2
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: a1 a2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 300 s
Mon 08:10  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:10    forward to 2: b1 b2
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:20  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 300 s
Mon 08:20  Gated -> Advancing: GatePassed: stage production, wave 2 has passed its gate
Mon 08:20    forward to 2: c1
Mon 08:25  Advancing -> Soaking: WaveSettled: stage production, wave 3 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage production, wave 3 has soaked 300 s
Mon 08:30  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:30 Succeeded production/3
