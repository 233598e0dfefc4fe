# A pair that the policy names is covered too: single values would be content with two clusters.
> fleet at 2026-01-05T08:00
>   coverage: {perValue: 1, pairs: [[provider, os]]}
>   stages:
>     - name: production
>       soak: 10m
>       waves: [{clusters: cover, nodes: cover}, {clusters: 75%}, {}]
> join a1 a2 nodes=4 label.provider=aws os=focal
> join a3 a4 nodes=4 label.provider=aws os=jammy
> join m1 m2 nodes=4 label.provider=metal os=jammy
> join m3 m4 nodes=4 label.provider=metal os=focal
> plan
production/1: 8 of 32 nodes: a2=2 a4=2 m1=2 m3=2
  m3 owes os=focal 1, provider=metal 1, os+provider=focal+metal 1
  a2 owes provider=aws 1, os+provider=focal+aws 1
  m1 owes os=jammy 1, os+provider=jammy+metal 1
  a4 owes os+provider=jammy+aws 1
production/2: 24 of 32 nodes: a1=4 a2=4 a4=4 m1=4 m2=4 m3=4
production/3: 32 of 32 nodes: a1=4 a2=4 a3=4 a4=4 m1=4 m2=4 m3=4 m4=4
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: a2 a4 m1 m3
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 4: a1 a2 a4 m1 m2 m3
Mon 08:20  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:30  Gated -> Advancing: GatePassed: stage production, wave 2 has passed its gate
Mon 08:30    forward to 4: a3 m4
Mon 08:35  Advancing -> Soaking: WaveSettled: stage production, wave 3 has settled
Mon 08:45  Soaking -> Gated: SoakPassed: stage production, wave 3 has soaked 600 s
Mon 08:45  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:45 Succeeded production/3
