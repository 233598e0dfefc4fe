# A suspicion draws a soak out.
> status
>   attempt: 1
>   phase: Soaking
>   stageName: production
>   startedAt: "2026-01-05T05:00:00Z"
>   phaseSince: "2026-01-05T06:00:00Z"
>   wakeAt: "2026-01-05T12:00:00Z"
>   wakeFor: the soak ends
>   waves: 3
>   environments: [{environment: production, nodes: 900, begun: 48, updated: 45, failed: 3, exposure: 0.0533}]
>   holds: ["soaks on, 14400 s at most: what is seen is 12.5 times likelier with harm than without it (harm at 20)"]
>   holding:
>     - kind: Suspicion
>       message: "soaks on, 14400 s at most: what is seen is 12.5 times likelier with harm than without it (harm at 20)"
>       since: "2026-01-05T06:00:00Z"
>       until: "2026-01-05T12:00:00Z"
Release      default/r1: agent to v2
Stands at    Soaking, stage production, wave 1 of 3, for 2h
Reached      production: 45 of 900 nodes updated, 48 begun (5.33%), 3 failed
Waits for    suspicion: 14400 s at most: what is seen is 12.5 times likelier with harm than without
             it (harm at 20), for 2h, until 2026-01-05T12:00:00Z at most
               - production: 3 of 48 begun nodes failed
Looks again  in 4h, at 2026-01-05T12:00:00Z: the soak ends; and whenever a cluster, a gate or a
             person changes something
You can      myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
