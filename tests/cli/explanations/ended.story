# Ended: by itself, by order, by another release.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h}]
> join c1..c4 nodes=2
> run
> explain
Release      default/r1: agent to v2
Stands at    Succeeded, stage production (1 of 1), wave 1 of 1
Because      every stage has passed its last gate
Reached      production: 8 of 8 nodes updated, 8 begun (100%)
Waits for    nothing: it has ended
You can      myriarch release rollback r1  starts a release of the revision before it
             myriarch release history r1   tells every step that it took
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h}]
> join c1..c4 nodes=2
> run 20m
> abort
> run
> explain
Release      default/r1: agent to v2
Stands at    Aborted, stage production (1 of 1), wave 1 of 1
Because      aborted by order; units stay where they are
Reached      production: 8 of 8 nodes updated, 8 begun (100%)
Waits for    nothing: it has ended
You can      myriarch release rollback r1  brings its nodes back
             myriarch release history r1   tells every step that it took
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h}]
> join c1..c4 nodes=2
> run 20m
> supersede default/r2
> run
> explain
Release      default/r1: agent to v2
Stands at    Superseded, stage production (1 of 1), wave 1 of 1
Because      superseded by release default/r2
Reached      production: 8 of 8 nodes updated, 8 begun (100%)
Waits for    nothing: it has ended
You can      myriarch release explain r2  explains the one after it
             myriarch release history r1  tells every step that it took
