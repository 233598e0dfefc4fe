# The clusters of a gang are in a wave together, though the wave was to be of one cluster.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1, nodes: 1}, {clusters: 50%}, {}]}]
>   budgets: {clusters: {gangs: [{label: job, kind: SameWave}]}}
> join a1..a3 nodes=2 label.job=a
> join b1..b2 nodes=2 label.job=b
> join c1..c3 nodes=2
> plan
production/1: 2 of 16 nodes: b1=1 b2=1
production/2: 10 of 16 nodes: a1=2 a2=2 a3=2 b1=2 b2=2
production/3: 16 of 16 nodes: a1=2 a2=2 a3=2 b1=2 b2=2 c1=2 c2=2 c3=2
