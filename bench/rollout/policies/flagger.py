"""Threshold gates, as Flagger has them: checks at intervals, a weight that grows, rollback after failed checks.

https://docs.flagger.app/usage/how-it-works and https://docs.flagger.app/usage/deployment-strategies: at each
``interval`` the canary's request-success-rate must be at least 99 % and its request-duration (P99) at most a maximum;
a passed check raises the weight by ``stepWeight`` up to ``maxWeight``, then the rest is promoted; ``threshold`` failed
checks roll back, and a metric without values is a failed check. Its page gives the durations: interval x (maxWeight /
stepWeight) to promote, interval x threshold to roll back. The interval is such that promotion takes the minimum soak.
"""

from __future__ import annotations

from rollout.members import Members
from rollout.policies.weighted import Weighted
from rollout.world import World

STEP_WEIGHT = 0.1
MAX_WEIGHT = 0.5
FAILED_CHECKS = 5
MOST_ERRORS = 0.01
LONGEST_LATENCY = 2.0


class Flagger(Weighted):
    name = "flagger"
    title = "Threshold gates (Flagger)"
    weights = (0.1, 0.2, 0.3, 0.4, 0.5, 1.0)

    def __init__(self, world: World, members: Members) -> None:
        super().__init__(world, members)
        self.interval_seconds = self.production_soak / (MAX_WEIGHT / STEP_WEIGHT)
        self.failed_checks = 0

    def judge(self) -> None:
        if self.passes():
            self.advance()
            return
        self.failed_checks += 1
        if self.failed_checks >= FAILED_CHECKS:
            self.roll_back()

    def passes(self) -> bool:
        """One check of both metrics."""
        canary = self.canary()
        errors, latency = self.metrics.errors(canary), self.metrics.latency(canary)
        if errors is None or latency is None:
            return False
        return errors <= MOST_ERRORS and latency <= LONGEST_LATENCY
