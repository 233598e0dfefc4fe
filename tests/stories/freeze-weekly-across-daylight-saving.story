# Nights are frozen in Berlin. On 29 March 2026 the clock jumps from 02:00 to 03:00: 06:00 local is 05:00 UTC
# the night before, and 04:00 UTC from then on.
> fleet at 2026-03-28T17:00
>   stages: [{name: production, soak: 1h, exponential: {start: 1, factor: 2}}]
> join c1..c8 nodes=2
> freeze nights
>   timeZone: Europe/Berlin
>   weekly: [{days: [Fri, Sat, Sun], from: "20:00", until: "06:00"}]
>   reason: nobody is awake
> run 8h
Sat 17:00  Pending -> Advancing: Start: started
Sat 17:00    forward to 2: c7
Sat 17:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Sat 18:05  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 3600 s
Sat 18:05  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Sat 18:05    forward to 2: c8
Sat 18:10  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Sat 19:00    hold: c7 c8
Sat 19:10  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 3600 s
Sat 19:10  Gated -> Advancing: GatePassed: stage production, wave 2 has passed its gate
= Sun 01:00 Advancing production/3; 2 units (c1, c6) not yet settled; frozen: nobody is awake; wakes Sun 04:00
> run
Sun 04:00    forward to 2: c1 c6 c7 c8
Sun 04:05  Advancing -> Soaking: WaveSettled: stage production, wave 3 has settled
Sun 05:05  Soaking -> Gated: SoakPassed: stage production, wave 3 has soaked 3600 s
Sun 05:05  Gated -> Advancing: GatePassed: stage production, wave 3 has passed its gate
Sun 05:05    forward to 2: c2 c3 c4 c5
Sun 05:10  Advancing -> Soaking: WaveSettled: stage production, wave 4 has settled
Sun 06:10  Soaking -> Gated: SoakPassed: stage production, wave 4 has soaked 3600 s
Sun 06:10  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Sun 06:10 Succeeded production/4
