# What was ordered back, was told to stop, or left a node stuck, is not tried again; nor is what left the first stage.
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
> roll-back
> run
Mon 08:08  Soaking -> RollingBack: RollBack: rolled back by order
Mon 08:08    hold: s1 s2
Mon 08:08:16    revert: s1
Mon 08:13:16    revert: s2
Mon 08:18:16  RollingBack -> RolledBack: AllBack: rolled back by order
= Mon 08:18:16 RolledBack simulated/1
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
> run 1m
Mon 08:08  Soaking -> RollingBack: Harm: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
Mon 08:08    revert: s1
Mon 08:08    hold: s2
= Mon 08:09 RollingBack simulated/1; 2 units (s1, s2) still to bring back
> roll-back
> run
Mon 08:13    revert: s2
Mon 08:18  RollingBack -> RolledBack: AllBack: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
= Mon 08:18 RolledBack simulated/1
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
> stuck s1
> fail s1 2
> run
Mon 08:08  Soaking -> RollingBack: Harm: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
Mon 08:08    revert: s1
Mon 08:08    hold: s2
Mon 08:13    revert: s2
Mon 08:18  RollingBack -> RolledBack: AllBack: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1; stuck nodes in 1 units (s1)
= Mon 08:18 RolledBack simulated/1
> fleet at 2026-01-05T08:00
>   failure: {action: RollBack}
>   stages:
>     - {name: simulated, environment: simulated, soak: 5m, attempts: 2}
>     - {name: production, environment: production, soak: 30m}
> join s1 s2 nodes=4 environment=simulated
> join p1 p2 nodes=4
> run 20m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: s1 s2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage simulated, wave 1 has settled
Mon 08:10  Soaking -> Gated: SoakPassed: stage simulated, wave 1 has soaked 300 s
Mon 08:10  Gated -> Advancing: GatePassed: stage simulated, wave 1 has passed its gate
Mon 08:10    forward to 4: p1 p2
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:20 Soaking production/1; soaks another 1500 s; wakes Mon 08:45
> fail p1 2
> run
Mon 08:20  Soaking -> RollingBack: Harm: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes p1-0, p1-1
Mon 08:20    revert: p1
Mon 08:20    hold: p2 s1 s2
Mon 08:25    revert: s1
Mon 08:30    revert: s2
Mon 08:35    revert: p2
Mon 08:40  RollingBack -> RolledBack: AllBack: 2 of 8 nodes begun in stage production failed: 2 notReady; nodes p1-0, p1-1
= Mon 08:40 RolledBack production/1
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
> run 15m
Mon 08:08  Soaking -> RollingBack: Harm: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
Mon 08:08    revert: s1
Mon 08:08    hold: s2
Mon 08:13    revert: s2
Mon 08:18  RollingBack -> Pending: TryAgain: try 2 of 2 of stage simulated; taken back before: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
= Mon 08:23 Pending simulated/1; waits until the stage is quiet, then begins try 2 of 2 of stage simulated; taken back before: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1; wakes Mon 08:33
> abort
> run
Mon 08:23  Pending -> Aborted: Abort: aborted by order; units stay where they are
= Mon 08:23 Aborted simulated/1
