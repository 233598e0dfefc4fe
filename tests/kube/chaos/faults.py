"""Which faults strike when: a function of the seed. Every kind strikes once in a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

LATEST_START_SECONDS: Final = 8.0
SHORTEST_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 7.0


class Kind(StrEnum):
    """What is broken, and mended after a while."""

    CONTROLLERS_KILLED = "a replica of the controllers is killed"
    AGENT_KILLED = "an agent is killed"
    MEMBERS_KILLED = "the simulated members are killed"
    CLUSTER_API_KILLED = "a cluster's API server is killed"
    HUB_API_KILLED = "the hub's API server is killed"
    HUB_ETCD_RESTARTED = "the hub's etcd is killed and started again"
    CLUSTER_ETCD_RESTARTED = "a cluster's etcd is killed and started again"
    CUT_FROM_HUB = "connections of an agent to the hub are cut and refused"
    SILENT_HUB = "the way from an agent to the hub is silent"
    CUT_FROM_CLUSTER = "connections of an agent to its cluster are cut and refused"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """From ``start_seconds`` after its release began for ``seconds``; ``which`` of those that there are."""

    start_seconds: float
    seconds: float
    kind: Kind
    which: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Of one run: faults by release, in order of time; when the abort is ordered, and how long the hub is gone then."""

    faults: tuple[tuple[Fault, ...], ...]
    abort_after_seconds: float
    hub_gone_seconds: float


def plan_of(seed: int, releases: int) -> Plan:
    """The same seed gives the same plan."""
    chance = np.random.default_rng(seed)

    def seconds(least: float, most: float) -> float:
        return round(float(chance.uniform(least, most)), 1)

    kinds = [list(Kind)[int(number)] for number in chance.permutation(len(Kind))]
    drawn = [
        Fault(
            start_seconds=seconds(0.0, LATEST_START_SECONDS),
            seconds=seconds(SHORTEST_SECONDS, LONGEST_SECONDS),
            kind=kind,
            which=int(chance.integers(2)),
        )
        for kind in kinds
    ]
    groups = tuple(tuple(sorted(drawn[number::releases])) for number in range(releases))
    return Plan(groups, seconds(2.0, LATEST_START_SECONDS), seconds(2.0, LONGEST_SECONDS))
