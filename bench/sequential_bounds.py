"""Confidence sequences, the stated smallest effects, and failures that are not independent.

A confidence sequence misses in a run where it excludes the truth at any look; a smallest effect is stated for a power
of 0.8 and should be found as often; whole racks that die in both arms alike must not be called harm.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from myriarch.engine.population import Floats
from myriarch.engine.sequential.combine import shows
from myriarch.engine.sequential.counts import CountsLook, count_test, rate_bounds
from myriarch.engine.sequential.detectable import detectable_failures, detectable_shares, pooled
from myriarch.engine.sequential.hazard import HazardLook, domain_look, hazard_test
from myriarch.engine.sequential.hazard_ratio import hazard_ratio
from myriarch.engine.sequential.history import Record
from myriarch.engine.sequential.means import Moments, mean_sequence
from myriarch.engine.sequential.proportions import SharesLook, share_bounds, share_test
from myriarch.engine.sequential.quantiles import quantile_bounds
from myriarch.engine.sequential.tolerance import Tolerance

Bounds = tuple[Floats, Floats]
BATCH, EVERY = 20, 10
"""New samples a look; bounds are worked out at every tenth look."""


def misses(runs: int, looks: int, alpha: float, seed: int) -> dict[str, float]:
    """The share of runs whose confidence sequence ever excludes the truth."""
    return {
        "share": _missing(runs, looks, 0.1, _of_shares(runs, alpha, np.random.default_rng(seed))),
        "rate": _missing(runs, looks, 0.1, _of_rates(runs, alpha, np.random.default_rng(seed))),
        "mean": _missing(runs, looks, 0.2, _of_means(runs, alpha, np.random.default_rng(seed))),
        "quantile": _missing(runs, looks, 0.9, _of_quantiles(runs, alpha, np.random.default_rng(seed))),
        "hazard_ratio": _of_ratio(max(runs // 20, 1), looks, alpha, np.random.default_rng(seed)),
    }


def _missing(runs: int, looks: int, truth: float, look: Callable[[bool], Bounds]) -> float:
    missed = np.zeros(runs, np.bool_)
    for number in range(1, looks + 1):
        lower, upper = look(number % EVERY == 0)
        missed |= (lower > truth + 1e-12) | (upper < truth - 1e-12)
    return float(missed.mean())


def _anything(runs: int) -> Bounds:
    return np.full(runs, -np.inf), np.full(runs, np.inf)


def _of_shares(runs: int, alpha: float, generator: np.random.Generator) -> Callable[[bool], Bounds]:
    hits, trials = np.zeros(runs), 0.0

    def look(wanted: bool) -> Bounds:
        nonlocal hits, trials
        hits, trials = hits + generator.binomial(BATCH, 0.1, runs), trials + BATCH
        return share_bounds(hits, np.full(runs, trials), alpha) if wanted else _anything(runs)

    return look


def _of_rates(runs: int, alpha: float, generator: np.random.Generator) -> Callable[[bool], Bounds]:
    events, exposure = np.zeros(runs), 0.0

    def look(wanted: bool) -> Bounds:
        nonlocal events, exposure
        events, exposure = events + generator.poisson(0.1 * BATCH, runs), exposure + BATCH
        return rate_bounds(events, np.full(runs, exposure), alpha, 100.0) if wanted else _anything(runs)

    return look


def _of_means(runs: int, alpha: float, generator: np.random.Generator) -> Callable[[bool], Bounds]:
    sequence = mean_sequence((runs,))

    def look(wanted: bool) -> Bounds:
        nonlocal sequence
        samples = generator.beta(2, 8, (runs, BATCH))
        sums = samples.sum(axis=1), (samples * samples).sum(axis=1)
        sequence = sequence.updated(Moments(np.full(runs, float(BATCH)), *sums))
        return sequence.bounds(alpha) if wanted else _anything(runs)

    return look


def _of_quantiles(runs: int, alpha: float, generator: np.random.Generator) -> Callable[[bool], Bounds]:
    edges = np.linspace(0.05, 1.0, 20)
    seen = np.zeros((runs, len(edges) + 1))

    def look(wanted: bool) -> Bounds:
        nonlocal seen
        bucket = np.searchsorted(edges, generator.random((runs, BATCH)))
        seen = seen + np.eye(len(edges) + 1)[bucket].sum(axis=1)
        return quantile_bounds(seen, edges, 0.9, alpha) if wanted else _anything(runs)

    return look


def _of_ratio(runs: int, looks: int, alpha: float, generator: np.random.Generator) -> float:
    missed = 0
    for _ in range(runs):
        ratio, out = hazard_ratio(), False
        for number in range(1, looks + 1):
            arms = np.array([50.0]), np.array([450.0])
            hits = generator.binomial(50, 0.003, 1), generator.binomial(450, 0.001, 1)
            ratio = ratio.updated(HazardLook(*arms, *(hit.astype(np.float64) for hit in hits)))
            if number % EVERY == 0:
                lower, upper = ratio.bounds(alpha)
                out |= not lower <= 3.0 <= upper
        missed += out
    return missed / runs


def found_at_smallest(runs: int, alpha: float, seed: int) -> dict[str, float]:
    """The share of runs that find the smallest effect that is said to be found with a power of 0.8."""
    generator = np.random.default_rng(seed)
    bar = np.array([1.0 / alpha])
    treated, control, usual = np.array([20.0]), np.array([2000.0]), np.array([0.002])
    shape = np.ones((runs, 1))
    failures = detectable_failures(treated, control, usual, 1.0, bar)
    hits = _hits(generator, runs, failures.share[0], usual[0])
    hazard = hazard_test((runs, 1), 1.0).updated(HazardLook(treated * shape, control * shape, *hits))
    strata = np.ones(10)
    together = pooled(2 * strata, 200 * strata, usual[0] * strata, 1.0, 1.0 / alpha)
    hits = _hits(generator, runs, together.share[0], usual[0])
    joined = hazard_test((runs, 1), 1.0).updated(HazardLook(treated * shape, control * shape, *hits))
    shares = detectable_shares(treated, control, usual, Tolerance(), bar)
    hits = _hits(generator, runs, shares.share[0], usual[0])
    test = share_test((runs, 1), Tolerance(), baseline=(control * shape, control * usual * shape))
    test = test.updated(SharesLook(treated * shape, hits[0], control * shape, hits[1]))
    return {
        "hazard": float(shows(hazard.log_evidence[:, 0], alpha).mean()),
        "hazard_pooled": float(shows(joined.log_evidence[:, 0], alpha).mean()),
        "shares": float(shows(test.log_evidence[:, 0], alpha).mean()),
    }


def _hits(generator: np.random.Generator, runs: int, treated: float, control: float) -> tuple[Floats, Floats]:
    first, second = generator.binomial(20, treated, (runs, 1)), generator.binomial(2000, control, (runs, 1))
    return first.astype(np.float64), second.astype(np.float64)


RACKS, UNITS = 40, 20


def rack_alarms(runs: int, looks: int, alpha: float, seed: int) -> dict[str, float]:
    """False alarms where racks of one arm each die now and then, 2 racks of 40 updated: by units, and by racks too."""
    generator = np.random.default_rng(seed)
    arms = np.arange(RACKS) < 2
    treated, control = np.where(arms, float(UNITS), 0.0), np.where(arms, 0.0, float(UNITS))
    found = {"by_units": 0, "by_racks": 0}
    for _ in range(runs):
        alarms = dict.fromkeys(found, False)
        tests = {name: hazard_test((1,), 1.0) for name in found}
        for _ in range(looks):
            dead = generator.random(RACKS) < 0.002
            if dead.any():
                units = HazardLook(treated, control, treated * dead, control * dead)
                racks = domain_look(np.zeros(RACKS, np.int64), np.arange(RACKS), 1, units)
                whole = HazardLook(*(np.array([part.sum()]) for part in (treated, control, *_events(units))))
                tests["by_units"] = tests["by_units"].updated(whole)
                tests["by_racks"] = tests["by_racks"].updated(whole, racks)
                for name, test in tests.items():
                    alarms[name] |= bool(shows(test.log_evidence[0], alpha))
        for name, alarm in alarms.items():
            found[name] += alarm
    return {name: count / runs for name, count in found.items()}


def _events(look: HazardLook) -> tuple[Floats, Floats]:
    return look.treated_events, look.control_events


def history_alarms(runs: int, looks: int, alpha: float, seed: int) -> float:
    """False alarms of a last wave without controls against what was recorded, of the same rate."""
    generator, half = np.random.default_rng(seed), alpha / 2
    alarms, nothing, exposure = 0, np.zeros(1), np.full(1, 100.0)
    for _ in range(runs):
        recorded = float(generator.poisson(0.01 * 2000))
        test = count_test((1,), Record(recorded, 2000.0).rate_limit(Tolerance(), half))
        alarm = False
        for _ in range(looks):
            hit = generator.poisson(1.0, 1).astype(np.float64)
            test = test.updated(CountsLook(exposure, hit, nothing, nothing))
            alarm |= bool(shows(test.log_evidence[0], half))
        alarms += alarm
    return alarms / runs
