# Everything is frozen for ever; what harms goes back all the same.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 1h}]
> join c1..c4 nodes=2
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2 c3 c4
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 3300 s; wakes Mon 09:05
> freeze stop
>   stop: true
>   reason: audit
> run 10m
Mon 08:10    hold: c1 c2 c3 c4
= Mon 08:20 Soaking production/1; soaks another 2700 s; frozen: audit; wakes Mon 09:05
> fail c2 2
> run
Mon 08:20  Soaking -> RollingBack: Harm: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes c2-0, c2-1
Mon 08:20    revert: c2
Mon 08:25    revert: c1
Mon 08:30    revert: c3
Mon 08:35    revert: c4
Mon 08:40  RollingBack -> RolledBack: AllBack: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes c2-0, c2-1
= Mon 08:40 RolledBack production/1
> show
c1  revert        2 back
c2  revert        2 back
c3  revert        2 back
c4  revert        2 back
