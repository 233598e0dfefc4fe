# A cluster that joins a stage that is over gets its grant at once and holds nobody up;
# one that joins a stage to come waits for its turn.
> fleet at 2026-01-05T08:00
>   stages:
>     - {name: simulated, environment: simulated, soak: 5m}
>     - {name: production, environment: production, soak: 30m, waves: [{clusters: 1}, {}]}
> join s1 nodes=2 environment=simulated
> join p1 p2 nodes=2
> run 20m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: s1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage simulated, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage simulated, wave 1 has soaked 300 s
Mon 08:10  Gated -> Advancing: GatePassed: stage simulated, wave 1 has passed its gate
Mon 08:10    forward to 2: p1
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:20 Soaking production/1; soaks another 1500 s; wakes Mon 08:45
> join s2 nodes=2 environment=simulated
> join p3 nodes=2
> run 10m
Mon 08:20    forward to 2: s2
= Mon 08:30 Soaking production/1; soaks another 900 s; wakes Mon 08:45
> run
Mon 08:45  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
Mon 08:45  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:45    forward to 2: p2 p3
Mon 08:50  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 09:20  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 1800 s
Mon 09:20  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 09:20 Succeeded production/2
> show
p1  forward to 2  2 new
p2  forward to 2  2 new
p3  forward to 2  2 new
s1  forward to 2  2 new
s2  forward to 2  2 new
