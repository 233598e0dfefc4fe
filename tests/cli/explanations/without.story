# Where the blamed strata are held, and the rest goes on.
> status
>   attempt: 1
>   phase: Soaking
>   stageName: production
>   startedAt: "2026-01-05T05:00:00Z"
>   phaseSince: "2026-01-05T07:30:00Z"
>   waves: 3
>   environments: [{environment: production, nodes: 900, begun: 48, updated: 36, reverted: 12, exposure: 0.0533}]
>   held: [{attribute: gpuModel, value: A10, nodes: 96, since: "2026-01-05T06:00:00Z"}]
>   holds: ["soaks another 3600 s"]
>   holding:
>     - {kind: Soak, message: soaks another 3600 s, since: "2026-01-05T07:30:00Z", until: "2026-01-05T09:00:00Z"}
Release      default/r1: agent to v2
Stands at    Soaking, stage production, wave 1 of 3, for 30m
Reached      production: 36 of 900 nodes updated, 48 begun (5.33%), 12 reverted
Goes without gpuModel=A10 (96 nodes): harmed, so held
Waits for    soak: 1h30m in all, 1h to go, until 2026-01-05T09:00:00Z
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
