"""All at once, as Karmada propagates a changed resource template.

Karmada's PropagationPolicy says which clusters a resource belongs to; when the template changes, the binding controller
renews the Work of every bound cluster, and each cluster's execution controller applies it. There is no order between
clusters, no gate and no way back (https://karmada.io/docs/core-concepts/architecture/,
https://karmada.io/docs/userguide/scheduling/propagation-policy/). Pausing exists as ``spec.suspension``, for people.
"""

from __future__ import annotations

import numpy as np

from rollout.policy import Policy, Standing


class AllAtOnce(Policy):
    name = "all-at-once"
    title = "All at once (Karmada)"

    def look(self) -> None:
        if self.standing is not Standing.RUNNING:
            return
        self.members.forward(np.arange(self.world.fleet.clusters))
        if self.updated().all() and self.world.now > 0:
            self.succeed()
