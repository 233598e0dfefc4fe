"""Rancher Fleet's rollout strategy: partitions, ``maxUnavailable`` and ``autoPartitionSize``.

https://fleet.rancher.io/rollout: from 200 clusters on, partitions of 25 % are made; up to 50 clusters of a partition
are deployed at once; the next begins when the partition is ready, which is when at most ``maxUnavailable`` of its
clusters are not; with ``maxUnavailablePartitions: 0`` one that is not ready pauses the roll-out. There are no waits and
no way back. ``maxUnavailable`` is 10 %, which the page recommends (by default it is 100 %: no gate at all). A first
partition for the simulated environment is put in front by hand, as the page shows with staging.
"""

from __future__ import annotations

import numpy as np

from rollout.policies.staged import Staged, Step, share

AUTO_PARTITION = 0.25
BATCH = 50
MAX_UNAVAILABLE = 0.1


class Partitions(Staged):
    name = "rancher-fleet"
    title = "Rancher Fleet partitions"

    def plan(self) -> list[Step]:
        first = self.in_order(production=False)
        clusters = self.in_order(production=True)
        size = share(len(clusters), AUTO_PARTITION)
        groups = [first, *np.split(clusters, range(size, len(clusters), size))]
        return [Step(group, BATCH, bears=share(len(group), MAX_UNAVAILABLE)) for group in groups]
