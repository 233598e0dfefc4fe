# A soak, with nothing else to wait for.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h, waves: [{clusters: 3}, {}]}]
> join c1..c4 nodes=2
> run 20m
> explain
Release      default/r1: agent to v2
Stands at    Soaking, stage production (1 of 1), wave 1 of 2, for 15m
Reached      production: 6 of 8 nodes updated, 6 begun (75%)
Waits for    soak: 1h in all, 45m to go, until 2026-01-05T09:05:00Z
Looks again  in 45m, at 2026-01-05T09:05:00Z: the soak ends; and whenever a cluster, a gate or a
             person changes something
You can      myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
