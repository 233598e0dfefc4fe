"""Argo CD's ApplicationSet with progressive syncs: RollingSync, steps by label, ``maxUpdate``.

https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/: each step selects
Applications by label; all of a step must be Healthy before the next begins; ``maxUpdate`` bounds how many of a step are
in progress; one that is Degraded holds its place, and the next step never begins. There are no waits and no way back.
The steps are the page's: one environment after the other, production 10 % at a time; before it a step of canaries.
"""

from __future__ import annotations

from rollout.policies.staged import Staged, Step, share

CANARY_SHARE = 0.05
MAX_UPDATE = 0.1


class RollingSync(Staged):
    name = "argocd"
    title = "Argo CD progressive sync"

    def plan(self) -> list[Step]:
        first = self.in_order(production=False)
        clusters = self.in_order(production=True)
        canaries = share(len(clusters), CANARY_SHARE)
        at_once = share(len(clusters), MAX_UPDATE)
        return [
            Step(first, len(first)),
            Step(clusters[:canaries], canaries),
            Step(clusters[canaries:], at_once, bears=at_once - 1),
        ]
