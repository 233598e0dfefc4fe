"""Unsound budgets are refused with the field, the value and what to do."""

from __future__ import annotations

import msgspec
import pytest

from myriarch.api.policy import ReleasePolicySpec
from myriarch.engine.policy_check import policy_faults

SOUND = """
nodes:
  domains: [{label: zone, maxUnavailable: 10%, maxDomains: 1}]
  roles: [{name: etcd, selector: {matchLabels: {role: etcd}}, maxUnavailable: 1}]
  gangs: [{label: job, kind: SameWave}, {label: job, kind: NeverTogether}]
  dead: {after: 30m, tolerated: 0}
clusters: {domains: [{label: region, maxDomains: 1}], returning: 5%}
"""


def faults(budgets: str) -> list[tuple[str, str]]:
    spec = {"stages": [{"name": "s"}], "budgets": msgspec.yaml.decode(budgets)}
    found = policy_faults(msgspec.convert(spec, ReleasePolicySpec))
    assert all(fault.cure for fault in found)
    return [(fault.field, fault.problem) for fault in found]


def test_sound_budgets_pass() -> None:
    assert faults(SOUND) == []


@pytest.mark.parametrize(
    ("budgets", "field", "problem"),
    [
        ("nodes: {domains: [{label: zone}]}", "nodes.domains[0]", "limits nothing"),
        ("nodes: {domains: [{label: zone, maxUnavailable: 0}]}", "nodes.domains[0].maxUnavailable", "is zero"),
        ("clusters: {domains: [{label: r, maxDomains: 0%}]}", "clusters.domains[0].maxDomains", "is zero"),
        ("clusters: {domains: [{label: r, maxDomains: 200%}]}", "clusters.domains[0].maxDomains", "is over 100%"),
        ("nodes: {roles: [{name: a, selector: {}, maxUnavailable: 1}]}", "nodes.roles[0].selector", "chooses every"),
        ("clusters: {returning: 0}", "clusters.returning", "is zero"),
        ("nodes: {dead: {after: 5m, tolerated: many}}", "nodes.dead.tolerated", "is neither a count"),
    ],
)
def test_an_unsound_one_is_refused(budgets: str, field: str, problem: str) -> None:
    (found,) = faults(budgets)
    assert found[0] == f"spec.budgets.{field}"
    assert found[1].startswith(problem)


def test_names_and_gangs_are_said_once() -> None:
    role = "{name: a, selector: {matchLabels: {role: x}}, maxUnavailable: 1}"
    gang = "{label: job, kind: SameWave}"
    assert faults(f"nodes: {{roles: [{role}, {role}], gangs: [{gang}, {gang}]}}") == [
        ("spec.budgets.nodes.roles[1].name", "is the name of another role too"),
        ("spec.budgets.nodes.gangs[1].label", "is said twice"),
    ]
