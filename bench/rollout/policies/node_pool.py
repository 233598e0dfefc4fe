"""A node pool with one node at a time and no gate: OpenShift's Machine Config Operator, system-upgrade-controller.

https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/machine_configuration/ (a
MachineConfigPool's ``maxUnavailable`` is 1 by default; a node that does not come back blocks its pool) and
https://github.com/rancher/system-upgrade-controller (a Plan's ``concurrency``). Each cluster works by itself, all begin
at once, nobody judges beyond "is the node ready", and nothing goes back.
"""

from __future__ import annotations

import numpy as np

from rollout.members import Members
from rollout.policy import Policy, Standing
from rollout.world import World


class NodePool(Policy):
    name = "node-pool"
    title = "Node pool, one at a time (MCO, system-upgrade-controller)"

    def __init__(self, world: World, members: Members) -> None:
        super().__init__(world, members)
        members.max_unavailable = np.ones(world.fleet.clusters, np.int64)

    def look(self) -> None:
        if self.standing is not Standing.RUNNING:
            return
        self.members.forward(np.arange(self.world.fleet.clusters))
        if self.updated().all() and self.world.now > 0:
            self.succeed()
