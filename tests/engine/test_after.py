"""In which clusters a release has settled, for the components that come after its own."""

from __future__ import annotations

import numpy as np

from myriarch.api.policy import ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase
from myriarch.base.hashing import hash_names
from myriarch.engine.after import Progress, final_ceilings, soaked_ceilings, unsettled
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Way
from myriarch.engine.plan import ReleasePlan, plan_release
from myriarch.engine.population import Population

NODES = 10
STAGES = [
    Stage(name="one", waves=[Wave(clusters=1, nodes=2), Wave(clusters=2)]),
    Stage(name="two", waves=[Wave(clusters=1), Wave()]),
]
"""Units 0 to 3 belong to the first stage, 4 and 5 to the second, 6 to none."""


def _plan() -> ReleasePlan:
    names = [f"u{i}" for i in range(7)]
    weight, nothing = np.full(7, NODES, np.int64), np.empty((7, 0), np.int64)
    population = Population(hash_names(1, names), weight, nothing, (), np.full(7, -1, np.int64), names)
    rows = np.arange(7)
    members = [rows < 4, (rows >= 4) & (rows < 6)]
    return plan_release(ReleasePolicySpec(stages=STAGES), population, members, [[None, None], [None, None]])


PLAN = _plan()


def _progress(way: Way = Way.FORWARD, *, settled: bool = True, taken_back: bool = False) -> Progress:
    return Progress(
        np.full(7, way, np.int8), final_ceilings(PLAN), np.full(7, settled, np.bool_), np.full(7, taken_back, np.bool_)
    )


def _waiting(memory: Memory, progress: Progress) -> int:
    return int(unsettled(PLAN, memory, progress).sum())


def test_a_wave_has_soaked_where_it_waits_for_its_gate_and_not_before() -> None:
    for phase, soaked in ((Phase.ADVANCING, 0), (Phase.SOAKING, 0), (Phase.PAUSED, 0), (Phase.GATED, 2)):
        assert soaked_ceilings(PLAN, Memory(phase)).sum() == soaked
    assert soaked_ceilings(PLAN, Memory(Phase.ADVANCING, 0, 1)).sum() == 2
    assert soaked_ceilings(PLAN, Memory(Phase.ADVANCING, 1, 0)).sum() == 2 * NODES
    assert soaked_ceilings(PLAN, Memory(Phase.GATED, 1, 1)).sum() == 4 * NODES


def test_a_canary_cluster_of_which_more_is_to_come_has_not_settled() -> None:
    assert int((final_ceilings(PLAN) > 0).sum()) == 4
    assert _waiting(Memory(Phase.GATED, 0, 0), _progress()) == 4
    assert _waiting(Memory(Phase.GATED, 0, 1), _progress()) == 2
    assert _waiting(Memory(Phase.ADVANCING, 1, 1), _progress()) == 1
    assert _waiting(Memory(Phase.GATED, 1, 1), _progress()) == 0


def test_who_is_not_done_waits_also_where_the_wave_has_passed() -> None:
    assert _waiting(Memory(Phase.GATED, 1, 1), _progress(settled=False)) == 4


def test_who_took_it_back_is_not_waited_for() -> None:
    assert _waiting(Memory(Phase.ADVANCING), _progress(Way.REVERT)) == 0
    assert _waiting(Memory(Phase.ADVANCING), _progress(taken_back=True)) == 0
    assert _waiting(Memory(Phase.ADVANCING), _progress(Way.REVERT, settled=False)) == 4


def test_on_the_way_back_those_that_never_began_are_free_and_those_that_did_are_not() -> None:
    assert _waiting(Memory(Phase.ROLLING_BACK), _progress(Way.NONE)) == 0
    assert _waiting(Memory(Phase.ROLLING_BACK), _progress(Way.HOLD)) == 4
    assert _waiting(Memory(Phase.ROLLING_BACK), _progress(Way.REVERT)) == 0
