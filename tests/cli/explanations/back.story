# On the way back: clusters lack, are silent, have stuck nodes.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h}]
>   concurrency: {rollback: 2}
>   unreachable: {tolerance: 1, after: 30m}
> join c1..c6 nodes=3
> stuck c2
> run 20m
> silent c5
> slow c3 2h
> roll-back
> run 20m
> explain
Release      default/r1: agent to v2
Stands at    RollingBack, stage production (1 of 1), wave 1 of 1, for 20m
Because      rolled back by order
Reached      production: 4 of 18 nodes updated, 18 begun (100%), 11 reverted
Waits for    rollback: 1 units (c3) still to bring back, for 20m
               - c3: 3 nodes still to bring back
             silence: 1 units (c5) silent, for 20m, until 2026-01-05T08:50:00Z at most
               - c5: not heard since 2026-01-05T08:20:00Z
             stuck: 1 units (c2) with stuck nodes: not waited for, named when the rollback ends
               - c2: n1 (drain refused)
Looks again  in 10m, at 2026-01-05T08:50:00Z: the patience with a silent unit ends; and whenever a
             cluster, a gate or a person changes something
You can      myriarch clusters describe c3  shows the cluster and what its agent says
             myriarch clusters describe c5  shows the cluster and what its agent says
             myriarch clusters describe c2  shows the cluster and what its agent says
             myriarch release abort r1      ends it where it is
> run
> explain
Release      default/r1: agent to v2
Stands at    RolledBack, stage production (1 of 1), wave 1 of 1, for 0s
Because      rolled back by order; stuck nodes in 1 units (c2); silent, to be brought back when
             heard: 1 units (c5)
Reached      production: 4 of 18 nodes updated, 18 begun (100%), 14 reverted
Waits for    nothing: it has ended
You can      myriarch release history r1  tells every step that it took
