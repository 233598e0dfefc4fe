# Two failed nodes are over 1 % of those begun: the whole release is taken back, and says what failed.
> fleet at 2026-01-05T08:00
>   stages:
>     - {name: simulated, environment: simulated, soak: 5m}
>     - {name: production, environment: production, soak: 30m, waves: [{clusters: 1}, {}]}
> join s1 nodes=2 environment=simulated os=jammy
> join p1 p2 nodes=4 os=jammy
> run 40m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: s1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage simulated, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage simulated, wave 1 has soaked 300 s
Mon 08:10  Gated -> Advancing: GatePassed: stage simulated, wave 1 has passed its gate
Mon 08:10    forward to 4: p1
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:40 Soaking production/1; soaks another 300 s; wakes Mon 08:45
> fail p1 2
> run
Mon 08:40  Soaking -> RollingBack: Harm: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes p1-0, p1-1
Mon 08:40    revert: p1
Mon 08:40    hold: s1
Mon 08:45    revert: s1
Mon 08:50  RollingBack -> RolledBack: AllBack: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes p1-0, p1-1
= Mon 08:50 RolledBack production/1
> show
p1  revert        4 back
p2  none          4 old
s1  revert        2 back
