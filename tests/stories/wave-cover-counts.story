# An attribute may ask for more canaries than the rest; what is scarcer than asked is covered as far as it exists.
> fleet at 2026-01-05T08:00
>   coverage:
>     perValue: 1
>     attributes: [{attribute: os, perValue: 3}]
>   stages:
>     - name: production
>       soak: 10m
>       waves: [{clusters: cover, nodes: cover}, {}]
> join a nodes=6 os=jammy zone_name=z1
> join b nodes=6 os=jammy zone_name=z2
> join c nodes=6 os=focal*2,jammy*4 zone_name=z1
> plan
production/1: 8 of 18 nodes: b=2 c=6
  c owes os=focal 2, os=jammy 2, zone_name=z1 1
  b owes os=jammy 1, zone_name=z2 1
production/2: 18 of 18 nodes: a=6 b=6 c=6
