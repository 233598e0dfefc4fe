# A source that answered and then falls silent: its last yes is soon too old to go on by.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m}]
>   gates: [{name: alarms, when: During, interval: 1m, cel: {apiVersion: v1, resource: nodes, expression: "true"}}]
> join c1 nodes=2
> gate alarms Pass no alarms
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 1500 s; wakes Mon 08:11
> gate alarms
> run 40m
Mon 08:35  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
= Mon 08:50 Gated production/1; gate alarms has not answered for 2400 s: silence holds
> gate alarms Pass no alarms
> run
Mon 08:50  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:50 Succeeded production/1
