"""Draws of one scenario and seed that no policy may change: the same node has the same fate under every policy.

``day_begins`` sets the release into the day: it begins in working hours, and the daily peak is in the evening.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myriarch.base.hashing import stable_hash
from rollout.fleet import Fleet
from rollout.scenario import Delay, Scenario

Floats = NDArray[np.float64]

HOUR = 3600.0
DAY = 24 * HOUR
FIRST_HOUR, LAST_HOUR = 8.0, 16.0
PEAK_HOUR = 18.0
RESTART_MEAN_SECONDS = 7 * DAY
"""Nodes restart for reasons of their own about once a week (Poisson)."""
UPDATE = Delay(median="4m", spread=0.3)
CLUSTER_UPDATE = Delay(median="20m", spread=0.3)


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """begins_at_hour: local hour at which the release begins. update_seconds float64[n]; restart_seconds float64[n]:
    how long after any moment each node next restarts (a Poisson process has no memory)."""

    seed: int
    begins_at_hour: float
    update_seconds: Floats
    restart_seconds: Floats

    def next_peak(self, moments: Floats) -> Floats:
        """Seconds after the release's begin of the first daily peak after each of ``moments``."""
        first = (PEAK_HOUR - self.begins_at_hour) * HOUR
        later: Floats = first + np.ceil((moments - first) / DAY) * DAY
        return later


def generator(fleet: Fleet, scenario: Scenario, purpose: str) -> np.random.Generator:
    """Chance for one purpose in one scenario and seed."""
    return np.random.default_rng([fleet.seed, stable_hash(fleet.seed, scenario.name, purpose)])


def draw_chance(fleet: Fleet, scenario: Scenario) -> Chance:
    random = generator(fleet, scenario, "update")
    cluster_wide = scenario.level == "cluster"
    update = scenario.update or (CLUSTER_UPDATE if cluster_wide else UPDATE)
    if cluster_wide:
        seconds = lognormal(random, update, fleet.clusters)[fleet.cluster]
    else:
        seconds = lognormal(random, update, fleet.nodes)
    restart = random.exponential(RESTART_MEAN_SECONDS, fleet.nodes)
    return Chance(fleet.seed, random.uniform(FIRST_HOUR, LAST_HOUR), seconds, restart)


def lognormal(random: np.random.Generator, delay: Delay, count: int) -> Floats:
    """float64[count] seconds."""
    if delay.spread == 0:
        return np.full(count, delay.seconds)
    return delay.seconds * random.lognormal(0.0, delay.spread, count)
