# A release that is everywhere and watched: until when, and that nothing waits for it.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h}]
>   watch: {for: 14d}
> join c1..c4 nodes=2
> run 3d
> explain
Release      default/r1: agent to v2
Stands at    Watching, stage production (1 of 1), wave 1 of 1, for 2d23h
Because      every stage has passed its last gate: watched for 14d
Reached      production: 8 of 8 nodes updated, 8 begun (100%)
Waits for    watch: it is everywhere and judged on; nothing else waits for that, for 2d23h, until
             2026-01-19T09:05:00Z at most
Looks again  in 11d1h, at 2026-01-19T09:05:00Z: the watch ends; and whenever a cluster, a gate or a
             person changes something
You can      myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
