"""Metrics of groups of nodes, as a monitoring system would show them to tools that judge by metrics.

``errors``: share of requests that fail; ``latency``: in units of the usual. Nodes differ, days have a peak, and points
scatter; noise of the scenario meets everybody. Nodes of which nothing is heard are missing, not bad.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rollout.chance import DAY, HOUR, PEAK_HOUR, generator
from rollout.effects import SLOW
from rollout.world import World

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BASE_ERRORS = 0.005
NODE_SPREAD = 0.15
PEAK_SHARE = 0.3
"""At the daily peak, latency is so much above the usual."""
POINT_SPREAD = 0.2
"""Of the points of one minute, as a part of their level."""
WEATHER_SLOWNESS = 2.0
"""Nodes that the weather makes slow are so many times as slow."""


class Metrics:
    """Of one run's world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = generator(world.fleet, world.scenario, "metrics")
        self._base: Floats = self._random.lognormal(0.0, NODE_SPREAD, world.fleet.nodes)
        factors = [strike.effect.symptom.factor for strike in world.strikes if strike.code == SLOW]
        self._slowness = max(factors, default=WEATHER_SLOWNESS)

    def errors(self, group: Bools) -> float | None:
        """Share of failed requests of the group now; None where nothing is heard of it."""
        world = self._world
        heard = group & ~world.silent()
        count = int(np.count_nonzero(heard))
        if not count:
            return None
        out = int(np.count_nonzero(heard & ~world.ready & ~world.moving)) / count
        return min(BASE_ERRORS * world.weather.noise_factor("errors", world.now) + out, 1.0)

    def latency(self, group: Bools) -> float | None:
        """Of the group's nodes that answer, in units of the usual; None where none does."""
        world = self._world
        answering = group & world.ready & ~world.silent()
        count = int(np.count_nonzero(answering))
        if not count:
            return None
        released = world.onset <= world.now
        slow = np.where(released, self._slowness, WEATHER_SLOWNESS)
        level = float(np.where(world.slow, self._base * slow, self._base)[answering].mean())
        return level * self._day() * world.weather.noise_factor("latency", world.now)

    def points(self, level: float | None, count: int) -> Floats:
        """float64[count]: samples that scatter about a level; empty where there is none."""
        if level is None:
            return np.empty(0)
        return level * self._random.lognormal(0.0, POINT_SPREAD, count)

    def _day(self) -> float:
        hour = self._world.chance.begins_at_hour + self._world.now / HOUR
        phase = 2 * math.pi * (hour - PEAK_HOUR) * HOUR / DAY
        return 1.0 + PEAK_SHARE * max(math.cos(phase), 0.0)
