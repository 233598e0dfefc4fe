# A gate during the soak is asked all along. One odd answer only holds; where enough of them agree, it is harm. What
# was said of one wave says nothing of the next.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 20m, waves: [{clusters: 1}, {}]}]
>   gates:
>     - name: errors
>       when: During
>       interval: 2m
>       promql: {server: {url: "https://prometheus.example"}, query: errors, operator: <, threshold: 0.01}
> join c1 c2 nodes=2
> gate errors Pass 0.001 < 0.01
> run 14m
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 2: c1
Mon 08:05  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
= Mon 08:14 Soaking production/1; soaks another 660 s; wakes Mon 08:15
> gate errors Fail 0.02 >= 0.01
> run 2m
= Mon 08:16 Soaking production/1; soaks another 540 s; gate errors holds: 0.02 >= 0.01 (1 of 3 answers in a row: Fail); wakes Mon 08:17
> gate errors Pass 0.001 < 0.01
> run 9m
Mon 08:25  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 1200 s
Mon 08:25  Gated -> Advancing: GatePassed: stage production, wave 1 has passed its gate
Mon 08:25    forward to 2: c2
= Mon 08:25 Advancing production/2; 1 units (c2) not yet settled
> gate errors Fail 0.5 >= 0.01
> run 3h
Mon 08:30  Advancing -> Soaking: WaveSettled: stage production, wave 2 has settled
Mon 08:34  Soaking -> RollingBack: Harm: gate errors failed at production/2: 0.5 >= 0.01
Mon 08:34    hold: c1 c2
Mon 08:34:32    revert: c2
Mon 08:39:32    revert: c1
Mon 08:44:32  RollingBack -> RolledBack: AllBack: gate errors failed at production/2: 0.5 >= 0.01
= Mon 11:25 RolledBack production/2
