# Four clusters are cut off, two of them at work: these finish what they were granted. The others are let in one by one.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   unreachable: {after: 10m, tolerance: 100%}
>   budgets: {clusters: {returning: 1}}
> join c1..c6 nodes=2 at-once=1
> silent c3..c4
> run 2m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2 c5 c6
= Mon 08:02 Advancing production/1; 4 units (c1, c2, c5, …) not yet settled; 2 units (c3, c4) silent; wakes Mon 08:10
> silent c1..c2
> run 15m
Mon 08:02    hold: c1 c2
Mon 08:12  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:17 Soaking production/1; soaks another 300 s; wakes Mon 08:22
> back c1..c4
> run 8m
Mon 08:17  Soaking -> Advancing: WaveUnsettled: stage production, wave 1 has units to advance again
Mon 08:17    forward to 2: c1 c2 c3
= Mon 08:25 Advancing production/1; 2 units (c3, c4) not yet settled; budgets.clusters.returning has no room for 1 units (c4); wakes Mon 08:35
> run
Mon 08:27    forward to 2: c4
Mon 08:37  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:47  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:47  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:47 Succeeded production/1
