# Where nothing is found in the watch, the release has succeeded with its end.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   watch: {for: 14d}
> join c1 nodes=2
> run 1h
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Mon 09:00 Watching production/1; wakes Mon 08:15
> run
Mon 08:15  Watching -> Succeeded: WatchPassed: no harm was found in the watch
= Mon 08:15 Succeeded production/1
#
# A cluster that joins meanwhile gets the revision, and begins nothing anew.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   watch: {for: 14d}
> join c1 nodes=2
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:15
> join c2 nodes=2
> run 1h
Thu 08:00    forward to 2: c2
= Thu 09:00 Watching production/1; wakes Mon 08:15
> show
c1  forward to 2  2 new
c2  forward to 2  2 new
> run
Mon 08:15  Watching -> Succeeded: WatchPassed: no harm was found in the watch
= Mon 08:15 Succeeded production/1
#
# A newer release ends it at once: this one has been everywhere, and nothing was found.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   watch: {for: 14d}
> join c1 nodes=2
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:15
> supersede kubelet-8
> run
Thu 08:00  Watching -> Succeeded: Supersede: no harm was found until release kubelet-8 took its place
= Thu 08:00 Succeeded production/1
> show
c1  forward to 2  2 new
#
# What a person holds up is soaked anew; the watch goes on from when it began.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   watch: {for: 14d}
> join c1 nodes=2
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:15
> pause
> run 1d
Thu 08:00  Watching -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Thu 08:00    hold: c1
= Fri 08:00 Paused production/1; paused by order
> resume
> run
Fri 08:00  Paused -> Advancing: Resume: resumed by order
Fri 08:00  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Fri 08:00    forward to 2: c1
Fri 08:10  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Fri 08:10  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 10d5m
Mon 08:15  Watching -> Succeeded: WatchPassed: no harm was found in the watch
= Mon 08:15 Succeeded production/1
#
# And it goes back by order, as long as it is watched.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   watch: {for: 14d}
> join c1 nodes=2
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:15
> roll-back
> run
Thu 08:00  Watching -> RollingBack: RollBack: rolled back by order
Thu 08:00    hold: c1
Thu 08:00:52    revert: c1
Thu 08:05:52  RollingBack -> RolledBack: AllBack: rolled back by order
= Thu 08:05:52 RolledBack production/1
#
# Aborted in the watch it ends at once; nodes stay where they are.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   watch: {for: 14d}
> join c1 nodes=2
> run 3d
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Watching: WatchBegun: every stage has passed its last gate: watched for 14d
= Thu 08:00 Watching production/1; wakes Mon 08:15
> abort
> run
Thu 08:00  Watching -> Aborted: Abort: aborted by order; units stay where they are
Thu 08:00    hold: c1
= Thu 08:00 Aborted production/1
> show
c1  hold          2 new
