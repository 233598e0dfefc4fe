# An active cluster and its standby are never out together. While one can't be heard the other waits, until it has been
# silent for so long that it is passed over.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   unreachable: {after: 30m, tolerance: 50%}
>   budgets: {clusters: {gangs: [{label: pair, kind: NeverTogether}]}}
> join active1 standby1 nodes=2 label.pair=one
> join active2 standby2 nodes=2 label.pair=two
> silent standby2
> run 20m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: standby1
Mon 08:05    forward to 2: active1
= Mon 08:20 Advancing production/1; 1 units (active2) not yet settled; 1 units (standby2) silent; budgets.clusters.gangs[pair] has no room for 1 units (active2); wakes Mon 08:30
> run
Mon 08:30    forward to 2: active2
Mon 08:35  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:45  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:45  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:45 Succeeded production/1
> back standby2
> run
= Mon 08:45 Succeeded production/1
