# A cluster may take the attempt back by its own judgement. It is never told to try it again, and holds nobody up;
# all its nodes count as failed, which is borne here.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
>   failure: {tolerance: 5%}
> join c1 nodes=100
> join c2 nodes=100
> join c3 nodes=4
> run 16m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 100: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 08:15  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 600 s
Mon 08:15  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:15    forward to 100: c2
Mon 08:15    forward to 4: c3
= Mon 08:16 Advancing production/2; 2 units (c2, c3) not yet settled
> self-revert c3
> run
Mon 08:20  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:30  Soaking -> Gated: SoakPassed: stage production, wave 2 has soaked 600 s
Mon 08:30  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 08:30 Succeeded production/2
> show
c1  forward to 100 100 new
c2  forward to 100 100 new
c3  forward to 4  4 back, reverted by itself
