# Harm that pauses, and harm where the way back must be approved.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h, waves: [{clusters: 3}, {}]}]
>   failure: {tolerance: 10%, minimum: 2, action: Pause}
> join c1..c4 nodes=4 os=jammy*2,focal*2
> bad os=jammy
> run 20m
> explain
Release      default/r1: agent to v2
Stands at    Paused, stage production (1 of 1), wave 1 of 2, for 15m
Because      6 of 12 nodes begun in stage production failed: 6 notReady; in common: os=jammy; nodes
             c1-0, c1-1, c2-0, c2-1, c3-0, …
Reached      production: 6 of 16 nodes updated, 12 begun (75%), 6 failed
Waits for    harm: waits for approval 'harm/production/1' to go on, for 15m
               - the failed nodes share os=jammy
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release resume r1 --reason WHY  accepts the failures and goes on
             myriarch release rollback r1             brings every node back
             myriarch release abort r1                ends it where it is
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h, waves: [{clusters: 3}, {}]}]
>   failure: {tolerance: 10%, minimum: 2}
> join c1..c4 nodes=4 os=jammy*2,focal*2
> bad os=jammy
> irreversible
> run 20m
> explain
Release      default/r1: agent to v2
Stands at    RollbackHeld, stage production (1 of 1), wave 1 of 2, for 15m
Because      6 of 12 nodes begun in stage production failed: 6 notReady; in common: os=jammy; nodes
             c1-0, c1-1, c2-0, c2-1, c3-0, …
Reached      production: 6 of 16 nodes updated, 12 begun (75%), 6 failed
Waits for    approval: the component is not reversible: waits for approval 'rollback', for 15m
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release approve r1 rollback --reason WHY  lets it go back
             myriarch release abort r1                          ends it where it is
