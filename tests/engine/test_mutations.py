"""The invariants can fail: with a guard taken out of the engine, the random cases find what it guarded.

Each mutation replaces one name in one module of the engine; the invariant that it breaks must be found broken within
a few examples. A mutation that survives means that the cases or the checkers have gone blind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as HypothesisPhase
from hypothesis import strategies as st
from tests.engine.cases import Case, Fault, fleet_cases, node_cases
from tests.engine.invariants import Broken
from tests.engine.test_invariants import check
from tests.engine.world import Level

from myriarch.engine import budget, directions, events, standing
from myriarch.engine.evidence import NO_EVIDENCE, Evidence
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_NOTHING, TOLD_REVERT, Observed
from myriarch.engine.out import Out
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Ints, Population
from myriarch.engine.rules import Rules

SEARCHED = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[HypothesisPhase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """``module.name`` is replaced; ``breaks`` is the invariant; ``cases`` are those that should find it."""

    module: Any
    name: str
    instead: Callable[..., object]
    breaks: str
    cases: Any


def _all_of_them(
    wanting: Ints, population: Population, observed: Observed, rules: Rules, members: Bools, *_rest: object
) -> Ints:
    return wanting


def _all_back_at_once(
    wanting: Ints, population: Population, observed: Observed, rules: Rules, in_flight: Bools
) -> Ints:
    return wanting


def _only_the_busy(population: Population, observed: Observed, rules: Rules) -> Out:
    busy = observed.busy & observed.present
    return Out(busy, busy)


def _no_approval(plan: ReleasePlan, observed: Observed, memory: Memory) -> None:
    return None


def _no_harm(
    plan: ReleasePlan, observed: Observed, rules: Rules, last_stage: int, evidence: Evidence = NO_EVIDENCE
) -> None:
    return None


def _last_wave(plan: ReleasePlan, memory: Memory) -> Ints:
    return plan.stages[memory.stage].waves[-1].ceiling.copy()


def _always_settled(
    plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float
) -> standing.Standing:
    found = standing.wave_standing(plan, rules, observed, memory, now)
    return msgspec.structs.replace(found, lacking=np.zeros_like(found.lacking), settled=True)


_progress = events._progress
_forward = directions._forward


def _no_soak(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> object:
    return _progress(plan, rules, observed, replace(memory, since=0.0), now)


def _no_freeze(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, way: Any, ceiling: Ints) -> None:
    thawed = msgspec.structs.replace(observed, frozen=np.zeros_like(observed.frozen))
    _forward(plan, rules, thawed, memory, way, ceiling)


def _only_the_failed(plan: ReleasePlan, observed: Observed, memory: Memory) -> Bools:
    failed: Bools = (observed.failed > 0) & observed.present
    return failed


def _one_way_at_a_time(
    plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, way: Any, ceiling: Ints
) -> None:
    _forward(plan, rules, observed, memory, way, ceiling)
    if ((way == TOLD_REVERT) & (observed.asserted != TOLD_REVERT)).any():
        fresh = observed.granted == 0
        way[fresh], ceiling[fresh] = TOLD_NOTHING, 0


TAKEN_BACK = st.just(
    Case(
        Level.NODES,
        (1,) * 6,
        "{maxUnavailable: 3, tolerance: 100%, revertFailedAfter: 20m}",
        (*(Fault(10, "fail", unit, 1) for unit in range(6)), Fault(30, "grow", 0, 9)),
        seed=1,
        grant=2,
    )
)

MUTATIONS = {
    "budget": Mutation(directions, "pick_within_budget", _all_of_them, "I1", node_cases()),
    "way back": Mutation(directions, "pick_reverts", _all_back_at_once, "I1", fleet_cases(("roll_back",))),
    "what uses up the budget": Mutation(budget, "units_out", _only_the_busy, "I[14]", node_cases(("silent", "fail"))),
    "settled": Mutation(events, "wave_standing", _always_settled, "I2", fleet_cases(("silent", "join", "freeze"))),
    "soak": Mutation(events, "_progress", _no_soak, "I2", fleet_cases(("join",))),
    "approval": Mutation(events, "missing_approval", _no_approval, "I2", fleet_cases(("pause",))),
    "harm": Mutation(events, "find_harm", _no_harm, "I2", fleet_cases(("bad",))),
    "involved in a rollback": Mutation(directions, "involved", _only_the_failed, "I[38]", fleet_cases(("roll_back",))),
    "done in a rollback": Mutation(standing, "involved", _only_the_failed, "I[348]", fleet_cases(("roll_back",))),
    "freeze": Mutation(directions, "_forward", _no_freeze, "I6", fleet_cases(("freeze", "freeze_some"))),
    "asked again": Mutation(directions, "_forward", _one_way_at_a_time, "I4", TAKEN_BACK),
    "ceiling": Mutation(directions, "wished_ceilings", _last_wave, "I7", fleet_cases(("silent", "join"))),
}  # fmt: skip


def searched(mutation: Mutation) -> None:
    """Look for a broken invariant. Raises Broken."""

    @SEARCHED
    @given(mutation.cases)
    def search(case: Case) -> None:
        check(case)

    search()


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=list(MUTATIONS))
def test_a_guard_taken_out_is_noticed(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutation.module, mutation.name, mutation.instead)
    with pytest.raises(Broken, match=f"^{mutation.breaks} "):
        searched(mutation)
