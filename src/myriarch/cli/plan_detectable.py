"""What the canaries of each attribute value could show: the smallest harm, or that they are blind to any.

Each value is a stratum of its own, compared with the nodes beside its canaries, in the clusters that hold canaries. A
value whose canaries are blind by themselves is not unwatched: all nodes together are judged too, which is what
``together`` tells. How it is worked out: ``engine/sequential/detectable.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from myriarch.api.analysis import Analysis
from myriarch.engine.plan import WavePlan
from myriarch.engine.population import Ints, Population
from myriarch.engine.sequential.combine import needed_alone, needed_together
from myriarch.engine.sequential.detectable import detectable_failures

BACKGROUND_SHARE = 0.001
"""Chance of a node to fail on its own within a soak that is assumed, until a fleet's own history says otherwise."""


def smallest_by_value(wave: WavePlan, population: Population, analysis: Analysis) -> list[dict[str, Any]]:
    """Of each value of the population, for the canaries that a covering wave owes it: ``failures`` that are needed,
    and ``share``, the smallest chance of a canary to fail that is found in four of five releases; none where blind."""
    canaries = wave.owed.sum(axis=0).astype(np.int64)
    beside = population.strata[wave.covering].sum(axis=0) - canaries
    return _smallest(canaries, beside, needed_alone(analysis.alpha, len(canaries)), analysis)


def smallest_together(wave: WavePlan, population: Population, analysis: Analysis) -> dict[str, Any]:
    """Of all nodes that a wave may update, where harm is common to all values."""
    nodes = int(population.weight[wave.ceiling > 0].sum())
    sizes = np.array([wave.nodes]), np.array([nodes - wave.nodes])
    return _smallest(*sizes, needed_together(analysis.alpha), analysis)[0]


def smallest_text(found: dict[str, Any]) -> str:
    """One cell: how many must fail, and how likely each."""
    if found["share"] is None:
        return "blind"
    return f"{found['failures']} fail, {found['share']:.1%} each"


def _smallest(treated: Ints, control: Ints, needed: float, analysis: Analysis) -> list[dict[str, Any]]:
    units = treated.astype(np.float64), np.maximum(control, 0).astype(np.float64)
    usual, bar = np.full(len(treated), BACKGROUND_SHARE), np.full(len(treated), needed)
    found = detectable_failures(*units, usual, analysis.tolerated_ratio, bar)
    rows = zip(found.needed.tolist(), found.share.tolist(), found.blind.tolist(), strict=True)
    return [{"failures": int(failures), "share": None if blind else _up(share)} for failures, share, blind in rows]


def _up(share: float) -> float:
    """To a tenth of a percent, never down."""
    return min(math.ceil(share * 1000) / 1000, 1.0)
