# Only the wave that harms is taken back; then a person decides. Accepting goes on without the units taken back.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {clusters: 2}, {}]}]
>   failure: {action: RollBackWave}
> join c1..c4 nodes=4
> bad c3
> plan
production/1: 4 of 16 nodes: c1=4
production/2: 8 of 16 nodes: c1=4 c3=4
production/3: 16 of 16 nodes: c1=4 c2=4 c3=4 c4=4
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 4: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 4: c3
Mon 08:20  Advancing -> RollingBack: Harm: 4 of 8 nodes begun in stage production failed: 4 notReady; nodes c3-0, c3-1, c3-2, c3-3
Mon 08:20    hold: c1
Mon 08:20    revert: c3
Mon 08:25  RollingBack -> Paused: WaveBack: wave rolled back: 4 of 8 nodes begun in stage production failed: 4 notReady; nodes c3-0, c3-1, c3-2, c3-3
= Mon 08:25 Paused production/2; waits for approval 'harm/production/2' to go on
> show
c1  hold          4 new
c2  none          4 old
c3  revert        4 back
c4  none          4 old
> approve harm/production/2
> run
Mon 08:25  Paused -> Advancing: Resume: resumed by order
Mon 08:25  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:25    forward to 4: c1
Mon 08:35  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:35  Gated -> Advancing: GatePassed: stage production, wave 2 has passed its gate
Mon 08:35    forward to 4: c2 c4
Mon 08:40  Advancing -> Soaking: WaveSettled: stage production, wave 3 has settled
Mon 08:50  Soaking -> Gated: SoakPassed: stage production, wave 3 has soaked 600 s
Mon 08:50  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:50 Succeeded production/3
> show
c1  forward to 4  4 new
c2  forward to 4  4 new
c3  revert        4 back
c4  forward to 4  4 new
