"""What can't be meant is refused at the door of the embedded hub and by ``myriarch policy check`` alike: the field, the
value, the cure."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import Any

import pytest
import yaml
from tests.hub.house import small_spec

from myriarch.base.clock import RealClock
from myriarch.base.errors import UserFault
from myriarch.cli.policy_examine import examine
from myriarch.client import refs
from myriarch.client.client import Client
from myriarch.client.errors import Invalid
from myriarch.fleet.fleet import Fleet
from myriarch.hub.hub import Hub

STAGES = "stages: [{name: s, environment: prod}]"
WEEK = "[Mon, Tue, Wed, Thu, Fri, Sat, Sun]"

# Case -> (what the spec says, the field, the value, a part of the problem).
POLICIES: dict[str, tuple[str, str, object, str]] = {
    "no stage": ("stages: []", "spec.stages", [], "at least 1"),
    "clusters shrink": (
        "stages: [{name: s, waves: [{clusters: 50%}, {clusters: 20%}]}]",
        "spec.stages[0].waves[1].clusters", "20%", "waves go backwards",
    ),
    "nodes shrink": (
        "stages: [{name: s, waves: [{nodes: 9}, {nodes: 2}]}]",
        "spec.stages[0].waves[1].nodes", 2, "waves go backwards",
    ),
    "exposure falls": (
        "stages: [{name: s, waves: [{exposure: 5%}, {exposure: 2%}, {}]}]",
        "spec.stages[0].waves[1].exposure", "2%", "waves go backwards",
    ),
    "canaries after the crowd": (
        "stages: [{name: s, waves: [{clusters: 50%}, {clusters: cover}]}]",
        "spec.stages[0].waves[1].clusters", "cover", "comes after waves[0], which is larger",
    ),
    "a wave after all": (
        "stages: [{name: s, waves: [{}, {name: rest, clusters: 100%}]}]",
        "spec.stages[0].waves[1]", "rest", "comes after waves[0], which has every node",
    ),
    "a group and so many": (
        "stages: [{name: s, waves: [{group: {matchLabels: {a: b}}, clusters: 3}, {}]}]",
        "spec.stages[0].waves[0].clusters", 3, "stands beside group",
    ),
    "a wave of nobody": (
        "stages: [{name: s, waves: [{clusters: 0}, {}]}]", "spec.stages[0].waves[0].clusters", 0, "is zero",
    ),
    "waves and exponential": (
        "stages: [{name: s, waves: [{}], exponential: {start: 1}}]",
        "spec.stages", None, "either waves or exponential",
    ),
    "two stages of one name": (
        "stages: [{name: s, environment: a}, {name: s, environment: b}]", "spec.stages[1]", None, "Duplicate value",
    ),
    "a stage that nothing is left for": (
        "stages: [{name: all}, {name: prod, environment: prod}]",
        "spec.stages[1]", "prod", "chooses only clusters that stage all has already",
    ),
    "a selector that chooses nothing": (
        "stages: [{name: s, selector: {matchExpressions: [{key: a, operator: In}]}}]",
        "spec.stages[0].selector.matchExpressions[0].values", [], "is empty beside In",
    ),
    "a selector at odds with itself": (
        "stages: [{name: s, selector: {matchLabels: {a: x},"
        " matchExpressions: [{key: a, operator: NotIn, values: [x]}]}}]",
        "spec.stages[0].selector.matchExpressions[0]", "NotIn ['x']", "as matchLabels wants it",
    ),
    "a minimum that no stage can reach": (
        "{stages: [{name: s, waves: [{clusters: 2, nodes: 2}]}], failure: {minimum: 5}}",
        "spec.failure.minimum", 5, "more than the 4 nodes",
    ),
    "over 100 %": (f"{STAGES}\nfailure: {{tolerance: 101%}}", "spec.failure.tolerance", "101%", "is over 100%"),
    "no amount": (f"{STAGES}\nconcurrency: {{clusters: few}}", "spec.concurrency.clusters", "few", "neither a count"),
    "nothing may be out": (f"{STAGES}\nnodes: {{maxUnavailable: 0}}", "spec.nodes.maxUnavailable", 0, "is zero"),
    "a negative time": (f"{STAGES}\nnodes: {{soak: -5m}}", "spec.nodes.soak", "-5m", "should match"),
    "no time to update": (
        f"{STAGES}\nnodes: {{updateTimeout: 0s}}", "spec.nodes.updateTimeout", "0s", "would fail every node",
    ),
    "taken back before it has failed": (
        f"{STAGES}\nnodes: {{failureGrace: 10m, revertFailedAfter: 5m}}",
        "spec.nodes.revertFailedAfter", "5m", "is shorter than failureGrace (10m)",
    ),
    "grants of no length": (f"{STAGES}\ngrantDuration: 0s", "spec.grantDuration", "0s", "ends before"),
    "alpha out of range": (f"{STAGES}\nanalysis: {{alpha: 0.7}}", "spec.analysis.alpha", 0.7, "or equal to 0.5"),
    "alpha of nothing": (f"{STAGES}\nanalysis: {{alpha: 0}}", "spec.analysis.alpha", 0, "greater than 0"),
    "an attribute that is none": (
        f"{STAGES}\ncoverage: {{attributes: [{{attribute: colour, perValue: 2}}]}}",
        "spec.coverage.attributes[0].attribute", "colour", "is no attribute",
    ),
    "a pair of one": (
        f"{STAGES}\ncoverage: {{pairs: [[os, os]]}}", "spec.coverage.pairs[0]", ["os", "os"], "the same attribute",
    ),
    "a role of everybody": (
        f"{STAGES}\nbudgets: {{nodes: {{roles: [{{name: r, selector: {{}}, maxUnavailable: 1}}]}}}}",
        "spec.budgets.nodes.roles[0].selector", "r", "chooses every unit",
    ),
    "a gate named twice": (
        f"{STAGES}\ngates: [{{name: g, approval: {{}}}}, {{name: g, approval: {{}}}}]",
        "spec.gates[1]", None, "Duplicate value",
    ),
    "a gate of a stage that is not there": (
        f"{STAGES}\ngates: [{{name: g, stages: [live], approval: {{}}}}]",
        "spec.gates[0].stages[0]", "live", "is no stage of the policy",
    ),
    "no PromQL": (
        f"{STAGES}\ngates: [{{name: g, promql: {{server: {{url: 'https://p:9090'}}, query: 'sum(rate(x[5m])',"
        " operator: '<', threshold: 1}}]",
        "spec.gates[0].promql.query", "sum(rate(x[5m])", "is no PromQL",
    ),
    "a CEL expression that is none": (
        f"{STAGES}\ngates: [{{name: g, cel: {{apiVersion: v1, resource: nodes, expression: 'objects.size() >'}}}}]",
        "spec.gates[0].cel.expression", "objects.size() >", "can't be compiled",
    ),
    "a metric that is none of the analysis": (
        f"{STAGES}\nanalysis: {{soakUntilSafe: [latency]}}",
        "spec.analysis.soakUntilSafe[0]", "latency", "is no metric of the analysis",
    ),
    "a hold that no action asks for": (
        f"{STAGES}\nfailure: {{action: Pause, hold: {{atMost: 10%}}}}", "spec.failure.hold", "Pause", "never holds",
    ),
    "an urgent release of nobody": (
        f"{STAGES}\nurgent: {{clusters: 0}}", "spec.urgent.clusters", 0, "is zero",
    ),
    "soaks that urgency prolongs": (
        f"{STAGES}\nurgent: {{soakFactor: 2}}", "spec.urgent.soakFactor", 2, "less than or equal to 1",
    ),
    "a century of patience": (
        f"{STAGES}\nanalysis: {{maxSoak: 99999d}}", "spec.analysis.maxSoak", "99999d", "is not a length of time",
    ),
    "an inspection": (
        f"{STAGES}\ngates: [{{name: g, inspection: {{name: dns}}}}]", "spec.gates[0].inspection", "dns", "not offered",
    ),
}  # fmt: skip

WINDOWS: dict[str, tuple[str, str, object, str]] = {
    "no opening in any week": (
        f"weekly: [{{days: {WEEK}, from: '08:00', until: '20:00'}}, {{days: {WEEK}, from: '20:00', until: '08:00'}}]",
        "spec.weekly", "2 windows", "leave no opening",
    ),
    "every whole day": (
        f"weekly: [{{days: {WEEK}, from: '00:00', until: '00:00'}}]", "spec.weekly", "1 windows", "leave no opening",
    ),
    "no time zone": (
        "{timeZone: Europe/Bärlin, weekly: [{days: [Mon], from: '08:00', until: '20:00'}]}",
        "spec.timeZone", "Europe/Bärlin", "is no time zone",
    ),
    "ends before it begins": (
        "once: [{from: '2026-12-24T18:00', until: '2026-12-24T17:00'}]",
        "spec.once[0].until", None, "is not after 'from'",
    ),
    "no window at all": ("{}", "spec", None, "needs weekly, once or stop"),
    "a selector that chooses nothing": (
        "{stop: true, selector: {matchExpressions: [{key: a, operator: Exists, values: [x]}]}}",
        "spec.selector.matchExpressions[0].values", ["x"], "stands beside Exists",
    ),
}  # fmt: skip


def _document(kind: str, spec: str) -> dict[str, Any]:
    more = {"reason": "r"} if kind == "FreezeWindow" else {}
    return {
        "apiVersion": "myriarch.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "case"},
        "spec": {**yaml.safe_load(spec), **more},
    }


@pytest.fixture(scope="module")
def door() -> Client:
    clock = RealClock()
    hub = Hub(clock=clock, fleet=Fleet(small_spec(2, 2), start=clock.now()), seed=1)
    return hub.client()


CASES = [("ReleasePolicy", name, case) for name, case in POLICIES.items()]
CASES += [("FreezeWindow", name, case) for name, case in WINDOWS.items()]


@pytest.mark.parametrize(("kind", "case"), [pytest.param(k, case, id=f"{k}: {n}") for k, n, case in CASES])
def test_it_is_refused_at_the_door_and_offline(kind: str, case: tuple[str, str, object, str], door: Client) -> None:
    text, field, value, problem = case
    document = _document(kind, text)
    offline = examine(document)
    assert [fault.field for fault in offline][:1] == [field], [fault.message for fault in offline]
    assert problem in offline[0].message
    assert offline[0].cure.endswith(".")
    if value is not None:
        assert offline[0].value == value
    causes = _refused(door, document)
    assert any(cause_field == field and problem in message for cause_field, message in causes), causes


def _refused(door: Client, document: dict[str, Any]) -> list[tuple[str, str]]:
    ref = refs.POLICIES if document["kind"] == "ReleasePolicy" else refs.FREEZE_WINDOWS
    with pytest.raises(Invalid) as refusal:
        asyncio.run(door.create(ref, deepcopy(document)))
    details = refusal.value.status.details
    assert details is not None
    return [(cause.field, cause.message) for cause in details.causes]


@pytest.mark.parametrize(
    "spec",
    [
        "stages: [{name: a, environment: prod, selector: {matchLabels: {tier: canary}}}, {name: b, environment: prod}]",
        "stages: [{name: a, waves: [{clusters: 2, nodes: 1}, {clusters: 50%}, {}]}]",
        "stages: [{name: a, waves: [{group: {matchLabels: {tier: canary}}}, {}]}]",
        "{stages: [{name: a, waves: [{clusters: 1, nodes: 1}]}], failure: {minimum: 3}, analysis: {}}",
        "{stages: [{name: a, soak: 0s}], nodes: {soak: 0s, failureGrace: 0s, tolerance: 0}}",
    ],
)
def test_what_can_be_meant_passes(spec: str) -> None:
    assert [fault.message for fault in examine(_document("ReleasePolicy", spec))] == []


def test_nights_and_weekends_leave_an_opening() -> None:
    nights = f"{{days: {WEEK}, from: '20:00', until: '08:00'}}"
    spec = f"weekly: [{nights}, {{days: [Sat, Sun], from: '00:00', until: '00:00'}}]"
    found: list[UserFault] = examine(_document("FreezeWindow", spec))
    assert found == []
