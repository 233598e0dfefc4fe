# More holds than a screen has room for.
> status
>   attempt: 1
>   phase: Gated
>   stageName: production
>   startedAt: "2026-01-05T05:00:00Z"
>   waves: 3
>   holds:
>     - "gate check-00 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-01 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-02 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-03 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-04 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-05 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-06 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-07 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-08 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-09 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-10 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-11 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-12 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-13 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-14 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
>     - "gate check-15 holds: the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; the upstream says that it is not sure about this at all; and so on"
Release      default/r1: agent to v2
Stands at    Gated, stage production, wave 1 of 3
Waits for    reason: gate check-00 holds: the upstream says that it is not sure about this at all;
             the upstream says that it is not sure about this at all; the upstream says that it is …
             reason: gate check-01 holds: the upstream says that it is not sure about this at all;
             the upstream says that it is not sure about this at all; the upstream says that it is …
             reason: gate check-02 holds: the upstream says that it is not sure about this at all;
             the upstream says that it is not sure about this at all; the upstream says that it is …
             reason: gate check-03 holds: the upstream says that it is not sure about this at all;
             the upstream says that it is not sure about this at all; the upstream says that it is …
             reason: gate check-04 holds: the upstream says that it is not sure about this at all;
             the upstream says that it is not sure about this at all; the upstream says that it is …
             reason: gate check-05 holds: the upstream says that it is not sure about this at all;
             the upstream says that it is not sure about this at all; the upstream says that it is …
             reason: gate check-06 holds: the upstream says that it is not sure about this at all;
             the upstream says that it is not sure about this at all; the upstream says that it is …
             reason: gate check-07 holds: the upstream says that it is not sure about this at all;
             the upstream says that it is not sure about this at all; the upstream says that it is …
             and 8 more: -o json tells all
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
