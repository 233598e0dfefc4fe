# 1 % of all nodes hides all of the A10s. Each attribute value is judged by itself, and named.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 30m}]
>   failure: {tolerance: 5%}
> join c1 c2 nodes=100 os=jammy gpuModel=a10*2,none*98
> bad gpuModel=a10
> run
Mon 08:00  Pending -> Advancing: Start: started
Mon 08:00    forward to 100: c1 c2
Mon 08:05  Advancing -> RollingBack: Harm: 4 of 200 nodes begun in stage production failed: 4 notReady; GPU model a10 (4); in common: gpuModel=a10; nodes c1-0, c1-1, c2-0, c2-1
Mon 08:05    revert: c1
Mon 08:05    hold: c2
Mon 08:10    revert: c2
Mon 08:15  RollingBack -> RolledBack: AllBack: 4 of 200 nodes begun in stage production failed: 4 notReady; GPU model a10 (4); in common: gpuModel=a10; nodes c1-0, c1-1, c2-0, c2-1
= Mon 08:15 RolledBack production/1
