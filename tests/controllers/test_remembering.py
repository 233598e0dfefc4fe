"""What a status keeps of metrics is what the engine remembers, and stays small."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from tests.engine.test_metric_evidence import mean_look, rule

from myriarch.api.metrics import METRIC_STRATA_MAX, METRICS_MAX
from myriarch.api.release import ReleaseStatus
from myriarch.controllers.release.remembering import evidence_of, told_evidence
from myriarch.engine.evidence import Evidence
from myriarch.engine.metric_evidence import States, looked
from myriarch.engine.metric_rules import MetricRule
from myriarch.engine.metric_samples import MetricLook, Reading

BEGAN = 1_767_600_000.0
STATUS_BYTES = 24 * 1024


def _strata(look: MetricLook, name: str) -> MetricLook:
    def placed(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        return tuple(replace(each, stratum=f"region-{int(each.unit[1:]) % METRIC_STRATA_MAX}") for each in readings)

    return replace(look, name=name, updated=placed(look.updated), controls=placed(look.controls))


def _seen(rules: list[MetricRule], looks: int) -> States:
    states: States = {}
    for index in range(looks):
        look = mean_look(index, BEGAN + 300.123456 * index, 15)
        states = looked(states, rules, [_strata(look, each.name) for each in rules])
    return states


def test_what_is_told_is_what_is_remembered() -> None:
    rules = [rule(name="a", stratum="region"), rule("Quantile", name="b")]
    states = _seen(rules, 12)
    evidence = Evidence(metrics=states)
    told = msgspec.json.decode(msgspec.json.encode(ReleaseStatus(evidence=told_evidence(evidence))), type=ReleaseStatus)
    again = evidence_of(told)
    assert again.joint == evidence.joint
    assert again.metrics == states
    look = _strata(mean_look(99, BEGAN + 300.123456 * 11, 15), "a")
    assert looked(again.metrics, rules, [look]) == again.metrics  # of the same time as one that counted


def test_the_most_metrics_with_the_most_strata_fit_a_status() -> None:
    rules = [rule(name=f"m{index}", stratum="region") for index in range(METRICS_MAX - 1)]
    rules.append(rule("Quantile", name="tail"))
    shared = [replace(each, share=1 / (METRICS_MAX + 1)) for each in rules]
    told = told_evidence(Evidence(metrics=_seen(shared, 20)))
    assert len(msgspec.json.encode(told)) < STATUS_BYTES
