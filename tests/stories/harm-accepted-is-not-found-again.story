# Late failures of an earlier wave are not undone by taking back the present one. Once accepted, they don't
# pause this wave again.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
>   failure: {action: RollBackWave}
> join c1..c3 nodes=4
> run 16m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 4: c2 c3
= Mon 08:16 Advancing production/2; 2 units (c2, c3) not yet settled
> fail c1 2
> run
Mon 08:16  Advancing -> RollingBack: Harm: 2 of 12 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
Mon 08:16    hold: c1 c2 c3
Mon 08:16:19    revert: c3
Mon 08:21:19    revert: c2
Mon 08:26:19  RollingBack -> Paused: WaveBack: wave rolled back: 2 of 12 nodes begun in stage production failed: 2 notReady; nodes c1-0, c1-1
= Mon 08:26:19 Paused production/2; waits for approval 'harm/production/2' to go on
> show
c1  hold          2 failed, 2 new
c2  revert        4 back
c3  revert        4 back
> approve harm/production/2
> run
Mon 08:26:19  Paused -> Advancing: Resume: resumed by order
Mon 08:26:19  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:26:19    forward to 4: c1
Mon 08:36:19  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:36:19  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:36:19 Succeeded production/2
> show
c1  forward to 4  2 failed, 2 new
c2  revert        4 back
c3  revert        4 back
