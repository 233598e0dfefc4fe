# Waves of so many clusters are stratified samples: a quarter of each kind of cluster, then half of each.
> fleet at 2026-01-05T08:00
>   stages:
>     - name: production
>       soak: 10m
>       waves: [{clusters: 25%}, {clusters: 50%}, {}]
> join a1..a12 nodes=4 label.provider=aws
> join m1..m4 nodes=4 label.provider=metal
> join g1 g2 e1 e2 nodes=4 label.provider=gcp
> plan
production/1: 20 of 80 nodes: a5=4 a6=4 a9=4 e2=4 m3=4
production/2: 40 of 80 nodes: a2=4 a4=4 a5=4 a6=4 a7=4 a9=4 e1=4 e2=4 m1=4 m3=4
production/3: 80 of 80 nodes: a1=4 a10=4 a11=4 a12=4 a2=4 a3=4 a4=4 a5=4 a6=4 a7=4 a8=4 a9=4 e1=4 e2=4 g1=4 g2=4 m1=4 m2=4 m3=4 m4=4
