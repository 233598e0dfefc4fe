"""The judge of chaos finds what may not be: too many nodes, too late, too many down. And plans come from their seed."""

from __future__ import annotations

from tests.kube.chaos.faults import Kind, plan_of
from tests.kube.chaos.observer import Granted, Record, Seen, judge

GRANT = Granted(at=100.0, revision="r-2", ceiling=1.0, forward_until=110.0)


def record(*looks: Seen, grants: tuple[Granted, ...] = (GRANT,)) -> Record:
    found = Record()
    found.looks["c"] += looks
    found.grants["c"] += grants
    return found


def look(at: float, *nodes: str, down: int = 0) -> Seen:
    return Seen(since=at - 0.2, at=at, begun={"r-1": frozenset("xyz"), "r-2": frozenset(nodes)}, down=down)


def test_within_the_grant_is_as_it_must_be() -> None:
    assert judge(record(look(99.5), look(101.0, "x"), look(130.0, "x", down=4)), 4) == []


def test_a_node_too_many_is_found() -> None:
    assert "2 nodes began r-2, 1 were granted" in judge(record(look(101.0, "x"), look(102.0, "x", "y")), 4)[0]


def test_a_node_before_its_grant_is_found() -> None:
    assert "1 nodes began r-2, 0 were granted" in judge(record(look(98.0, "x")), 4)[0]


def test_a_ceiling_counts_from_when_it_was_written() -> None:
    wider = Granted(at=120.0, revision="r-2", ceiling=2.0, forward_until=130.0)
    grants = (GRANT, wider)
    assert judge(record(look(101.0, "x"), look(121.0, "x", "y"), grants=grants), 4) == []
    assert judge(record(look(101.0, "x"), look(111.0, "x", "y"), grants=grants), 4) != []


def test_a_node_that_begins_after_the_grant_ran_out_is_found() -> None:
    assert "after its grant ran out" in judge(record(look(120.0, "x")), 4)[0]


def test_too_many_down_are_found() -> None:
    assert "5 nodes down, the budget is 4" in judge(record(look(101.0, "x", down=5)), 4)[0]


def test_a_plan_is_that_of_its_seed_and_has_every_fault() -> None:
    plan = plan_of(3, 3)
    assert plan == plan_of(3, 3) != plan_of(4, 3)
    assert sorted(fault.kind for group in plan.faults for fault in group) == sorted(Kind)
