"""Made-up metrics for the benchmark of the sequential tests: every run is a row, every step a look at both arms.

Samples come from a seeded generator; harm is a factor on the updated arm: 1 is none (A/A).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Floats, Ints

LEVELS = 32
TABLE = 4096
CHUNK = 100
SPREAD = 0.5
CEILING = 5.0
"""Latencies: lognormal with this spread, cut at five times their median, told in 32 levels."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How many runs and looks, and their dice."""

    runs: int
    looks: int
    seed: int


def latencies(setting: Setting, slower: float) -> Iterator[tuple[Ints, Ints]]:
    """One new sample an arm and look, as a level: int64[runs] each."""
    generator = np.random.default_rng(setting.seed)
    tables = _levels(slower), _levels(1.0)
    for begun in range(0, setting.looks, CHUNK):
        steps = min(CHUNK, setting.looks - begun)
        drawn = generator.integers(0, TABLE, (2, steps, setting.runs))
        yield from zip(tables[0][drawn[0]], tables[1][drawn[1]], strict=True)


def _levels(slower: float) -> Ints:
    """The level of each of ``TABLE`` equally likely latencies."""
    drawn = np.random.default_rng(0).standard_normal(TABLE)
    values = np.minimum(slower * np.exp(SPREAD * drawn), CEILING)
    return (values / CEILING * (LEVELS - 1)).astype(np.int64)


def events(setting: Setting, treated: float, control: float, sizes: tuple[int, int]) -> Iterator[tuple[Floats, Floats]]:
    """Hits among ``sizes`` new observations of either arm, by share: float64[runs, 1] each."""
    generator = np.random.default_rng(setting.seed)
    for begun in range(0, setting.looks, CHUNK):
        shape = min(CHUNK, setting.looks - begun), setting.runs, 1
        first = generator.binomial(sizes[0], treated, shape).astype(np.float64)
        second = generator.binomial(sizes[1], control, shape).astype(np.float64)
        yield from zip(first, second, strict=True)
