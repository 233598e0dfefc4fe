# Clusters leave and change their labels while the release runs; none of it ends the release.
> fleet at 2026-01-05T08:00
>   stages:
>     - name: canary
>       selector: {matchLabels: {tier: canary}}
>       soak: 10m
>     - name: rest
>       selector: {matchLabels: {tier: rest}}
>       soak: 10m
> join a1 a2 nodes=2 label.tier=canary
> join b1 b2 nodes=2 label.tier=rest
> slow a2 10h
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: a1 a2
= Mon 08:10 Advancing canary/1; 1 units (a2) not yet settled
> leave a2
> run 2m
Mon 08:10  Advancing -> Soaking: WaveSettled: stage canary, wave 1 has settled
= Mon 08:12 Soaking canary/1; soaks another 480 s; wakes Mon 08:20
> label a1 tier=rest
> run 5m
= Mon 08:17 Soaking canary/1; soaks another 180 s; wakes Mon 08:20
> label b1 tier=canary
> run
Mon 08:17  Soaking -> Advancing: WaveUnsettled: stage canary, wave 1 has units to advance again
Mon 08:17    forward to 2: b1
Mon 08:22  Advancing -> Soaking: WaveSettled: stage canary, wave 1 has settled
Mon 08:32  Soaking -> Gated: SoakPassed: stage canary, wave 1 has soaked 600 s
Mon 08:32  Gated -> Advancing: GatePassed: stage canary, wave 1 has passed its gate
Mon 08:32    forward to 2: b2
Mon 08:37  Advancing -> Soaking: WaveSettled: stage rest, wave 1 has settled
Mon 08:47  Soaking -> Gated: SoakPassed: stage rest, wave 1 has soaked 600 s
Mon 08:47  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:47 Succeeded rest/1
> show
a1  forward to 2  2 new
b1  forward to 2  2 new
b2  forward to 2  2 new
