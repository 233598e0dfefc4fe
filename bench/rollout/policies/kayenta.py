"""Rank test with peeking: automated canary analysis as Kayenta judges it for Spinnaker.

https://spinnaker.io/docs/guides/user/canary/judge/ and .../canary-overview/: at each interval every metric of canary
and baseline is compared by a Mann-Whitney test (confidence 98 %, and beyond a quarter of the estimated shift, as in
https://github.com/spinnaker/kayenta, MannWhitneyClassifier); the score is the share of metrics that pass; below
``marginal`` the canary fails at once and is rolled back, at the end of its lifetime it must reach ``pass``. Metrics
without data are left out of the score. At least 50 points a metric are advised. The lifetime is the minimum soak, in
four intervals; canaries are 5 %, then a quarter, then everything.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from rollout.members import Bools, Members
from rollout.metrics import Floats
from rollout.policies.weighted import Weighted
from rollout.world import World

POINTS = 60
INTERVALS = 4
MARGINAL, PASS = 75.0, 95.0
TOLERANCE = 0.25
Z_98 = 2.3263
"""Two-sided confidence of 98 %."""


class Kayenta(Weighted):
    name = "kayenta"
    title = "Rank test with peeking (Kayenta)"
    weights = (0.05, 0.25, 1.0)

    def __init__(self, world: World, members: Members) -> None:
        super().__init__(world, members)
        self.interval_seconds = self.production_soak / INTERVALS
        self.judged = 0

    def judge(self) -> None:
        control = self.control()
        if not control.any():
            self.judge_alone()
            return
        score = self.score(self.canary(), control)
        self.judged += 1
        if score < MARGINAL or (self.judged == INTERVALS and score < PASS):
            self.roll_back()
        elif self.judged == INTERVALS:
            self.judged = 0
            self.advance()

    def judge_alone(self) -> None:
        """Everything is updated (in the simulated environment, and at the end): readiness is all there is to see."""
        if self.broken.any():
            self.roll_back()
        elif self.world.now >= self.settled_at + self.simulated_soak:
            self.advance()

    def score(self, canary: Bools, control: Bools) -> float:
        """Percentage of the metrics that pass; no data, no metric."""
        passed: list[bool] = []
        for level in (self.metrics.errors, self.metrics.latency):
            new = self.metrics.points(level(canary), POINTS)
            old = self.metrics.points(level(control), POINTS)
            if len(new) and len(old):
                passed.append(not is_higher(new, old))
        return 100.0 * sum(passed) / len(passed) if passed else 100.0


def is_higher(new: Floats, old: Floats) -> bool:
    """Whether the confidence interval of the shift (Hodges and Lehmann) lies above a quarter of the shift itself."""
    shifts = np.sort(np.subtract.outer(new, old).ravel())
    n, m = len(new), len(old)
    below = int(n * m / 2 - Z_98 * sqrt(n * m * (n + m + 1) / 12))
    lowest = float(shifts[max(below, 0)])
    return lowest > TOLERANCE * abs(float(np.median(shifts)))
