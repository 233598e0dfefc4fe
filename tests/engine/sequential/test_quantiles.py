"""Tests of quantiles by histogram."""

from __future__ import annotations

import numpy as np
import pytest

from myriarch.engine.population import Floats
from myriarch.engine.sequential.quantiles import HistogramsLook, QuantileTest, quantile_bounds, quantile_test

EDGES = np.geomspace(1.0, 1000.0, 29)
RUNS = 200


def histogram(samples: Floats) -> Floats:
    """Samples [runs, n] by bucket: [runs, 1, buckets]."""
    bucket = np.searchsorted(EDGES, samples)
    cells = bucket + (len(EDGES) + 1) * np.arange(len(samples))[:, None]
    counts = np.bincount(cells.ravel(), minlength=len(samples) * (len(EDGES) + 1))
    return counts.reshape(len(samples), 1, -1).astype(np.float64)


def peak_of(test: QuantileTest, slower: float) -> Floats:
    generator = np.random.default_rng(6)
    peak = np.full(RUNS, -np.inf)
    for _ in range(60):
        treated, control = generator.lognormal(3, 0.5, (RUNS, 20)), generator.lognormal(3, 0.5, (RUNS, 180))
        test = test.updated(HistogramsLook(histogram(treated * slower), histogram(control)))
        peak = np.maximum(peak, test.log_evidence[:, 0])
    return peak


@pytest.mark.parametrize(
    ("slower", "tolerated", "least", "most"), [(1, 0, 0, 0.05), (2, 0, 0.95, 1), (1.5, 2, 0, 0.05)]
)
def test_a_slower_tail_is_found_beyond_what_is_tolerated(
    slower: float, tolerated: int, least: float, most: float
) -> None:
    peak = peak_of(quantile_test((RUNS, 1), len(EDGES) + 1, 0.95, tolerated), slower)
    assert least <= (peak >= np.log(20)).mean() <= most


def test_bounds_hold_at_every_look_and_close_in() -> None:
    generator, truth = np.random.default_rng(7), float(np.exp(3 + 0.5 * 1.2815515655446004))
    seen, missed = np.zeros((RUNS, 1, len(EDGES) + 1)), np.zeros(RUNS, np.bool_)
    for _ in range(100):
        seen = seen + histogram(generator.lognormal(3, 0.5, (RUNS, 20)))
        lower, upper = (bound[:, 0] for bound in quantile_bounds(seen, EDGES, 0.9, 0.1))
        missed |= (lower > truth) | (upper < truth)
    assert missed.mean() <= 0.1
    assert (upper / lower).max() < 2.5
    lower, upper = quantile_bounds(np.zeros((1, len(EDGES) + 1)), EDGES, 0.9, 0.1)
    assert (lower[0], upper[0]) == (-np.inf, np.inf)


def test_what_is_saved_is_restored() -> None:
    generator = np.random.default_rng(6)
    blank = quantile_test((1,), len(EDGES) + 1, 0.9)
    samples = histogram(generator.lognormal(3, 0.5, (1, 40)))[0]
    look = HistogramsLook(samples, samples)
    test = blank.updated(look).updated(look)
    again = blank.restored(test.saved())
    assert np.allclose(again.updated(look).log_evidence, test.updated(look).log_evidence, atol=1e-5)
