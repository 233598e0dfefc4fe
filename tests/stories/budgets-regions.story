# Clusters advance region by region, in each two at once.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   budgets: {clusters: {domains: [{label: region, maxDomains: 1, maxUnavailable: 2}]}}
> join a1..a3 nodes=2 label.region=a
> join b1..b2 nodes=2 label.region=b
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: b1 b2
Mon 08:05    forward to 2: a1 a2
Mon 08:10    forward to 2: a3
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:25  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:25  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:25 Succeeded production/1
