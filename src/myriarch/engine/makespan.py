"""How long moving many things takes when only so many may be moved at once.

A cluster moves ``growth`` nodes, ``slots`` of them at a time; each takes a random time, log-normal as durations of work
usually are. All slots are busy until the last nodes begin, so what is expected is their mean time over all rounds but
the last, and then the longest of those that are left: an order statistic, by Blom's formula (G. Blom, "Statistical
Estimates and Transformed Beta-Variables", 1958). Over clusters it is list scheduling (R. L. Graham, "Bounds on
Multiprocessing Timing Anomalies", 1969): whoever is next begins as soon as a place is free.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from myriarch.engine.population import Floats, Ints

_NORMAL = NormalDist()
BLOM = 0.375


@dataclass(frozen=True, slots=True)
class UpdateTime:
    """How long one node takes: log-normal with ``median_seconds``; ``spread`` is the standard deviation of its
    logarithm."""

    median_seconds: float
    spread: float = 0.0

    @property
    def mean_seconds(self) -> float:
        return self.median_seconds * math.exp(self.spread**2 / 2)

    def longest_seconds(self, nodes: int) -> float:
        """The time that the longest of so many is expected to take."""
        if nodes <= 1:
            return self.mean_seconds if nodes else 0.0
        rank = _NORMAL.inv_cdf((nodes - BLOM) / (nodes + 1 - 2 * BLOM))
        return max(self.median_seconds * math.exp(self.spread * rank), self.mean_seconds)


def rounds(growth: Ints, slots: Ints) -> Ints:
    """int64[n]: how often all slots are filled, the last time perhaps in part."""
    found: Ints = -(-growth // np.maximum(slots, 1))
    return found


def full_seconds(growth: Ints, slots: Ints, time: UpdateTime) -> Floats:
    """float64[n]: how long each cluster keeps all its slots busy, before the last nodes are left."""
    found: Floats = np.maximum(growth - slots, 0) / np.maximum(slots, 1) * time.mean_seconds
    return found


def listed_seconds(seconds: Floats, places: int) -> float:
    """How long it takes until all are done, in the order given, with so many places."""
    if not len(seconds):
        return 0.0
    if places >= len(seconds):
        return float(seconds.max())
    busy = [0.0] * max(places, 1)
    for each in seconds.tolist():
        heapq.heapreplace(busy, busy[0] + each)
    return max(busy)
