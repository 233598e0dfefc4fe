# A cluster that can't be heard is waited for, then passed over, if few enough are silent. It is advanced if it returns.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   unreachable: {tolerance: 1, after: 30m}
> join c1..c3 nodes=2
> silent c2
> run 20m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1 c3
= Mon 08:20 Advancing production/1; 1 units (c2) silent; wakes Mon 08:30
> run 25m
Mon 08:30  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:40  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:40  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:45 Succeeded production/1
> back c2
> run
= Mon 08:45 Succeeded production/1
> show
c1  forward to 2  2 new
c2  none          2 old
c3  forward to 2  2 new
