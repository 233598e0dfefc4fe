"""Unsound metrics of an analysis are refused with the field, the value and a cure."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
import yaml
from tests.tidy.source import ROOT

from myriarch.api.policy import ReleasePolicySpec
from myriarch.engine.policy_check import policy_faults

LATENCY = {
    "name": "latency", "kind": "Mean", "ceiling": 10, "query": "latency",
    "server": {"url": "https://prometheus.example"},
}  # fmt: skip
WAVES = [{"clusters": 3}, {}]


def _faults(*metrics: dict[str, Any], waves: list[dict[str, Any]] = WAVES, **analysis: Any) -> list[str]:
    given = {"metrics": list(metrics), **analysis}
    spec = {"stages": [{"name": "prod", "waves": waves}], "analysis": given}
    return [fault.message for fault in policy_faults(msgspec.convert(spec, ReleasePolicySpec))]


def _without(*names: str) -> dict[str, Any]:
    return {key: value for key, value in LATENCY.items() if key not in names}


SOUND: list[dict[str, Any]] = [
    {},
    {"worse": "Lower"},
    {"change": "Difference", "toleratedDifference": 0.5, "worse": "Lower"},
    {"change": "None", "toleratedRatio": 1, "toleratedDifference": 2},
    {"kind": "Quantile", "quantile": 0.99},
    {"query": 'x{v=~"${revision}"}', "controls": 'x{v=~"${previous}"}', "unit": ["cluster", "node"]},
]


@pytest.mark.parametrize("metric", SOUND)
def test_sound_metrics_pass(metric: dict[str, Any]) -> None:
    assert _faults({**LATENCY, **metric}, soakUntilSafe=["latency"]) == []
    for kind in ("Share", "Rate"):
        assert _faults({**_without("ceiling"), "kind": kind}) == []


UNSOUND: dict[str, dict[str, Any]] = {
    "spec.analysis.metrics[0].query: 'sum(x': is no PromQL: at character 6": {"query": "sum(x"},
    "spec.analysis.metrics[0].controls: 'x{': is no PromQL": {"controls": "x{"},
    "no placeholder ${revisions}": {"query": 'x{v=~"${revisions}"}'},
    "spec.analysis.metrics[0].server: 'neither': is not exactly one of url and service": {"server": {}},
    "spec.analysis.metrics[0].every: '0s': is too short": {"every": "0s"},
    "spec.analysis.metrics[0].level: '0s': is too short": {"level": "0s"},
    "spec.analysis.metrics[0].timeout: '2d': is too short or too long": {"timeout": "2d"},
    "spec.analysis.metrics[0].ceiling: None: a Mean has no scale without it. Give how many times": {"ceiling": None},
    "a Quantile has no scale without it": {"kind": "Quantile", "ceiling": None},
    "spec.analysis.metrics[0].ceiling: 10.0: does not go with Share. Leave ceiling out": {"kind": "Share"},
    "spec.analysis.metrics[0].ceiling: 1.1: leaves no room for harm. Give more than the tolerated": {"ceiling": 1.1},
    "spec.analysis.metrics[0].change: 'Ratio': does not go with Rate": {
        "kind": "Rate", "change": "Ratio", "ceiling": None,
    },
    "spec.analysis.metrics[0].change: 'Difference': does not go with Quantile": {
        "kind": "Quantile", "change": "Difference", "toleratedDifference": 0.1,
    },
    "spec.analysis.metrics[0].stratum: 'region': does not go with Quantile": {"kind": "Quantile", "stratum": "region"},
    "spec.analysis.metrics[0].worse: 'Lower': does not go with Rate": {
        "kind": "Rate", "worse": "Lower", "ceiling": None,
    },
    "spec.analysis.metrics[0].toleratedRatio: 1.5: means nothing of what is compared here": {
        "change": "Difference", "toleratedRatio": 1.5, "toleratedDifference": 1,
    },
    "spec.analysis.metrics[0].toleratedDifference: 0.0: tolerates nothing": {"toleratedRatio": 1},
    "spec.analysis.metrics[0].toleratedDifference: 11.0: leaves no room for harm. Give less than 10": {
        "toleratedDifference": 11.0,
    },
}  # fmt: skip


@pytest.mark.parametrize("told", UNSOUND)
def test_unsound_metrics_are_refused(told: str) -> None:
    found = _faults({**LATENCY, **UNSOUND[told]})
    assert any(told in message for message in found), found


def test_names_are_unique_and_those_that_are_referred_to_exist() -> None:
    assert "metrics[1].name: 'latency': is the name of another metric too" in _faults(LATENCY, LATENCY)[0]
    found = _faults(LATENCY, soakUntilSafe=["latency", "errors"])
    assert found == [
        "spec.analysis.soakUntilSafe[1]: 'errors': is no metric of the analysis. Name one of latency, or add the metric"
        " to spec.analysis.metrics."
    ]


def test_gates_name_metrics_that_exist() -> None:
    def faults(**gate: Any) -> list[str]:
        spec = {"stages": [{"name": "prod", "waves": WAVES}], "analysis": {"metrics": [LATENCY]}}
        given = msgspec.convert({**spec, "gates": [{"name": "g", **gate}]}, ReleasePolicySpec)
        return [fault.message for fault in policy_faults(given)]

    assert faults(metric={"name": "latency"}) == []
    (unknown,) = faults(metric={"name": "errors"})
    assert unknown.startswith("spec.gates[0].metric.name: 'errors': is no metric of the analysis. Name one of latency")
    (early,) = faults(metric={"name": "latency"}, when="Before")
    assert early.startswith("spec.gates[0].when: 'Before': does not go with metric")


def test_a_policy_that_leaves_nobody_to_compare_with_is_refused() -> None:
    assert any("no stage leaves a cluster to compare with" in message for message in _faults(LATENCY, waves=[{}]))
    assert _faults({**LATENCY, "controls": "latency"}, waves=[{}]) == []


@pytest.mark.parametrize(
    ("metric", "analysis", "told"),
    [
        ({}, {"alpha": 0.0}, r"> 0.0 - at `\$\.analysis\.alpha"),
        ({}, {"alpha": 0.7}, r"<= 0.5 - at `\$\.analysis\.alpha"),
        ({"weight": 0.0}, {}, r"> 0.0 - at `\$\.analysis\.metrics\[0\]\.weight"),
        ({"kind": "Median"}, {}, r"Invalid enum value 'Median' - at `\$\.analysis\.metrics\[0\]\.kind"),
        ({"query": ""}, {}, r"length >= 1 - at `\$\.analysis\.metrics\[0\]\.query"),
    ],
)
def test_what_the_schema_alone_refuses(metric: dict[str, Any], analysis: dict[str, Any], told: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=told):
        _faults({**LATENCY, **metric}, **analysis)


def test_the_policies_of_the_guide_are_sound() -> None:
    guide = (ROOT / "docs" / "guides" / "evidence.md").read_text("utf-8")
    policies = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)]
    specs = [
        msgspec.convert(each["spec"], ReleasePolicySpec) for each in policies if each.get("kind") == "ReleasePolicy"
    ]
    assert [policy_faults(spec) for spec in specs] == [[]] * len(specs)
    assert any(spec.analysis is not None and len(spec.analysis.metrics) == 2 for spec in specs)
