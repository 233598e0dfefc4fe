"""Open Cluster Management: a ManifestWorkReplicaSet that rolls out Progressive over a Placement.

https://open-cluster-management.io/docs/concepts/content-placement/placement/ (rollout strategy) and
.../work-distribution/manifestworkreplicaset/: mandatory decision groups come first, and any failure in them stops the
roll-out; then clusters go by ``maxConcurrency``; a cluster has succeeded when it has been so for ``minSuccessTime``,
and has failed when it is degraded or passes ``progressDeadline``; more than ``maxFailures`` stop the roll-out. Nothing
goes back. The figures are those of the documentation's examples (canary group, 5 % failures), but for minSuccessTime,
which is the minimum soak that all policies get.
"""

from __future__ import annotations

from rollout.policies.staged import Staged, Step, share
from rollout.soak import soaks

CANARY_SHARE = 0.05
MAX_CONCURRENCY = 0.25
MAX_FAILURES = 0.05


class Progressive(Staged):
    name = "ocm"
    title = "OCM Progressive with a canary group"

    def plan(self) -> list[Step]:
        simulated, production = soaks(self.world)
        first = self.in_order(production=False)
        clusters = self.in_order(production=True)
        canaries = share(len(clusters), CANARY_SHARE)
        at_once = share(len(clusters), MAX_CONCURRENCY)
        failures = share(len(clusters), MAX_FAILURES)
        return [
            Step(first, len(first), good_seconds=simulated),
            Step(clusters[:canaries], canaries, good_seconds=production),
            Step(clusters[canaries:], at_once, good_seconds=production, bears=failures),
        ]
