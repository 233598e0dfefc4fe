# Too many silent units hold the wave however long they are silent.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m}]
>   unreachable: {tolerance: 1, after: 30m}
> join c1..c4 nodes=2
> silent c1 c2
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c3 c4
= Mon 08:30 Advancing production/1; 2 units (c1, c2) silent
> back c1
> run
Mon 08:30    forward to 2: c1
Mon 08:35  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:45  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:45  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:45 Succeeded production/1
