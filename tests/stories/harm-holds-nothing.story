# Failures that no stratum explains: nothing new begins while it is weighed, then the rest of the rule counts.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m, waves: [{nodes: 50%}, {}]}]
>   failure: {action: HoldStrata, tolerance: 1%, hold: {otherwise: Pause, weigh: 20m}}
> join c1 c2 nodes=100 os=jammy*50,focal*50
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 50: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 1500 s; wakes Mon 08:35
> fail c1 2
> run
Mon 08:10  Soaking -> Paused: HarmPauses: weighs which strata to hold: 2 of 100 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:10    hold: c1 c2
Mon 08:30  Paused -> Paused: HarmPauses: 2 of 100 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 08:30 Paused production/1; waits for approval 'harm/production/1' to go on
> approve harm/production/1
> run
Mon 08:30  Paused -> Advancing: Resume: resumed by order
Mon 08:30  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:30    forward to 50: c1 c2
Mon 09:00  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
Mon 09:00  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 09:00  Advancing -> Paused: HarmPauses: weighs which strata to hold: 2 of 100 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 09:00    hold: c1 c2
Mon 09:20  Paused -> Paused: HarmPauses: 2 of 100 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 09:20 Paused production/2; waits for approval 'harm/production/2' to go on
