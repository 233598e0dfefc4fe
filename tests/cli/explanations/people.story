# What waits for people: a stage, a wave, an order.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, approval: true, waves: [{clusters: 1, approval: true}, {}]}]
> join c1..c4 nodes=2
> run 1h
> explain
Release      default/r1: agent to v2
Stands at    Pending
Waits for    approval: 'production'
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release approve r1 production --reason WHY  approves
             myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
> approve production
> run 1h
> explain
Release      default/r1: agent to v2
Stands at    Gated, stage production (1 of 1), wave 1 of 2, for 45m
Reached      production: 2 of 8 nodes updated, 2 begun (25%)
Waits for    approval: 'production/1', for 45m
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release approve r1 production/1 --reason WHY  approves
             myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
> pause
> approve production/1
> run 1h
> explain
Release      default/r1: agent to v2
Stands at    Paused, stage production (1 of 1), wave 1 of 2, for 1h
Because      paused by order; nodes in hand are finished, others hold
Reached      production: 2 of 8 nodes updated, 2 begun (25%)
Waits for    pause: paused by order, for 1h
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release resume r1    lets it go on
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
