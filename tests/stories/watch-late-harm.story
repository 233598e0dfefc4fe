# Once everywhere, a watched release is judged on: harm that shows days later takes all back.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   watch: {for: 14d}
> join c1 c2 nodes=2
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:15
> fail c1 2
> fail c2 1
> run
Thu 08:00  Watching -> RollingBack: Harm: 3 of 4 nodes begun in stage production failed: 3 notReady; nodes c1-0, c1-1, c2-0
Thu 08:00    revert: c1
Thu 08:00    hold: c2
Thu 08:05    revert: c2
Thu 08:10  RollingBack -> RolledBack: AllBack: 3 of 4 nodes begun in stage production failed: 3 notReady; nodes c1-0, c1-1, c2-0
= Thu 08:10 RolledBack production/1
> show
c1  revert        2 back
c2  revert        2 back
#
# Where the policy pauses, a person looks first.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   failure: {action: Pause}
>   watch: {for: 14d}
> join c1 c2 nodes=2
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:15
> fail c1 2
> run
Thu 08:00  Watching -> Paused: HarmPauses: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Thu 08:00    hold: c1 c2
= Thu 08:00 Paused production/1; waits for approval 'harm/production/1' to go on
#
# Where it aborts, nodes stay where they are.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   failure: {action: Abort}
>   watch: {for: 14d}
> join c1 c2 nodes=2
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:15
> fail c1 2
> run
Thu 08:00  Watching -> Aborted: HarmAborts: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Thu 08:00    hold: c1 c2
= Thu 08:00 Aborted production/1
#
# A component that can't be reversed waits for a person.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   watch: {for: 14d}
> join c1 c2 nodes=2
> irreversible
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:15
> fail c1 2
> run
Thu 08:00  Watching -> RollbackHeld: HarmHeld: 2 of 4 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Thu 08:00    hold: c1 c2
= Thu 08:00 RollbackHeld production/1; the component is not reversible: waits for approval 'rollback'
#
# Where the policy holds strata, only what is harmed goes back; the rest soaks anew and is watched on.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m}]
>   failure: {action: HoldStrata, tolerance: 1%}
>   watch: {for: 14d}
> join c1 c2 nodes=100 os=jammy gpuModel=a10*10,none*90
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 100: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:35  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
Mon 08:35  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:35
> fail c1 5
> run 1h
Thu 08:00  Watching -> Advancing: HarmHolds: 5 of 200 nodes begun in stage production failed: 5 notReady; GPU model a10 (5); in common: gpuModel=a10; nodes c1-0, c1-1, c1-2, c1-3, c1-4; held: gpuModel=a10; the rest goes on
Thu 08:00    hold: c2
Thu 08:05    forward to 100: c2
Thu 08:10  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Thu 08:40  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
Thu 08:40  Gated -> Watching: WatchBegun: every stage has passed its last gate, but for what is held: gpuModel=a10: watched for 10d23h55m
= Thu 09:00 Watching production/1; wakes Mon 08:35
> run
Mon 08:35  Watching -> Succeeded: WatchPassed: no harm was found in the watch
= Mon 08:35 Succeeded production/1
