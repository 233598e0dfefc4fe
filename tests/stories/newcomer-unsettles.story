# A cluster that joins while its wave soaks, or stands at the gate, is advanced, and the wave soaks anew with it.
> fleet at 2026-01-05T08:00
>   stages:
>     - name: production
>       soak: 10m
>       waves: [{approval: true}]
> join c1 c2 nodes=2
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 300 s; wakes Mon 08:15
> join c3 nodes=2
> run 10m
Mon 08:10  Soaking -> Advancing: WaveUnsettled: stage production, wave 1 has units to advance again
Mon 08:10    forward to 2: c3
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:20 Soaking production/1; soaks another 300 s; wakes Mon 08:25
> show
c1  forward to 2  2 new
c2  forward to 2  2 new
c3  forward to 2  2 new
> run
Mon 08:25  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:25 Gated production/1; waits for approval 'production/1'
> join c4 nodes=2
> run
Mon 08:25  Gated -> Advancing: WaveUnsettled: stage production, wave 1 has units to advance again
Mon 08:25    forward to 2: c4
Mon 08:30  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:40  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
= Mon 08:40 Gated production/1; waits for approval 'production/1'
> approve production/1
> run
Mon 08:40  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:40 Succeeded production/1
