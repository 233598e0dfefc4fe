"""One decision over a million units of which one in a hundred has something new to tell.

The release stands in the middle of its second wave: ten thousand units have been told, and as many are to be told
next under concurrency and a budget by domains. Measured is ``decide`` itself, orders included; what is observed is at
hand as columns, as it is for the controllers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from measurement import Measurement, progress
from myriarch.api.budgets import ClusterBudgets, DomainBudget, PolicyBudgets
from myriarch.api.policy import Concurrency, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase
from myriarch.base.clock import wall_seconds
from myriarch.base.hashing import mix
from myriarch.engine.decide import decide
from myriarch.engine.decision import Decision
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_FORWARD, Observed
from myriarch.engine.partition import label_column, partitions_of
from myriarch.engine.plan import ReleasePlan, plan_release
from myriarch.engine.population import Population
from myriarch.engine.rules import fleet_rules

UNITS: Final = 1_000_000
CHANGED: Final = 0.01
REPEATS: Final = 7
AIM_SECONDS: Final = 0.1
COMMAND: Final = "python bench/run.py decide"
NOW: Final = 1_800_000_000.0
RACK: Final = "rack"
RACKS: Final = 2000
POLICY: Final = ReleasePolicySpec(
    stages=[Stage(name="production", waves=[Wave(clusters="1%"), Wave(clusters="30%"), Wave()])],
    concurrency=Concurrency(clusters="2%"),
)
BUDGETED: Final = msgspec.structs.replace(
    POLICY, budgets=PolicyBudgets(clusters=ClusterBudgets(domains=[DomainBudget(label=RACK, max_unavailable="5%")]))
)


def run(sizes: Sequence[int], seed: int) -> list[Measurement]:
    """Seconds of the best of a few decisions, without and with budgets by domains."""
    del sizes
    found = []
    for name, policy in (("waves", POLICY), ("budgets", BUDGETED)):
        progress(f"a decision over {UNITS:,} units, by {name}")
        plan = _plan(policy, seed)
        seconds = min(_timed(plan, policy, seed + number) for number in range(REPEATS))
        found.append(Measurement(f"decide.{name}.{UNITS}", seconds, "s", COMMAND, "aim", AIM_SECONDS))
    return found


def _plan(policy: ReleasePolicySpec, seed: int) -> ReleasePlan:
    order = mix(np.arange(UNITS, dtype=np.uint64) + np.uint64(seed))
    whole, nothing = np.ones(UNITS, np.int64), np.zeros((UNITS, 0), np.int64)
    budgets = policy.budgets.clusters
    racks = {RACK: label_column([f"r{number % RACKS}" for number in range(UNITS)])}
    partitions = {} if budgets is None else partitions_of(budgets, racks, UNITS)
    names: Sequence[str] = range(UNITS)  # type: ignore[assignment]
    population = Population(order, whole, nothing, (), np.full(UNITS, -1, np.int64), names, partitions)
    everyone = np.ones(UNITS, np.bool_)
    return plan_release(policy, population, [everyone], [[None] * len(policy.stages[0].waves)])


def _timed(plan: ReleasePlan, policy: ReleasePolicySpec, seed: int) -> float:
    rules, observed = fleet_rules(policy), observe(plan, seed)
    memory = Memory(phase=Phase.ADVANCING, wave=1, since=NOW - 60.0)
    began = wall_seconds()
    decision = decide(plan, rules, observed, memory, NOW)
    spent = wall_seconds() - began
    assert _told_anew(decision) > 0
    return spent


def _told_anew(decision: Decision) -> int:
    return int((decision.way != decision.observed.asserted).sum())


def observe(plan: ReleasePlan, seed: int) -> Observed:
    """Of the first wave all are done; of the second some go on, and one in a hundred units has just finished, or failed
    to."""
    size = plan.population.size
    dice = np.random.default_rng(seed)
    first, second = (wave.ceiling > 0 for wave in plan.stages[0].waves[:2])
    changed = second & ~first & (dice.random(size) < CHANGED / max(float(second.mean()), CHANGED))
    failed = changed & (dice.random(size) < 0.001)
    told = first | changed
    none = np.zeros(size, np.bool_)
    granted = np.where(told, plan.stages[0].waves[1].ceiling, 0)
    return Observed(
        present=~none,
        reachable=~none,
        silent_seconds=np.zeros(size),
        asserted=told.astype(np.int8) * TOLD_FORWARD,
        granted=granted,
        echoed=told.copy(),
        settled=told.copy(),
        busy=none.copy(),
        begun=granted.copy(),
        updated=granted * ~failed,
        failed=granted * failed,
        unavailable=np.zeros(size, np.int64),
        off_target=np.zeros(size, np.int64),
        stuck=np.zeros(size, np.int64),
        failed_seconds=np.zeros(size),
        self_reverted=none.copy(),
        frozen=none.copy(),
    )
