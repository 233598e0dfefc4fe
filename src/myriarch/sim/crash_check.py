"""I4: a crash or a retry at any point changes no outcome.

A scenario whose outcome can't depend on the moment (no ordinary failures, no orders by people, effects on
every node or on none) is run twice, with crashes and failing calls and without: releases must end alike, and
every node at the same revision.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from myriarch.api.release import Phase
from myriarch.base.hashing import stable_hash
from myriarch.sim.random_scenario import random_document
from myriarch.sim.result import ReleaseResult
from myriarch.sim.scenario import Scenario
from myriarch.sim.simulate import simulate

COMPARED_EVERY = 20
CRASHES = ("controllerCrash", "agentCrash", "conflict", "watchDrop", "gone", "apiError")


def is_comparable(seed: int) -> bool:
    """Whether the campaign compares at this seed: it costs two runs more."""
    return seed % COMPARED_EVERY == 0


def crash_differences(seed: int) -> list[str]:
    """How the two runs differ; empty where they end alike."""
    outcomes = []
    for crashing in (True, False):
        result, _ = simulate(msgspec.convert(crash_document(seed, crashing=crashing), Scenario), seed)
        outcomes.append([_outcome(release) for release in result.releases])
    with_crashes, without = outcomes
    if with_crashes == without:
        return []
    return [f"I4: with crashes {with_crashes}, without {without}"]


def crash_document(seed: int, *, crashing: bool) -> dict[str, Any]:
    """The seed's scenario, made independent of moments; with crashes or without any fault."""
    dice = np.random.default_rng(stable_hash(seed, "crash"))
    document = random_document(seed)
    spec = document["spec"]
    harmful = bool(dice.random() < 0.5)
    delay = ["0s", "3m"][int(dice.integers(2))]
    spec["revisions"][0]["effects"] = [{"symptom": "notReady", "delay": delay}] if harmful else []
    spec["fleet"]["failures"] = {"meanDaysBetween": 0.0}
    spec["components"][0]["reversible"] = True
    policy = spec["policies"][0]["spec"]
    policy["failure"] = {"action": "RollBack"}
    policy.pop("analysis", None)  # what is weighed depends on who was updated when
    policy["nodes"]["soak"] = "5m"
    spec["releases"] = [{**spec["releases"][0], "actions": _approvals(spec["releases"][0]["actions"])}]
    spec["freezeWindows"] = []
    spec["faults"] = [_crash(name, dice) for name in CRASHES] if crashing else []
    return document


def _approvals(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [action for action in actions if action["do"] == "approve"]


def _crash(name: str, dice: np.random.Generator) -> dict[str, Any]:
    every = int(dice.integers(8, 20))
    at, lasting = f"{int(dice.integers(0, 600))}s", f"{int(dice.integers(1, 5))}m"
    return {"fault": name, "at": at, "for": lasting, "every": f"{every}m", "times": 12}


def _outcome(release: ReleaseResult) -> dict[str, Any]:
    kept = ["name", "phase", "reason", "nodes_on_revision", "nodes_stuck", "nodes_unreachable"]
    if release.phase is not Phase.ROLLED_BACK:  # how many had begun before harm was seen is a matter of moments
        kept.append("nodes_reverted")
    return {name: getattr(release, name) for name in kept}
