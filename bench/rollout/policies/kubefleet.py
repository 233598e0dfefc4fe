"""KubeFleet's staged update run: stages of 20, 30 and 50 % of production, half of each at once, waiting between them.

https://kubefleet.dev/docs/concepts/staged-update/ (ClusterStagedUpdateStrategy): stages run in order;
``maxConcurrency`` of a stage is a count or a percentage, rounded down, at least one; after a stage a TimedWait or an
Approval. A cluster that fails aborts the run: nothing further is updated, nothing goes back; a person decides
(https://kubefleet.dev/docs/troubleshooting/clusterstagedupdaterun/). A staging stage comes first, as in its example.
"""

from __future__ import annotations

import numpy as np

from rollout.policies.staged import Staged, Step, share
from rollout.soak import soaks

STAGES = (0.2, 0.3, 0.5)
HALF = 0.5


class KubeFleet(Staged):
    name = "kubefleet"
    title = "KubeFleet staged update run"

    def plan(self) -> list[Step]:
        simulated, production = soaks(self.world)
        first = self.in_order(production=False)
        steps = [Step(first, share(len(first), HALF), simulated)]
        clusters = self.in_order(production=True)
        bounds = (np.cumsum(STAGES) * len(clusters)).round().astype(np.int64)
        for stage in np.split(clusters, bounds[:-1]):
            steps.append(Step(stage, share(len(stage), HALF), production))
        return steps
