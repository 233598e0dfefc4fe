# A wave that widens within clusters takes back those whose share it raised.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{nodes: 1}, {}]}]
>   failure: {action: RollBackWave}
> join c1 c2 nodes=4
> run 20m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 1: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 4: c1 c2
Mon 08:20  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
= Mon 08:20 Soaking production/2; soaks another 600 s; wakes Mon 08:30
> fail c1 2
> run
Mon 08:20  Soaking -> RollingBack: Harm: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:20    revert: c1
Mon 08:20    hold: c2
Mon 08:25    revert: c2
Mon 08:30  RollingBack -> Paused: WaveBack: wave rolled back: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 08:30 Paused production/2; waits for approval 'harm/production/2' to go on
> show
c1  revert        4 back
c2  revert        4 back
