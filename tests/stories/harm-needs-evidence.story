# Two of a hundred is more than 1 %, and yet no evidence: ordinary failures come in pairs now and then. Of a few nodes
# two are evidence enough.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m}]
> join c1..c9 nodes=100 os=jammy
> join c10 nodes=100 os=focal
> join c11 nodes=10 os=noble
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 100: c1 c10 c2 c3 c4 c5 c6 c7 c8 c9
Mon 08:00    forward to 10: c11
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 1500 s; wakes Mon 08:35
> fail c10 2
> run 5m
= Mon 08:15 Soaking production/1; soaks another 1200 s; wakes Mon 08:35
> fail c11 2
> run
Mon 08:15  Soaking -> RollingBack: Harm: 4 of 1010 nodes begun in stage production failed: 4 notReady; in common: os=noble; nodes c10-0, c10-1, c11-0, c11-1
Mon 08:15    hold: c1 c2 c3 c4 c5 c6 c7 c8 c9
Mon 08:15    revert: c10 c11
Mon 08:20    revert: c7 c8
Mon 08:25    revert: c1 c9
Mon 08:30    revert: c3 c6
Mon 08:35    revert: c2 c5
Mon 08:40    revert: c4
Mon 08:45  RollingBack -> RolledBack: AllBack: 4 of 1010 nodes begun in stage production failed: 4 notReady; in common: os=noble; nodes c10-0, c10-1, c11-0, c11-1
= Mon 08:45 RolledBack production/1
