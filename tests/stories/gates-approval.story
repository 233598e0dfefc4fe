# A gate that waits for a person, in one stage only; a diff holds for a person too.
> fleet at 2026-01-05T08:00
>   stages:
>     - {name: canary, environment: canary, soak: 5m}
>     - {name: production, soak: 5m}
>   gates:
>     - {name: owner, when: Before, stages: [production], approval: {}}
>     - {name: changes, when: Before, stages: [canary], waves: [1], diff: {}}
> join k1 environment=canary
> join c1 c2
> gate changes Hold deletes 1 object: ConfigMap default/settings
> run 1h
= Mon 09:00 Pending canary/1; gate changes holds: deletes 1 object: ConfigMap default/settings; waits for approval 'gate/changes/canary/1'; wakes Mon 09:10
> approve gate/changes/canary/1
> run
Mon 09:00  Pending -> Advancing: Start: started
Mon 09:00    forward to 1: k1
Mon 09:05  Advancing -> Soaking: WaveSettled: stage canary, wave 1 has settled
Mon 09:10  Soaking -> Gated: SoakPassed: stage canary, wave 1 has soaked 300 s
= Mon 09:10 Gated canary/1; gate owner waits for approval 'gate/owner/production/1'
> approve gate/owner/production/1
> run
Mon 09:10  Gated -> Advancing: GatePassed: stage canary, wave 1 has passed its gate
Mon 09:10    forward to 1: c1 c2
Mon 09:15  Advancing -> Soaking: WaveSettled: stage production, wave 1 has settled
Mon 09:20  Soaking -> Gated: SoakPassed: stage production, wave 1 has soaked 300 s
Mon 09:20  Gated -> Succeeded: LastGatePassed: every stage has passed its last gate
= Mon 09:20 Succeeded production/1
