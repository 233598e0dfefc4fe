"""The invariants hold over random fleets, clusters, policies, faults and orders, to the end of every release."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from tests.engine.cases import Case, Moment, fleet_cases, node_cases, play
from tests.engine.invariants import Checker, all_checkers
from tests.engine.runner import told

from myriarch.api.release import Phase

PLAYED = settings(
    max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def check(case: Case, checkers: list[Checker] | None = None) -> Moment:
    """Play a case before the checkers; its last moment."""
    watching = all_checkers() if checkers is None else checkers
    last: Moment | None = None
    for moment in play(case):
        last = moment
        for checker in watching:
            checker.look(case, moment)
    assert last is not None
    for checker in watching:
        checker.end(case, last)
    return last


@PLAYED
@given(fleet_cases())
def test_invariants_of_a_fleet(case: Case) -> None:
    check(case)


@PLAYED
@given(node_cases())
def test_invariants_of_a_cluster(case: Case) -> None:
    check(case)


@settings(PLAYED, max_examples=40)
@given(fleet_cases())
def test_the_order_of_units_in_the_columns_changes_nothing(case: Case) -> None:
    for one, other in zip(play(case), play(case, reverse=True), strict=True):
        assert told(one.turn) == told(other.turn)
        assert one.turn.decision.memory.phase is other.turn.decision.memory.phase


@settings(PLAYED, max_examples=40)
@given(fleet_cases(kinds=("lose",)))
def test_lost_orders_change_no_outcome(case: Case) -> None:
    last = check(case)
    assert last.runner.memory.phase is Phase.SUCCEEDED
