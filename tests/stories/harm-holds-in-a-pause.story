# A person paused it: what is held is held all the same, and the pause stays.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m, waves: [{nodes: 50%}, {}]}]
>   failure: {action: HoldStrata, tolerance: 1%}
> join c1 c2 nodes=100 os=jammy gpuModel=a10*10,none*90
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 50: c1 c2
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 1500 s; wakes Mon 08:35
> pause
> run 1m
Mon 08:10  Soaking -> Paused: Pause: paused by order; nodes in hand are finished, others hold
Mon 08:10    hold: c1 c2
= Mon 08:11 Paused production/1; paused by order
> fail c1 10
> run
Mon 08:11  Paused -> Paused: HarmHolds: 10 of 100 nodes begun in stage production failed: 10 notReady; GPU model a10 (10); in common: gpuModel=a10; nodes c1-0, c1-1, c1-2, c1-3, c1-4, …; held: gpuModel=a10; the rest goes on
= Mon 08:21 Paused production/1; paused by order
> resume
> run
Mon 08:21  Paused -> Advancing: Resume: resumed by order
Mon 08:21  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:21    forward to 50: c1 c2
Mon 08:51  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
Mon 08:51  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:51    forward to 100: c1 c2
Mon 08:56  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 09:26  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 1800 s
Mon 09:26  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate, but for what is held: gpuModel=a10
= Mon 09:26 Succeeded production/2
