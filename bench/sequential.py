"""The sequential tests, looked at after every sample: false alarms without harm, power and time to find harm.

Every run without harm is looked at 10,000 times. The peers see the same samples: the rank test looked at as often, the
fixed-horizon test looked at once at the end, a threshold rule. A peer's power is worth what its false alarms allow;
both are printed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from measurement import Measurement, progress
from myriarch.engine.sequential.detectable import POWER
from sequential_bounds import found_at_smallest, history_alarms, misses, rack_alarms
from sequential_rivals import fixed_shares
from sequential_runs import First, of_counts, of_hazard, of_means, of_quantiles, of_release, of_shares
from sequential_streams import Setting, events

ALPHA = 0.05
RUNS, LOOKS = 2_000, 10_000
POWER_RUNS, HORIZON = 500, 1_000
STRATA = 3
COMMAND = "python bench/run.py sequential"
ARMS = (10, 90)
SLOWER = (1.05, 1.1, 1.2, 1.5)
SHARE, SHARES = 0.02, (0.022, 0.025, 0.03, 0.06)
FAILURE, RATIOS = 0.0005, (2.0, 5.0, 20.0)


def run(sizes: Sequence[int], seed: int) -> list[Measurement]:
    """Shares of runs; ``sizes`` do not matter."""
    return [
        *false_alarms(Setting(RUNS, LOOKS, seed)),
        *power(Setting(POWER_RUNS, HORIZON, seed)),
        *around(Setting(RUNS // 4, HORIZON // 4, seed)),
    ]


def false_alarms(setting: Setting) -> list[Measurement]:
    """Runs without harm that are called harmful at any of the looks."""
    kind = f"sequential.false_alarms.{setting.looks}"
    progress(f"A/A: {setting.runs:,} runs, {setting.looks:,} looks each, alpha {ALPHA}")
    means = of_means(setting, 1.0, ALPHA)
    found = [
        _measured(f"{kind}.means", means["ours"].share, "rank test, looked at as often", means["peeking"].share),
        _measured(f"{kind}.means", means["ours"].share, "threshold rule", means["threshold"].share),
        _measured(f"{kind}.means", means["ours"].share, "fixed horizon, one look", means["fixed"].share),
    ]
    tests: dict[str, Callable[[], First]] = {
        "hazard": lambda: of_hazard(setting, (FAILURE, FAILURE), ARMS, ALPHA),
        "shares": lambda: of_shares(setting, (SHARE, SHARE), ARMS, ALPHA),
        "counts": lambda: of_counts(setting, (FAILURE, FAILURE), ARMS, ALPHA),
        "quantiles": lambda: of_quantiles(setting, 1.0, ALPHA),
        "release": lambda: of_release(setting, STRATA, ALPHA),
    }
    for name, test in tests.items():
        progress(f"A/A: {name}")
        found.append(_measured(f"{kind}.{name}", test().share, "stated alpha", ALPHA))
    return found


def power(setting: Setting) -> list[Measurement]:
    """Runs with harm in which it is found by the horizon, and how soon."""
    progress(f"power: {setting.runs:,} runs, horizon {setting.looks:,} looks")
    found = []
    for slower in SLOWER:
        by_rule = of_means(setting, slower, ALPHA)
        name = f"means.slower_{slower}"
        found += _against_fixed(name, by_rule["ours"], by_rule["fixed"].share, setting.looks)
        for rival in ("peeking", "threshold"):
            peer = {"peeking": "rank test, looked at as often", "threshold": "threshold rule"}[rival]
            found.append(_measured(f"sequential.power.{name}", by_rule["ours"].share, peer, by_rule[rival].share, True))
    for share in SHARES:
        ours = of_shares(setting, (share, SHARE), ARMS, ALPHA)
        found += _against_fixed(f"shares.{SHARE}_to_{share}", ours, _fixed(setting, (share, SHARE)), setting.looks)
    for ratio in RATIOS:
        ours = of_hazard(setting, (FAILURE * ratio, FAILURE), ARMS, ALPHA)
        once = _fixed(setting, (FAILURE * ratio, FAILURE))
        found += _against_fixed(f"hazard.ratio_{ratio:g}", ours, once, setting.looks)
    return found


def around(setting: Setting) -> list[Measurement]:
    """Confidence sequences, smallest effects, racks that die, and history in place of controls."""
    runs, looks, seed = setting.runs, setting.looks, setting.seed
    progress(f"bounds: {runs:,} runs, {looks:,} looks")
    found = [
        _measured(f"sequential.bounds_miss.{name}", share, "stated alpha", ALPHA)
        for name, share in misses(runs, looks, ALPHA, seed).items()
    ]
    found += [
        _measured(f"sequential.power_at_smallest.{name}", share, "stated power", POWER, True)
        for name, share in found_at_smallest(runs, ALPHA, seed).items()
    ]
    racks = rack_alarms(runs // 2, looks, ALPHA, seed)
    by_units = racks["by_units"]
    found.append(_measured("sequential.false_alarms.racks", racks["by_racks"], "units taken as independent", by_units))
    past = history_alarms(runs // 2, looks, ALPHA, seed)
    found.append(_measured("sequential.false_alarms.history", past, "stated alpha", ALPHA))
    return found


def _fixed(setting: Setting, shares: tuple[float, float]) -> float:
    """Power of the two-proportion test once at the horizon, on the same samples."""
    totals = [np.zeros((setting.runs, 1)), np.zeros((setting.runs, 1))]
    for hits in events(setting, *shares, ARMS):
        totals = [total + new for total, new in zip(totals, hits, strict=True)]
    sizes = [float(size * setting.looks) for size in ARMS]
    return float(fixed_shares((sizes[0], totals[0]), (sizes[1], totals[1]), ALPHA).mean())


def _against_fixed(name: str, ours: First, fixed: float, horizon: int) -> list[Measurement]:
    rows = [_measured(f"sequential.power.{name}", ours.share, "fixed horizon, one look", fixed, True)]
    if np.isfinite(ours.median):
        peer = "fixed horizon"
        median = Measurement(f"sequential.median.{name}", ours.median, "looks", COMMAND, peer, float(horizon))
        rows.append(median)
    return rows


def _measured(name: str, value: float, peer: str, peer_value: float, higher: bool = False) -> Measurement:
    return Measurement(name, value, "of runs", COMMAND, peer, peer_value, higher)
