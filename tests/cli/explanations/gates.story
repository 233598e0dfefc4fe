# Gates that hold, fail before anything is out, are silent, wait for a person.
> fleet at 2026-01-05T08:00
>   stages: [{name: production, soak: 10m, waves: [{clusters: 1}, {}]}]
>   gates:
>     - {name: latency, when: After, promql: {server: {url: "http://prometheus:9090"}, query: p99, operator: <, threshold: 2}}
>     - {name: pager, when: After, alerts: {server: {url: "http://alertmanager:9093"}, matchers: [{name: severity, value: page}]}}
>     - {name: owner, when: After, approval: {}}
>     - {name: changes, when: Before, waves: [1], diff: {}}
> join c1..c4 nodes=2
> gate changes Hold deletes 1 object: ConfigMap default/settings
> run 30m
> explain
Release      default/r1: agent to v2
Stands at    Pending
Waits for    gate: changes holds: deletes 1 object: ConfigMap default/settings; waits for approval
             'gate/changes/production/1'
               - said Hold at 2026-01-05T08:30:00Z of production/1; Pass or Fail 0 times
Looks again  in 10m, at 2026-01-05T08:40:00Z: the next gate is asked; and whenever a cluster, a gate
             or a person changes something
You can      myriarch release approve r1 gate/changes/production/1 --reason WHY  approves
             myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
> approve gate/changes/production/1
> gate latency Hold 1.2 of 3 answers agree
> run 30m
> explain
Release      default/r1: agent to v2
Stands at    Gated, stage production (1 of 1), wave 1 of 2, for 15m
Reached      production: 2 of 8 nodes updated, 2 begun (25%)
Waits for    gate: latency holds: 1.2 of 3 answers agree
               - said Hold at 2026-01-05T09:00:00Z of production/1; Pass or Fail 0 times
             gate: pager has not answered yet: silence holds
             gate: owner waits for approval 'gate/owner/production/1'
Looks again  in 1m, at 2026-01-05T09:01:00Z: the next gate is asked; and whenever a cluster, a gate
             or a person changes something
You can      myriarch release approve r1 gate/owner/production/1 --reason WHY  approves
             myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
