# A wave's exposure caps the nodes that may have begun by its end, whatever the clusters' sizes.
> fleet at 2026-01-05T08:00
>   stages:
>     - name: production
>       soak: 5m
>       waves: [{clusters: 100%, nodes: 50%, exposure: 10%}, {exposure: 50%}, {}]
> join c1 nodes=60
> join c2 nodes=30
> join c3 nodes=10
> plan
production/1: 10 of 100 nodes: c1=6 c2=3 c3=1
production/2: 50 of 100 nodes: c1=30 c2=15 c3=5
production/3: 100 of 100 nodes: c1=60 c2=30 c3=10
> run 5m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 6: c1
Mon 08:00    forward to 3: c2
Mon 08:00    forward to 1: c3
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:05 Soaking production/1; soaks another 300 s; wakes Mon 08:10
> show
c1  forward to 6  6 new, 54 old
c2  forward to 3  3 new, 27 old
c3  forward to 1  1 new, 9 old
