# A window that happens once, and a stop: in force at once, until it is lifted. Nodes in hand are finished.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
> join c1..c3 nodes=2
> freeze fair
>   once: [{from: "2026-01-05T08:02", until: "2026-01-05T12:00"}]
>   reason: trade fair
> run 2h
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:02    hold: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
= Mon 10:00 Advancing production/2; 2 units (c2, c3) not yet settled; frozen: trade fair; wakes Mon 12:00
> show
c1  hold          2 new
c2  none          2 old
c3  none          2 old
> run 2h
Mon 12:00    forward to 2: c1 c2 c3
= Mon 12:00 Advancing production/2; 2 units (c2, c3) not yet settled
> run 1m
= Mon 12:01 Advancing production/2; 2 units (c2, c3) not yet settled
> freeze stop
>   stop: true
>   reason: something is odd
> run 24h
Mon 12:01    hold: c1 c2 c3
Mon 12:05  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 12:15  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 12:15  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Tue 12:01 Succeeded production/2
> show
c1  hold          2 new
c2  hold          2 new
c3  hold          2 new
> lift stop
> run
Tue 12:01    forward to 2: c1 c2 c3
= Tue 12:01 Succeeded production/2
