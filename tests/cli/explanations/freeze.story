# A freeze window, and a stop.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
> join c1..c4 nodes=2
> freeze weekend
>   {weekly: [{days: [Mon], from: "08:10", until: "18:00"}], reason: "weekend: nobody is there"}
> run 1h
> explain
Release      default/r1: agent to v2
Stands at    Advancing, stage production (1 of 1), wave 2 of 2, for 45m
Reached      production: 2 of 8 nodes updated, 2 begun (25%)
Waits for    freeze: weekend: nobody is there, until 2026-01-05T18:00:00Z at most
             clusters: 3 units (c2, c3, c4) not yet settled, for 45m
Looks again  in 9h, at 2026-01-05T18:00:00Z: a freeze window ends or begins; and whenever a cluster,
             a gate or a person changes something
You can      kubectl get freezewindows      shows the windows; an Override bypasses them
             myriarch clusters describe c2  shows the cluster and what its agent says
             myriarch release pause r1      holds forward steps
             myriarch release rollback r1   brings every node back
             myriarch release abort r1      ends it where it is
> lift weekend
> freeze stop
>   {stop: true, reason: "stop: the datacentre is on fire (stopped by ops)"}
> run 1m
> explain
Release      default/r1: agent to v2
Stands at    Advancing, stage production (1 of 1), wave 2 of 2, for 46m
Reached      production: 2 of 8 nodes updated, 2 begun (25%)
Waits for    freeze: stop: the datacentre is on fire (stopped by ops)
             clusters: 3 units (c2, c3, c4) not yet settled, for 46m
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch stop --lift           lets the fleet move forward again
             myriarch clusters describe c2  shows the cluster and what its agent says
             myriarch release pause r1      holds forward steps
             myriarch release rollback r1   brings every node back
             myriarch release abort r1      ends it where it is
