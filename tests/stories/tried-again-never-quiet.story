# What does not become well after going back may be the release's doing: it is not tried again.
> fleet at 2026-01-05T08:00
>   failure: {action: RollBack}
>   stages:
>     - {name: simulated, environment: simulated, soak: 5m, attempts: 2}
>     - {name: production, environment: production, soak: 30m}
> join s1 s2 nodes=4 environment=simulated
> join p1 p2 nodes=4
> run 8m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: s1 s2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage simulated, wave 1 has settled
= Mon 08:08 Soaking simulated/1; soaks another 120 s; wakes Mon 08:10
> fail s1 2
> lost s1 2
> run
Mon 08:08  Soaking -> RollingBack: Harm: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
Mon 08:08    revert: s1
Mon 08:08    hold: s2
Mon 08:13    revert: s2
Mon 08:18  RollingBack -> Pending: TryAgain: try 2 of 2 of stage simulated; taken back before: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
Mon 14:18  Pending -> RolledBack: RollBack: 2 nodes of the stage stay down though all is back; try 2 of 2 of stage simulated; taken back before: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
= Mon 14:18 RolledBack simulated/1
> show
p1  none          4 old
p2  none          4 old
s1  none          4 old
s2  none          4 old
