# A stage that wants approval does not begin without; a wave that wants it does not end without.
> fleet at 2026-01-05T08:00
>   stages:
>     - {name: simulated, environment: simulated, soak: 5m, approval: true}
>     - {name: production, environment: production, soak: 5m, approval: true, waves: [{clusters: 1, approval: true}, {}]}
> join s1 nodes=2 environment=simulated
> join p1 p2 nodes=2
> run
= Mon 08:00 Pending simulated/1; waits for approval 'simulated'
> approve simulated
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: s1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage simulated, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage simulated, wave 1 has soaked 300 s
= Mon 08:10 Gated simulated/1; waits for approval 'production'
> approve production
> run
Mon 08:10  Gated -> Advancing: GatePassed: stage simulated, wave 1 has passed its gate
Mon 08:10    forward to 2: p1
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:20  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 300 s
= Mon 08:20 Gated production/1; waits for approval 'production/1'
> approve production/2
> run
= Mon 08:20 Gated production/1; waits for approval 'production/1'
> approve production/1
> run
Mon 08:20  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:20    forward to 2: p2
Mon 08:25  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 300 s
Mon 08:30  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:30 Succeeded production/2
