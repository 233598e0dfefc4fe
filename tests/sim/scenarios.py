"""Small scenarios for tests, as plain values that a test changes at will."""

from __future__ import annotations

from typing import Any

import msgspec

from myriarch.sim.result import Result
from myriarch.sim.scenario import API_VERSION, KIND, Scenario
from myriarch.sim.simulate import simulate


def document(**spec: Any) -> dict[str, Any]:
    """A good release over six small clusters; ``spec`` replaces parts."""
    stages = [
        {"name": "sim", "environment": "sim", "soak": "10m"},
        {"name": "prod", "environment": "prod", "soak": "10m", "waves": [{"clusters": 1, "nodes": "50%"}, {}]},
    ]
    whole = {
        "fleet": {
            "uniform": {"clusters": 6, "nodesPerCluster": 6},
            "failures": {"meanDaysBetween": 0.0},
            "updates": {"medianSeconds": 60.0, "tickSeconds": 5.0},
        },
        "components": [{"name": "agent"}],
        "revisions": [{"name": "v2", "component": "agent"}],
        "policies": [{"name": "rules", "spec": {"stages": stages}}],
        "releases": [{"name": "one", "component": "agent", "revision": "v2", "policy": "rules"}],
    }
    return {"apiVersion": API_VERSION, "kind": KIND, "spec": {**whole, **spec}}


def scenario(**spec: Any) -> Scenario:
    return msgspec.convert(document(**spec), Scenario)


def policy(**more: Any) -> dict[str, Any]:
    """The policy of ``document`` with other rules."""
    stages = document()["spec"]["policies"][0]["spec"]["stages"]
    return {"name": "rules", "spec": {"stages": stages, **more}}


def run(seed: int = 1, **spec: Any) -> Result:
    """Simulate ``scenario``; a broken invariant fails the test."""
    result, _ = simulate(scenario(**spec), seed)
    assert not result.violations, result.violations[0].text
    return result
