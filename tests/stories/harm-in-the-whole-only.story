# Failures that no value shares are harm when they are too many of all.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m}]
>   failure: {tolerance: 3}
> join c1..c4 nodes=10 os=jammy*5,focal*5
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 10: c1 c2 c3 c4
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 1500 s; wakes Mon 08:35
> fail c1 1
> fail c2 1
> fail c3 1
> run 5m
= Mon 08:15 Soaking production/1; soaks another 1200 s; wakes Mon 08:35
> fail c4 1
> run 10m
Mon 08:15  Soaking -> RollingBack: Harm: 4 of 40 nodes begun in stage production failed: 4 notReady; in common: os=jammy; nodes c1-0, c2-0, c3-0, c4-0
Mon 08:15    revert: c1
Mon 08:15    hold: c2 c3 c4
Mon 08:20    revert: c3
Mon 08:25    revert: c2
= Mon 08:25 RollingBack production/1; 2 units (c2, c4) still to bring back
