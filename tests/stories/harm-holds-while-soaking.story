# Late harm: a wave that soaked, or waits at its gate, advances again until what is held is back, and soaks anew.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m, waves: [{nodes: 50%, approval: true}, {}]}]
>   failure: {action: HoldStrata, tolerance: 1%}
> join c1 c2 nodes=100 os=jammy gpuModel=a10*10,none*90
> join c3 nodes=40 os=focal kernel=old*6,new*34
> run 10m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 50: c1 c2
Mon 08:00    forward to 20: c3
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:10 Soaking production/1; soaks another 1500 s; wakes Mon 08:35
> fail c1 5
> run 1m
Mon 08:10  Soaking -> Advancing: HarmHolds: 5 of 120 nodes begun in stage production failed: 5 notReady; GPU model a10 (5); in common: gpuModel=a10; nodes c1-0, c1-1, c1-2, c1-3, c1-4; held: gpuModel=a10; the rest goes on
Mon 08:10    hold: c2
= Mon 08:11 Advancing production/1; 2 units (c1, c2) not yet settled
> fail c2 5
> run
Mon 08:15    forward to 50: c2
Mon 08:20  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:50  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
= Mon 08:50 Gated production/1; waits for approval 'production/1'
> fail c3 6
> run
Mon 08:50  Gated -> Advancing: HarmHolds: 6 of 120 nodes begun in stage production failed: 6 notReady; in common: kernel=old; nodes c3-0, c3-1, c3-2, c3-3, c3-4, …; held: gpuModel=a10, kernel=old; the rest goes on
Mon 08:50    hold: c1 c2
Mon 08:55    forward to 50: c1
Mon 08:55    forward to 50: c2
Mon 08:55  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 09:25  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1800 s
= Mon 09:25 Gated production/1; waits for approval 'production/1'
> approve production/1
> run
Mon 09:25  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 09:25    forward to 100: c1 c2
Mon 09:25    forward to 40: c3
Mon 09:30  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 10:00  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 1800 s
Mon 10:00  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate, but for what is held: gpuModel=a10, kernel=old
= Mon 10:00 Succeeded production/2
> show
c1  forward to 100 10 back, 90 new
c2  forward to 100 10 back, 90 new
c3  forward to 40 6 back, 34 new
