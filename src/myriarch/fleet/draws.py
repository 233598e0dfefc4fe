"""Chance as a function: every draw is a pure hash of a key, a lane and a counter.

A generator with state gives results that depend on who asked first. Here nobody asks first: the draw for
node 12 of a cluster, for a purpose, for the third time, is ``uniform(key(seed, cluster, purpose), 12, 3)``,
whoever asks, in whatever order, before or after a restart. So clusters may be advanced in any order, a
journal need not save generators, and the same seed gives the same life under any PYTHONHASHSEED.

Keys and mixing come from ``base/hashing.py``; lanes and counters are mixed in one after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from myriarch.base.hashing import Words, mix, stable_hash, to_unit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LANE = np.uint64(0xD1342543DE82EF95)  # odd multipliers, so that neighbouring lanes are far apart
_COUNTER = np.uint64(0xAF251AF3B0F025B5)


def key(seed: int, *parts: str | int) -> int:
    """64 bits that stand for a seed and a purpose, the same on every machine."""
    return stable_hash(seed, *parts)


def uniform(key: int, lanes: Any, counters: Any = 0) -> Floats:
    """Uniform draws in [0, 1), one a lane. ``lanes`` and ``counters`` are non-negative integers, broadcast."""
    return _drawn(_lane_words(key, lanes), counters)


def _lane_words(key: int, lanes: Any) -> Words:
    return mix(np.atleast_1d(np.asarray(lanes)).astype(np.uint64) * _LANE + np.uint64(key))


def _drawn(lane_words: Words, counters: Any) -> Floats:
    counter_words = np.atleast_1d(np.asarray(counters)).astype(np.uint64) * _COUNTER
    return to_unit(mix(lane_words + counter_words))


def exponential(key: int, lanes: Any, counters: Any = 0, *, mean: float) -> Floats:
    """Exponential draws with the given mean."""
    return -mean * np.log1p(-uniform(key, lanes, counters))


def lognormal(key: int, lanes: Any, counters: Any = 0, *, median: float, spread: float) -> Floats:
    """Log-normal draws: ``median`` times e to the power of a normal with standard deviation ``spread``."""
    return median * np.exp(spread * normal(key, lanes, counters))


def normal(key: int, lanes: Any, counters: Any = 0) -> Floats:
    """Standard normal draws (Box and Muller's transform of two uniforms)."""
    doubled = np.atleast_1d(np.asarray(counters)).astype(np.int64) * 2
    words = _lane_words(key, lanes)  # once for both uniforms
    radius = np.sqrt(-2.0 * np.log1p(-_drawn(words, doubled)))
    return radius * np.cos(2.0 * np.pi * _drawn(words, doubled + 1))


def choose(key: int, lanes: Any, weights: Any, counters: Any = 0) -> Ints:
    """An index into ``weights`` per lane, with probability in proportion to its weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    picked = np.searchsorted(edges, uniform(key, lanes, counters) * edges[-1], side="right")
    indices: Ints = np.minimum(picked, len(edges) - 1).astype(np.int64)
    return indices


def order(key: int, count: int) -> Ints:
    """A permutation of ``range(count)``."""
    return np.argsort(uniform(key, np.arange(count)), kind="stable").astype(np.int64)
