"""A small random scenario for every seed of the campaign.

The seed's place in the round says which transition the scenario leads to and which fault classes it meets, so
that a round over all transitions and classes is complete after a known number of seeds; everything else is
drawn. People see to it that nothing waits for them for ever, so every release must end.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from myriarch.api.policy import FailureAction
from myriarch.api.release import Phase
from myriarch.base.hashing import stable_hash, stable_unit
from myriarch.engine.phases import TRANSITIONS
from myriarch.fleet.node_labels import LABEL_INSTANCE_TYPE, LABEL_POOL, LABEL_REGION, LABEL_ZONE
from myriarch.sim.drafts import STAGE, Draft, draft_for
from myriarch.sim.faults import FAULT_CLASSES
from myriarch.sim.scenario import API_VERSION, KIND, Deed, Scenario

CLASSES_PER_RUN = 5
FREEZE_SHARE = 0.15
SECOND_EFFECT_SHARE = 0.2
ORDERLY_SHARE = 0.5
"""Of the runs, so many have no ordinary failures at all."""

ZONAL_SHARE = 0.3
BUDGETED_SHARE = 0.25
ANALYSED_SHARE = 0.3
PAIRED_SHARE = 0.2
TRIED_SHARE = 0.2
"""Of the policies that ask for no such thing, so many try their first stage twice."""

WATCHED_SHARE = 0.2
GUILTY_SHARE = 0.3
"""Of the releases of another component so many harm."""

FAULTY_MINUTES = 200
CRASH_MINUTES = 90
LIFE_MINUTES = 120
"""So long faults strike; and so long nodes come and go, or small clusters would be left without any."""


def random_scenario(seed: int) -> Scenario:
    """The scenario of ``seed``: always the same one."""
    return msgspec.convert(random_document(seed), Scenario)


def random_document(seed: int) -> dict[str, Any]:
    """The same as plain values, for who wants to write it to a file."""
    dice = np.random.default_rng(stable_hash(seed, "campaign"))
    table = list(TRANSITIONS)
    phase, event = table[seed % len(table)]
    draft = draft_for(phase, event)
    faults = _faults(draft, seed // len(table) + seed % len(table), dice)
    classes = {fault["fault"] for fault in faults}
    policy = _policy(draft, dice) | _budgets(seed, draft, classes) | _gates(classes)
    policy = _analysed(seed, draft, policy) | _watched(seed, draft)
    if draft.attempts > 1 or stable_unit(seed, "attempts") < TRIED_SHARE:
        policy["stages"][0]["attempts"] = max(draft.attempts, 2)
    spec: dict[str, Any] = {
        "fleet": _fleet(dice),
        "components": [
            {"name": "agent", "initialRevision": "v1", "reversible": draft.reversible},
            *([{"name": "other", "initialRevision": "w1"}] if "otherRelease" in classes else []),
        ],
        "revisions": [
            {"name": "v2", "component": "agent", "effects": _effects(draft, dice)},
            {"name": "v3", "component": "agent"},
            *([_other_revision(seed)] if "otherRelease" in classes else []),
        ],
        "policies": [{"name": "rules", "spec": policy}],
        "releases": _releases(draft, "3m" if "oldAgents" in classes else "0s"),
        "faults": faults,
        "freezeWindows": _freezes(dice),
        "limits": {"duration": "10d", "healWithin": "2d"},
    }
    metadata = {"name": f"campaign-{seed}", "description": f"leads to {event} in {phase}"}
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": spec}


def _fleet(dice: np.random.Generator) -> dict[str, Any]:
    fleet: dict[str, Any] = {
        "uniform": {"clusters": int(dice.integers(4, 9)), "nodesPerCluster": int(dice.integers(3, 8))},
        "updates": {"medianSeconds": 60.0, "tickSeconds": 5.0},
    }
    if dice.random() < ORDERLY_SHARE:
        fleet["failures"] = {"meanDaysBetween": 0.0}
    else:
        fleet["failures"] = {"meanDaysBetween": 20.0}
    return fleet


def _effects(draft: Draft, dice: np.random.Generator) -> list[dict[str, Any]]:
    effects = [dict(effect) for effect in draft.effects]
    if not effects and dice.random() < SECOND_EFFECT_SHARE:
        symptom = _pick(dice, ["notReady", "flapping", "slow", "silent", "updateFails", "crashAtRestart"])
        effects.append({"symptom": symptom, "probability": 0.3, "delay": _pick(dice, ["0s", "5m", "40m"])})
    return effects


def _policy(draft: Draft, dice: np.random.Generator) -> dict[str, Any]:
    waves = [
        [{"clusters": 1, "nodes": 1}, {"clusters": "50%", "nodes": "50%"}, {}],
        [{"clusters": "cover", "nodes": "cover"}, {}],
        [{"clusters": 2}, {}],
        [{}],
    ]
    later: dict[str, Any] = _pick(
        dice, [{"waves": waves[0]}, {"waves": waves[1]}, {"waves": waves[2]}, {"exponential": {}}]
    )
    first: dict[str, Any] = {"name": STAGE, "environment": "sim", "soak": draft.soak, "waves": [{}]}
    if draft.joining:
        first["waves"] = [{"nodes": "50%"}, {}]
    stages = [first, {"name": "prod", "environment": "prod", "soak": draft.soak, **later}]
    if draft.gates:
        stages = [{**stage, "waves": [{**w, "approval": True} for w in stage.get("waves", [{}])]} for stage in stages]
        stages[1].pop("exponential", None)
    if draft.stage_approval is not None:
        stages[0]["approval"] = True
    nodes: dict[str, Any] = {
        "maxUnavailable": "100%" if draft.brisk else _pick(dice, ["10%", 1, 2, "50%", "100%"]),
        "soak": draft.node_soak,
        "updateTimeout": "20m",
        "failureGrace": "1m",
        "revertFailedAfter": "2h",
        "tolerance": "100%" if draft.brisk else _pick(dice, ["20%", "60%", "100%"]),
    }
    if dice.random() < ZONAL_SHARE and not draft.brisk:
        nodes["maxUnavailablePerZone"] = _pick(dice, [1, "50%"])
    return {
        "stages": stages,
        "coverage": {"perValue": int(dice.integers(1, 3))},
        "nodes": nodes,
        "concurrency": {"clusters": _pick(dice, ["100%", "50%", 1]), "rollback": _pick(dice, ["25%", "50%", 1])},
        "failure": {"action": draft.failure_action, "minimum": 2, "tolerance": _pick(dice, ["1%", "10%"])},
        "unreachable": {"tolerance": _pick(dice, ["5%", "50%", 1]), "after": "15m"},
        "grantDuration": _pick(dice, ["20m", "1h"]),
    }


def _watched(seed: int, draft: Draft) -> dict[str, Any]:
    """Minutes in which a release is judged on, for some."""
    drawn = stable_hash(seed, "watch") % 1000 < WATCHED_SHARE * 1000
    watch = draft.watch or ("20m" if drawn else "")
    return {"watch": {"for": watch}} if watch else {}


def _gates(classes: set[str]) -> dict[str, Any]:
    """A gate on the metric source where something befalls that."""
    if "metricSource" not in classes:
        return {}
    query = {"server": {"url": "https://metrics.example"}, "query": "errors", "operator": "<", "threshold": 0.05}
    return {"gates": [{"name": "errors", "promql": query}]}


def _analysed(seed: int, draft: Draft, policy: dict[str, Any]) -> dict[str, Any]:
    """The policy, for some with an analysis or with pairs to be covered; drawn apart. Drafts that need harm keep the
    plain failure rule: few nodes prove little."""
    dice = np.random.default_rng(stable_hash(seed, "analysis"))
    if not draft.effects and not draft.brisk and dice.random() < ANALYSED_SHARE:
        undecided = _pick(dice, ["Pass", "Pause", "Fail"])
        policy["analysis"] = {"alpha": _pick(dice, [0.01, 0.1, 0.5]), "maxSoak": "1h", "undecided": undecided}
    if dice.random() < PAIRED_SHARE:
        policy["coverage"] = {**policy["coverage"], "pairs": [_pick(dice, [["os", "kernel"], ["region", "shape"]])]}
    return policy


def _other_revision(seed: int) -> dict[str, Any]:
    guilty = stable_unit(seed, "guilty") < GUILTY_SHARE
    return {"name": "w2", "component": "other", "effects": [{"symptom": "notReady", "delay": "3m"}] if guilty else []}


def _budgets(seed: int, draft: Draft, classes: set[str]) -> dict[str, Any]:
    """Budgets by label for some; drawn apart, so that everything else of a seed is as it is without them."""
    dice = np.random.default_rng(stable_hash(seed, "budgets"))
    if draft.brisk or (dice.random() >= BUDGETED_SHARE and "oldAgents" not in classes):
        return {}
    nodes: dict[str, Any] = _pick(
        dice,
        [
            {"domains": [{"label": LABEL_POOL, "maxUnavailable": 1}]},
            {"domains": [{"label": LABEL_ZONE, "maxDomains": 1, "maxUnavailable": "50%"}]},
            {"roles": [{"name": "general", "selector": {"matchLabels": {LABEL_POOL: "general"}}, "maxUnavailable": 1}]},
            {"gangs": [{"label": LABEL_INSTANCE_TYPE, "kind": "NeverTogether"}]},
            {"gangs": [{"label": LABEL_ZONE, "kind": "SameWave"}], "dead": {"after": "10m", "tolerated": "50%"}},
        ],
    )
    clusters: dict[str, Any] = _pick(
        dice,
        [
            {"domains": [{"label": LABEL_REGION, "maxDomains": 1}]},
            {"domains": [{"label": LABEL_REGION, "maxUnavailable": 1}], "returning": 1},
            {"gangs": [{"label": LABEL_REGION, "kind": "NeverTogether"}]},
            {"gangs": [{"label": LABEL_REGION, "kind": "SameWave"}], "returning": "50%"},
        ],
    )
    return {"budgets": {"nodes": nodes, "clusters": clusters}}


def _releases(draft: Draft, at: str) -> list[dict[str, Any]]:
    first: dict[str, Any] = {"name": "one", "component": "agent", "revision": "v2", "policy": "rules", "at": at}
    found = [{**first, "actions": draft.actions + _supervision(draft)}]
    if draft.follower is not None:
        second: dict[str, Any] = {"name": "two", "component": "agent", "revision": "v3", "policy": "rules"}
        follows = {"release": "one", **draft.follower}
        found.append({**second, "follows": follows, "actions": _supervision(draft)})
    return found


def _supervision(draft: Draft) -> list[dict[str, Any]]:
    """People who see to it that nothing waits for them for ever."""
    last = Deed.ROLL_BACK if draft.failure_action is FailureAction.ROLL_BACK_WAVE else Deed.RESUME
    actions: list[dict[str, Any]] = [
        {"do": Deed.RESUME, "when": Phase.PAUSED, "after": "30m", "everyTime": True},
        {"do": last, "when": Phase.PAUSED, "after": "3h", "everyTime": True},
        {"do": Deed.APPROVE, "what": "rollback", "when": Phase.ROLLBACK_HELD, "after": "12m"},
    ]
    if draft.stage_approval is not None:
        approve = {"do": Deed.APPROVE, "what": STAGE, "when": Phase.PENDING, "after": draft.stage_approval}
        actions.append(approve)
    if draft.gates:
        places = [*(f"{STAGE}/{number}" for number in (1, 2)), *(f"prod/{number}" for number in range(1, 4))]
        actions += [
            {"do": Deed.APPROVE, "what": place, "when": Phase.GATED, "wave": place, "after": draft.approve_after}
            for place in places
        ]
    return actions


def _faults(draft: Draft, turn: int, dice: np.random.Generator) -> list[dict[str, Any]]:
    chosen = [FAULT_CLASSES[(turn * CLASSES_PER_RUN + step) % len(FAULT_CLASSES)] for step in range(CLASSES_PER_RUN)]
    faults = [_recurring(name, dice) for name in chosen]
    if draft.joining:
        every = {"at": "7m", "for": "1m", "every": "7m", "times": 12}
        faults.append({"fault": "addedNodes", "count": 2, "clusters": {"environment": "sim", "count": 1}, **every})
    return faults


def _recurring(name: str, dice: np.random.Generator) -> dict[str, Any]:
    """The fault, again and again for the first hours; some only once."""
    if name in _ONCE:
        return {"fault": name, **_once(name, dice)}
    crash = name in ("controllerCrash", "agentCrash")
    every, lasting = (180, int(dice.integers(50, 120))) if crash else (int(dice.integers(660, 780)), 540)
    minutes = CRASH_MINUTES if crash else LIFE_MINUTES if name in ("addedNodes", "removedNodes") else FAULTY_MINUTES
    fault: dict[str, Any] = {
        "fault": name,
        "at": f"{int(dice.integers(0, 45))}s",
        "for": f"{lasting}s",
        "every": f"{every}s",
        "times": minutes * 60 // every,
    }
    if name in ("conflict", "apiError", "disorder"):
        fault["rate"] = float(_pick(dice, [0.1, 0.3, 0.6]))
    if name in ("partition", "silentCluster", "slowNodes", "deadNodes", "addedNodes", "removedNodes"):
        fault["clusters"] = {"count": 1 if "Nodes" in name else int(dice.integers(1, 3))}
    if name == "clockSkew":
        fault |= {"by": _pick(dice, ["20s", "90s", "5m", "20m"]), "behind": bool(dice.random() < 0.5)}
    if name == "metricSource":
        fault |= {"mood": _pick(dice, ["down", "down", "blind", "falseAlarm"]), "rate": _pick(dice, [0.3, 1.0])}
    if name in ("conflict", "apiError", "watchDrop", "gone", "disorder") and dice.random() < 0.3:
        fault["participants"] = [_pick(dice, ["controllers", "agents"])]
    return fault


_ONCE = ("hubLost", "oldAgents", "otherRelease")


def _once(name: str, dice: np.random.Generator) -> dict[str, Any]:
    if name == "hubLost":
        return {"at": f"{int(dice.integers(2, 60))}m", "for": f"{int(dice.integers(40, 150))}m"}
    if name == "oldAgents":
        return {"at": "0s", "for": f"{int(dice.integers(30, 150))}m", "clusters": {"count": int(dice.integers(1, 5))}}
    other = {"component": "other", "revision": "w2", "policy": "rules"}
    return {"at": f"{int(dice.integers(3, 20))}m", "for": "1h", **other}


def _freezes(dice: np.random.Generator) -> list[dict[str, Any]]:
    if dice.random() >= FREEZE_SHARE:
        return []
    spec: dict[str, Any] = {"reason": "no changes now", "stop": True}
    if dice.random() < 0.5:
        spec = {"reason": "night", "weekly": [{"days": ["Mon"], "from": "00:20", "until": "02:10"}]}
    return [{"name": "quiet", "at": f"{int(dice.integers(2, 40))}m", "for": "90m", "spec": spec}]


def _pick(dice: np.random.Generator, choices: list[Any]) -> Any:
    return choices[int(dice.integers(len(choices)))]
