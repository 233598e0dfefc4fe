# What is harmed is left out, where blame is sure of it and the policy asks for it; the rest goes on.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m, waves: [{nodes: 50%}, {}]}]
>   failure: {action: HoldStrata, tolerance: 1%}
>   concurrency: {rollback: 1}
> join c1 c2 nodes=100 os=jammy gpuModel=a10*10,none*90
> join c3 nodes=50 os=focal
> bad gpuModel=a10
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 50: c1 c2
Mon 08:00    forward to 25: c3
Mon 08:05  Advancing -> Advancing: HarmHolds: 20 of 125 nodes begun in stage production failed: 20 notReady; GPU model a10 (20); in common: gpuModel=a10; nodes c1-0, c1-1, c1-2, c1-3, c1-4, …; held: gpuModel=a10; the rest goes on
Mon 08:05    hold: c2
Mon 08:10    forward to 50: c2
Mon 08:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:45  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
Mon 08:45  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:45    forward to 100: c1 c2
Mon 08:45    forward to 50: c3
Mon 08:50  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 09:20  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 1800 s
Mon 09:20  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate, but for what is held: gpuModel=a10
= Mon 09:20 Succeeded production/2
> show
c1  forward to 100 10 back, 90 new
c2  forward to 100 10 back, 90 new
c3  forward to 50 50 new
