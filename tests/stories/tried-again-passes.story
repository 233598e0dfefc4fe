# Trouble of the simulated environment, once all of it is updated: the release goes back and is tried again, when the
# nodes that were down are well. The second try passes, and production is reached.
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
> run 1h
Mon 08:08  Soaking -> RollingBack: Harm: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
Mon 08:08    revert: s1
Mon 08:08    hold: s2
Mon 08:13    revert: s2
Mon 08:18  RollingBack -> Pending: TryAgain: try 2 of 2 of stage simulated; taken back before: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
= Mon 09:08 Pending simulated/1; waits until nodes of the stage are well (2 are down), then begins try 2 of 2 of stage simulated; taken back before: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1; wakes Mon 14:18
> lost s1 0
> run 1h
Mon 09:08  Pending -> Advancing: Start: try 2 of 2 of stage simulated; taken back before: 2 of 8 nodes begun in stage simulated failed: 2 notReady; nodes s1-0, s1-1
Mon 09:08    forward to 4: s1 s2
Mon 09:13  Advancing -> Soaking: WaveSettled: stage simulated, wave 1 has settled
Mon 09:18  Soaking -> Gated: SoakPassed: stage simulated, wave 1 has soaked 300 s
Mon 09:18  Gated -> Advancing: GatePassed: stage simulated, wave 1 has passed its gate
Mon 09:18    forward to 4: p1 p2
Mon 09:23  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 09:53  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
Mon 09:53  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 10:08 Succeeded production/1
> run
= Mon 10:08 Succeeded production/1
> show
p1  forward to 4  4 new
p2  forward to 4  4 new
s1  forward to 4  4 new
s2  forward to 4  4 new
