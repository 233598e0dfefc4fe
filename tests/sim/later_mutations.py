"""Guards against what goes wrong between a hub and its members, of gates and of evidence, taken out one by one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.sim.mutations import (
    ALL_AT_ONCE,
    HARMFUL,
    ONE_A_ZONE,
    REVISIONS,
    SLOW_FLEET,
    Mutation,
    go_on_after_harm,
    ignore_the_grants_end,
    ignore_zones,
)
from tests.sim.scenarios import policy

from myriarch.api.gates import Verdict
from myriarch.client import informer
from myriarch.client.informer import Informer
from myriarch.controllers.release import starting, terms
from myriarch.fleet.node_labels import LABEL_INSTANCE_TYPE
from myriarch.gates import asker
from myriarch.gates.question import Answer


def take_silence_for_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate whose source does not answer passes."""
    monkeypatch.setattr(asker, "silence", lambda message: Answer(Verdict.PASS, message))


def take_late_events_for_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch's event counts though something newer is known of the object."""
    monkeypatch.setattr(informer, "is_older", lambda _version, _than: False)


def take_old_agents_for_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub believes that every agent counts budgets by groups."""
    monkeypatch.setattr(terms, "understands_budgets", lambda _cluster: True)


def release_beside_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release neither gives way to a newer one nor waits for an older."""
    monkeypatch.setattr(starting, "newer_release", lambda *_: None)
    monkeypatch.setattr(starting, "holder", lambda *_: "")


def give_up_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that broke is not begun anew."""

    async def survive(_self: Informer[Any], _error: Exception) -> None:
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(Informer, "_survive", survive)


METRICS = {"server": {"url": "https://metrics.example"}, "query": "errors", "operator": "<", "threshold": 0.05}
GATED = policy(gates=[{"name": "errors", "promql": METRICS}])
DOWN = [{"fault": "metricSource", "at": "0s", "for": "4h"}]
BLIND_HUB = [{"fault": "hubLost", "at": "20m", "for": "8h"}]
DISORDER = [{"fault": "disorder", "at": "0s", "for": "4h", "rate": 0.3}]
OLD = [{"fault": "oldAgents", "at": "0s", "for": "6h"}]
LATER = {"at": "3m", "name": "one", "component": "agent", "revision": "v2", "policy": "rules"}
DROPS = [{"fault": "watchDrop", "at": "5m", "for": "2m", "every": "5m", "times": 6}]
BESIDE = [
    {"name": "one", "component": "agent", "revision": "v2", "policy": "rules"},
    {"name": "two", "component": "agent", "revision": "v3", "policy": "rules", "at": "3m"},
]
ANALYSED = policy(**ALL_AT_ONCE, analysis={"alpha": 0.1})
NEVER_TOGETHER = {"gangs": [{"label": LABEL_INSTANCE_TYPE, "kind": "NeverTogether"}]}

LATER_MUTATIONS = (
    Mutation("silence of a gate is a yes", take_silence_for_a_yes, "I2", {"policies": [GATED], "faults": DOWN}),
    Mutation(
        "late events count as new",
        take_late_events_for_new,
        "I8",
        {"faults": DISORDER, "revisions": HARMFUL, "policies": [policy(**ALL_AT_ONCE)]},
        seeds=12,
    ),
    Mutation(
        "old agents are taken for new",
        take_old_agents_for_new,
        "I1",
        {
            "policies": [policy(nodes={"maxUnavailable": "100%"}, budgets={"nodes": {"domains": [ONE_A_ZONE]}})],
            "releases": [LATER],
            "faults": OLD,
        },
    ),
    Mutation(
        "gangs never together are ignored",
        ignore_zones,
        "I1",
        {"policies": [policy(nodes={"maxUnavailable": "100%"}, budgets={"nodes": NEVER_TOGETHER})]},
    ),
    Mutation(
        "a release begins beside another",
        release_beside_another,
        "I5",
        {"fleet": SLOW_FLEET, "releases": BESIDE, "revisions": REVISIONS},
    ),
    Mutation("a broken watch stays broken", give_up_after_an_error, "I8", {"faults": DROPS}),
    Mutation(
        "the end of a grant is ignored, the hub being lost",
        ignore_the_grants_end,
        "I10",
        {
            "fleet": SLOW_FLEET,
            "faults": BLIND_HUB,
            "policies": [policy(nodes={"maxUnavailable": 1}, grantDuration="20m")],
        },
    ),
    Mutation(
        "harm beside a control is not seen", go_on_after_harm, "I2", {"revisions": HARMFUL, "policies": [ANALYSED]}
    ),
)
