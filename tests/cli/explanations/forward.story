# What a wave waits for while it advances and soaks.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h, waves: [{clusters: 3}, {}]}]
>   budgets: {clusters: {domains: [{label: region, maxUnavailable: 1}]}}
>   unreachable: {tolerance: 1, after: 30m}
> join a1..a4 nodes=4 label.region=a
> join b1..b4 nodes=4 label.region=b
> slow a1 2h
> slow b2 2h
> slow a4 2h
> slow b4 2h
> run 8m
> explain
Release      default/r1: agent to v2
Stands at    Advancing, stage production (1 of 1), wave 1 of 2, for 8m
Reached      production: 4 of 32 nodes updated, 8 begun (25%)
Waits for    budget: budgets.clusters.domains[region] has no room for 1 units (b1)
             clusters: 2 units (b1, b2) not yet settled, for 8m
               - b2: 0 of 4 nodes updated, 4 begun
Looks again  in 30m, at 2026-01-05T08:38:00Z: a dead unit is passed over, and leaves its budget to
             others; and whenever a cluster, a gate or a person changes something
You can      myriarch clusters describe b1  shows the cluster and what its agent says
             myriarch release pause r1      holds forward steps
             myriarch release rollback r1   brings every node back
             myriarch release abort r1      ends it where it is
> silent b2
> run 4m
> explain
Release      default/r1: agent to v2
Stands at    Advancing, stage production (1 of 1), wave 1 of 2, for 12m
Reached      production: 4 of 32 nodes updated, 8 begun (25%)
Waits for    silence: 1 units (b2) silent, for 4m, until 2026-01-05T08:38:00Z at most
               - b2: not heard since 2026-01-05T08:08:00Z
             budget: budgets.clusters.domains[region] has no room for 1 units (b1), for 4m
             clusters: 1 units (b1) not yet settled, for 12m
Looks again  in 26m, at 2026-01-05T08:38:00Z: a dead unit is passed over, and leaves its budget to
             others; and whenever a cluster, a gate or a person changes something
You can      myriarch clusters describe b2  shows the cluster and what its agent says
             myriarch clusters describe b1  shows the cluster and what its agent says
             myriarch release pause r1      holds forward steps
             myriarch release rollback r1   brings every node back
             myriarch release abort r1      ends it where it is
