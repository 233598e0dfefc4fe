"""Unsound gates are refused with the field, the value and a cure."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from myriarch.api.gates import Gate
from myriarch.api.policy import ReleasePolicySpec
from myriarch.engine.policy_check import policy_faults

SERVER = {"url": "https://prometheus.example"}
PROMQL = {"server": SERVER, "query": "up", "operator": ">", "threshold": 0}
CEL = {"apiVersion": "v1", "resource": "nodes", "expression": "objects.size() > 0"}
KEY = {"name": "s", "key": "k"}


def _faults(*gates: dict[str, Any], **stage: Any) -> list[str]:
    spec = {"stages": [{"name": "prod", "waves": [{"clusters": 1}, {}], **stage}], "gates": list(gates)}
    return [fault.message for fault in policy_faults(msgspec.convert(spec, ReleasePolicySpec))]


SOUND: list[dict[str, Any]] = [
    {"promql": PROMQL},
    {"promql": PROMQL, "stages": ["prod"], "waves": [1, 2], "interval": "1m", "timeout": "5s", "otherwise": "Hold"},
    {"promql": {**PROMQL, "server": {"service": {"namespace": "m", "name": "p", "port": 9090}, "token": KEY}}},
    {"promql": {**PROMQL, "server": {"url": "http://127.0.0.1:9090", "token": KEY}}},
    {"cel": CEL},
    {"alerts": {"server": SERVER, "matchers": [{"name": "cluster", "operator": "=~", "value": "${clusters}"}]}},
    {"webhook": {"server": SERVER, "key": KEY}},
    {"job": {"template": "check"}},
    {"approval": {}},
    {"diff": {}},
]


@pytest.mark.parametrize("gate", SOUND, ids=lambda gate: next(iter(gate)))
def test_sound_gates_pass(gate: dict[str, Any]) -> None:
    assert _faults({"name": "g", **gate}) == []


UNSOUND: dict[str, dict[str, Any]] = {
    "spec.gates[0]: 'nothing': is not exactly one source": {},
    "spec.gates[0]: 'cel, promql': is not exactly one source": {"promql": PROMQL, "cel": CEL},
    "spec.gates[0].stages[0]: 'production': is no stage of the policy. Name one of prod.": {
        "promql": PROMQL,
        "stages": ["production"],
    },
    "spec.gates[0].waves[0]: 3: is a wave that no such stage has": {"promql": PROMQL, "waves": [3]},
    "spec.gates[0].interval: '0s': is too short": {"promql": PROMQL, "interval": "0s"},
    "spec.gates[0].timeout: '48h': is too short or too long": {"promql": PROMQL, "timeout": "48h"},
    "spec.gates[0].otherwise: 'Pass': would let everything pass": {"promql": PROMQL, "otherwise": "Pass"},
    "spec.gates[0].promql.query: 'sum(up': is no PromQL: at character 7": {"promql": {**PROMQL, "query": "sum(up"}},
    "spec.gates[0].promql.server: 'neither': is not exactly one of url and service": {
        "promql": {**PROMQL, "server": {}}
    },
    "is neither http nor https": {"promql": {**PROMQL, "server": {"url": "file:///etc/passwd"}}},
    "holds a user or a password": {"promql": {**PROMQL, "server": {"url": "https://me:pw@prometheus.example"}}},
    "is an address that only the machine itself may ask": {
        "promql": {**PROMQL, "server": {"url": "http://169.254.169.254/latest"}}
    },
    "the token would go unencrypted. Use https.": {
        "promql": {**PROMQL, "server": {"url": "http://prometheus.example", "token": KEY}}
    },
    "spec.gates[0].cel.resource: 'secrets': is never read by a gate": {"cel": {**CEL, "resource": "secrets"}},
    "spec.gates[0].cel.expression: 'objects.size(': can't be compiled": {"cel": {**CEL, "expression": "objects.size("}},
    "does not look at object.": {"cel": {**CEL, "name": "n1"}},
    "is no expression": {"alerts": {"server": SERVER, "matchers": [{"name": "a", "operator": "=~", "value": "(x"}]}},
    "a placeholder needs =~ or !~": {"alerts": {"server": SERVER, "matchers": [{"name": "a", "value": "${clusters}"}]}},
    "inspections are not offered yet": {"inspection": {"name": "disks"}},
}


@pytest.mark.parametrize(("told", "gate"), UNSOUND.items(), ids=list(UNSOUND))
def test_unsound_gates_are_refused(told: str, gate: dict[str, Any]) -> None:
    faults = _faults({"name": "g", **gate})
    assert len(faults) == 1
    assert told in faults[0]


def test_names_are_apart() -> None:
    assert "is the name of another gate too" in _faults({"name": "g", "cel": CEL}, {"name": "g", "cel": CEL})[0]


def test_waves_that_grow_are_not_counted() -> None:
    assert _faults({"name": "g", "cel": CEL, "waves": [9]}, waves=[], exponential={"start": 1}) == []


def test_a_threshold_must_be_a_number() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "g", "promql": {**PROMQL, "threshold": "much"}}, Gate)
    assert "is no number" in _faults({"name": "g", "promql": {**PROMQL, "threshold": float("nan")}})[0]
