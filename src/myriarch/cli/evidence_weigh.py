"""``myriarch evidence weigh``: samples of one's own, judged look by look as a release would be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from myriarch.base.errors import UserFault
from myriarch.cli.evidence_samples import Taken, read_samples
from myriarch.cli.output import Output, emit, output_option
from myriarch.engine.sequential.history import Matched, Record
from myriarch.engine.sequential.interval import Bounds, interval
from myriarch.engine.sequential.metric import Metric, MetricKind, look_of, metric_test
from myriarch.engine.sequential.tolerance import Tolerance

MOST_LOG = 700.0
HISTORY_PART = 0.5
"""The part of alpha that a recorded level takes."""


@dataclass(frozen=True, slots=True)
class _Weighed:
    """How it ended, and ln of both evidences after each look."""

    times: list[str]
    harm: list[float]
    safe: list[float]
    bounds: Bounds


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice([str(kind) for kind in MetricKind], case_sensitive=False),
    default=str(MetricKind.MEAN),
    show_default=True,
    help="What the values are.",
)
@click.option("--ratio", type=click.FloatRange(min=0), default=1.0, show_default=True, help="Tolerated ratio.")
@click.option(
    "--difference", type=click.FloatRange(min=0), default=0.0, show_default=True, help="Tolerated difference, added."
)
@click.option("--alpha", type=click.FloatRange(0, 0.5, min_open=True), default=0.01, show_default=True)
@click.option("--ceiling", type=click.FloatRange(min=0, min_open=True), default=1.0, help="Largest value that counts.")
@click.option("--quantile", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.99, show_default=True)
@click.option(
    "--history", type=(float, float), default=None, metavar="EVENTS SIZE", help="A record in place of controls."
)
@output_option(Output.TABLE, Output.JSON, Output.YAML)
def weigh(
    file: Path,
    kind: str,
    ratio: float,
    difference: float,
    alpha: float,
    ceiling: float,
    quantile: float,
    history: tuple[float, float] | None,
    output: Output,
) -> None:
    """Weigh the samples of a CSV FILE: time, arm (updated or control), value, and optionally size and stratum."""
    metric = Metric(MetricKind(kind), Tolerance(ratio, difference), ceiling, quantile)
    _refuse_unsound(metric)
    matched, level = Matched.CONCURRENT, alpha
    if history is not None:
        metric, matched, level = _recorded(metric, history, alpha), Matched.HISTORY, alpha * (1 - HISTORY_PART)
    strata, looks = read_samples(file, metric)
    weighed = _weighed(metric, len(strata), looks, level)
    document = _document(weighed, level, matched)
    emit(output, document, lambda: _text(document, alpha))


def _refuse_unsound(metric: Metric) -> None:
    if metric.kind is MetricKind.FAILURES and metric.tolerance.ratio == 0:
        raise UserFault("--ratio", 0, "tolerates no failure at all", "Give a ratio above 0.")
    if metric.kind is MetricKind.FAILURES and metric.tolerance.difference:
        cure = "Give a --ratio, or take --kind Count."
        raise UserFault("--difference", metric.tolerance.difference, "does not apply to failures", cure)


def _recorded(metric: Metric, history: tuple[float, float], alpha: float) -> Metric:
    record = Record(*history)
    if min(history) < 0:
        raise UserFault("--history", history, "is below zero", "Give events and exposure, or hits and trials.")
    match metric.kind:
        case MetricKind.COUNT:
            tolerance = record.rate_limit(metric.tolerance, alpha * HISTORY_PART)
        case MetricKind.SHARE if history[0] <= history[1]:
            tolerance = record.share_limit(metric.tolerance, alpha * HISTORY_PART)
        case _:
            cure = "Record hits of trials with --kind Share, events of an exposure with --kind Count."
            raise UserFault("--history", history, f"is no record for {metric.kind}", cure)
    return Metric(metric.kind, tolerance, metric.ceiling, metric.quantile)


def _weighed(metric: Metric, strata: int, looks: list[Taken], alpha: float) -> _Weighed:
    test, seen = metric_test(metric, strata), interval(metric)
    harm, safe = [], []
    for taken in looks:
        look = look_of(metric, strata, taken.treated, taken.control)
        test, seen = test.updated(look), seen.updated(look)
        harm.append(test.log_harm)
        safe.append(test.log_safe)
    return _Weighed([taken.time for taken in looks], harm, safe, seen.bounds(alpha))


def _document(weighed: _Weighed, alpha: float, matched: Matched) -> dict[str, Any]:
    bar = -math.log(alpha)
    harmed = next((time for time, log in zip(weighed.times, weighed.harm, strict=True) if log >= bar), None)
    cleared = next((time for time, log in zip(weighed.times, weighed.safe, strict=True) if log >= bar), None)
    bounds = {"updated": weighed.bounds.treated, "control": weighed.bounds.control, "ratio": weighed.bounds.ratio}
    return {
        "verdict": "Harm" if harmed is not None else "Safe" if cleared is not None else "Unknown",
        "harmShownAt": harmed,
        "harmExcludedAt": cleared,
        "comparedWith": str(matched),
        "evidence": {"needed": 1 / alpha, "harm": _value(weighed.harm[-1]), "safe": _value(weighed.safe[-1])},
        "bounds": {name: [_finite(end) for end in pair] for name, pair in bounds.items()},
        "looks": [
            {"time": time, "logHarm": round(harm, 4), "logSafe": round(safe, 4)}
            for time, harm, safe in zip(weighed.times, weighed.harm, weighed.safe, strict=True)
        ],
    }


def _value(log: float) -> float:
    return float(f"{math.exp(min(log, MOST_LOG)):.4g}")


def _finite(end: float) -> float | None:
    return float(f"{end:.4g}") if math.isfinite(end) else None


def _text(document: dict[str, Any], alpha: float) -> str:
    evidence, bounds = document["evidence"], document["bounds"]
    when = {
        "Harm": f"harm above the tolerated, shown at {document['harmShownAt']}",
        "Safe": f"harm above the tolerated is excluded since {document['harmExcludedAt']}",
        "Unknown": "neither harm nor its absence is shown yet",
    }[document["verdict"]]
    rows = [
        f"{document['verdict']}: {when}",
        f"compared with {document['comparedWith']}, {len(document['looks'])} looks, alpha {alpha:g}",
        f"evidence of harm {evidence['harm']:g}, of its absence {evidence['safe']:g}; {evidence['needed']:g} is enough",
        *(f"{name:8} {_ends(pair)}" for name, pair in bounds.items()),
    ]
    return "\n".join(rows)


def _ends(pair: list[float | None]) -> str:
    low, high = pair
    return f"{'-∞' if low is None else f'{low:g}'} to {'∞' if high is None else f'{high:g}'}"
