"""What the metrics of an analysis must obey beyond their schema: refused with the field, the value and the cure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from myriarch.api.analysis import Analysis
from myriarch.api.gates import Gate, When
from myriarch.api.metrics import AnalysisMetric, Change, SampleKind, Worse
from myriarch.api.policy import Stage
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.engine.gate_check import LONGEST_TIMEOUT_SECONDS, SHORTEST_INTERVAL_SECONDS, server_faults
from myriarch.engine.metric_rules import change_of, ratio_of
from myriarch.engine.promql import PromqlProblem, check_promql

_SCALED = (SampleKind.MEAN, SampleKind.QUANTILE)


def metric_faults(analysis: Analysis | None, stages: Sequence[Stage], root: str) -> Iterator[UserFault]:
    """Every fault, in the order of the fields."""
    if analysis is None:
        return
    known: set[str] = set()
    for index, metric in enumerate(analysis.metrics):
        field = f"{root}.metrics[{index}]"
        if metric.name in known:
            yield UserFault(f"{field}.name", metric.name, "is the name of another metric too", "Name each apart.")
        known.add(metric.name)
        yield from _metric_faults(metric, field)
        if not metric.controls and stages and all(_takes_all_at_once(stage) for stage in stages):
            cure = "Give a stage a first wave of some clusters, or give controls."
            problem = "no stage leaves a cluster to compare with"
            yield UserFault(f"{field}.controls", metric.controls, problem, cure)
    for index, name in enumerate(analysis.soak_until_safe):
        if name not in known:
            cure = f"Name one of {', '.join(sorted(known)) or '(none)'}, or add the metric to {root}.metrics."
            yield UserFault(f"{root}.soakUntilSafe[{index}]", name, "is no metric of the analysis", cure)


def metric_gate_faults(gates: Sequence[Gate], analysis: Analysis | None, root: str) -> Iterator[UserFault]:
    """Gates that wait for metrics which are not there, or before there is anything to see."""
    known = [metric.name for metric in analysis.metrics] if analysis is not None else []
    for index, gate in enumerate(gates):
        if gate.metric is None:
            continue
        if gate.metric.name not in known:
            cure = f"Name one of {', '.join(known) or '(none)'}, or add the metric to spec.analysis.metrics."
            yield UserFault(f"{root}[{index}].metric.name", gate.metric.name, "is no metric of the analysis", cure)
        if gate.when is When.BEFORE:
            cure = "Write After, or During: before a wave nothing of it is updated."
            yield UserFault(f"{root}[{index}].when", gate.when.value, "does not go with metric", cure)


def _takes_all_at_once(stage: Stage) -> bool:
    return stage.exponential is None and len(stage.waves) < 2


def _metric_faults(metric: AnalysisMetric, field: str) -> Iterator[UserFault]:
    yield from server_faults(metric.server, f"{field}.server")
    for name, query in (("query", metric.query), ("controls", metric.controls)):
        if name == "query" or query:
            yield from _query_faults(query, f"{field}.{name}")
    yield from _time_faults(metric, field)
    yield from _change_faults(metric, field)
    yield from _scale_faults(metric, field)
    yield from _tolerance_faults(metric, field)


def _query_faults(query: str, field: str) -> Iterator[UserFault]:
    try:
        check_promql(query)
    except PromqlProblem as problem:
        yield UserFault(field, query, f"is no PromQL: {problem}", "Mend the query there.")


def _time_faults(metric: AnalysisMetric, field: str) -> Iterator[UserFault]:
    bounds = {
        "every": (metric.every, SHORTEST_INTERVAL_SECONDS, math.inf),
        "level": (metric.level, SHORTEST_INTERVAL_SECONDS, math.inf),
        "timeout": (metric.timeout, 0.001, LONGEST_TIMEOUT_SECONDS),
    }
    for name, (text, least, most) in bounds.items():
        try:
            seconds = parse_duration(text)
        except ValueError:
            yield UserFault(f"{field}.{name}", text, "is not a length of time", "Write one such as 5m or 1h.")
            continue
        if not least <= seconds <= most:
            yield UserFault(f"{field}.{name}", text, "is too short or too long", "Write one such as 30s, 5m or 1h.")


def _change_faults(metric: AnalysisMetric, field: str) -> Iterator[UserFault]:
    change = change_of(metric)
    if change is not Change.NONE and metric.kind not in _SCALED:
        cure = "Leave change out: a Share or a Rate is compared as it is."
        yield UserFault(f"{field}.change", change.value, f"does not go with {metric.kind}", cure)
    if change is Change.DIFFERENCE and metric.kind is SampleKind.QUANTILE:
        yield UserFault(f"{field}.change", change.value, "does not go with Quantile", "Write Ratio or None.")
    if metric.stratum and metric.kind is SampleKind.QUANTILE:
        cure = "Leave stratum out: a histogram for each would not fit a release's status."
        yield UserFault(f"{field}.stratum", metric.stratum, "does not go with Quantile", cure)
    lower = metric.worse is Worse.LOWER
    if lower and (metric.kind is SampleKind.RATE or (metric.kind is SampleKind.QUANTILE and change is Change.NONE)):
        cure = "Use a Mean, or a Quantile with change Ratio."
        yield UserFault(f"{field}.worse", metric.worse.value, f"does not go with {metric.kind}", cure)


def _scale_faults(metric: AnalysisMetric, field: str) -> Iterator[UserFault]:
    change = change_of(metric)
    if metric.kind not in _SCALED:
        if metric.ceiling is not None:
            cure = "Leave ceiling out: it is for Mean and Quantile."
            yield UserFault(f"{field}.ceiling", metric.ceiling, f"does not go with {metric.kind}", cure)
    elif metric.ceiling is None:
        cure = {
            Change.RATIO: "Give how many times its own level a unit's value may count, such as 10.",
            Change.DIFFERENCE: "Give how far from its own level a unit's value may count.",
            Change.NONE: "Give the largest value that counts.",
        }[change]
        yield UserFault(f"{field}.ceiling", None, f"a {metric.kind} has no scale without it", cure)
    elif change is Change.RATIO and metric.ceiling <= ratio_of(metric):
        cure = f"Give more than the tolerated ratio {ratio_of(metric):g}, such as 10."
        yield UserFault(f"{field}.ceiling", metric.ceiling, "leaves no room for harm", cure)


def _tolerance_faults(metric: AnalysisMetric, field: str) -> Iterator[UserFault]:
    ratio, difference = ratio_of(metric), metric.tolerated_difference
    lower_as_it_is = metric.worse is Worse.LOWER and change_of(metric) is Change.NONE
    if ratio != 1 and (change_of(metric) is Change.DIFFERENCE or lower_as_it_is):
        cure = "Leave toleratedRatio out, and give toleratedDifference."
        yield UserFault(f"{field}.toleratedRatio", ratio, "means nothing of what is compared here", cure)
    if ratio == 1 and difference == 0:
        cure = "Give toleratedRatio above 1 or toleratedDifference above 0."
        problem = "tolerates nothing: the smallest chance difference would be harm in the end"
        yield UserFault(f"{field}.toleratedDifference", difference, problem, cure)
    most = 1.0 if metric.kind in (SampleKind.SHARE, SampleKind.QUANTILE) else metric.ceiling or math.inf
    if difference >= most:
        yield UserFault(
            f"{field}.toleratedDifference", difference, "leaves no room for harm", f"Give less than {most:g}."
        )
