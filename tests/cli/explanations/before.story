# Before it begins: not looked at, wrong, waiting for another, the component gone, agents too old, another component.
> status
Release      default/r1: agent to v2
Stands at    Pending, for 1m
Waits for    reason: no controller has looked at it yet: does one run?
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release abort r1  gives it up before it begins
> status
>   reason: InvalidPolicy
>   message: "spec.policy: 'carful': doesn't exist. Create the releasepolicy first, or name another."
Release      default/r1: agent to v2
Stands at    Pending, for 1m
Waits for    reason: spec.policy: 'carful': doesn't exist. Create the releasepolicy first, or name
             another.
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release abort r1  gives it up before it begins
> status
>   reason: Waiting
>   message: waits until release default/r0 lets the component go
Release      default/r1: agent to v2
Stands at    Pending, for 1m
Waits for    turn: waits until release default/r0 lets the component go
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release explain r0  says why that one waits
             myriarch release abort r1    gives it up before it begins
> status
>   attempt: 1
>   phase: Advancing
>   holds: ["component agent was deleted: create it again, and the release goes on"]
Release      default/r1: agent to v2
Stands at    Advancing
Waits for    reason: component agent was deleted: create it again, and the release goes on
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch release pause r1     holds forward steps
             myriarch release rollback r1  brings every node back
             myriarch release abort r1     ends it where it is
> status
>   attempt: 1
>   phase: Advancing
>   phaseSince: "2026-01-05T07:00:00Z"
>   holds:
>     - "frozen: agents too old for gangs or dead nodes in budgets.nodes, to be upgraded: prod-a, prod-b"
>     - "2 clusters (prod-a, prod-b) wait for release team/cni of cni to settle"
>   holding:
>     - kind: Agents
>       message: "frozen: agents too old for gangs or dead nodes in budgets.nodes, to be upgraded: prod-a, prod-b"
>     - kind: Release
>       message: "2 clusters (prod-a, prod-b) wait for release team/cni of cni to settle"
>       since: "2026-01-05T07:30:00Z"
Release      default/r1: agent to v2
Stands at    Advancing, for 1h
Waits for    old agents: agents too old for gangs or dead nodes in budgets.nodes, to be upgraded:
             prod-a, prod-b
             turn: 2 clusters (prod-a, prod-b) wait for release team/cni of cni to settle, for 30m
Looks again  whenever a cluster, a gate or a person changes something
You can      myriarch clusters                     shows the versions of agents
             myriarch release explain cni -n team  says why that one waits
             myriarch release pause r1             holds forward steps
             myriarch release rollback r1          brings every node back
             myriarch release abort r1             ends it where it is
