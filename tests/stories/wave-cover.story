# The first wave takes the fewest clusters that show every value, and of each only the canaries that it owes.
# "Only focal" and "only A10" meet a canary before the rest does.
> fleet at 2026-01-05T08:00
>   coverage: {perValue: 2}
>   stages:
>     - name: production
>       soak: 10m
>       waves: [{clusters: cover, nodes: cover}, {}]
> join big nodes=100 os=jammy gpu=none
> join old nodes=10 os=focal*4,jammy*6 gpu=none
> join gpu nodes=10 os=jammy gpu=a10
> join other nodes=50 os=jammy gpu=none
> plan
production/1: 8 of 170 nodes: gpu=3 old=5
  gpu owes gpu=a10 2, os=jammy 1
  old owes gpu=none 2, os=focal 2, os=jammy 1
production/2: 170 of 170 nodes: big=100 gpu=10 old=10 other=50
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 3: gpu
Mon 08:00    forward to 5: old
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 100: big
Mon 08:15    forward to 10: gpu old
Mon 08:15    forward to 50: other
Mon 08:20  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:30  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:30 Succeeded production/2
