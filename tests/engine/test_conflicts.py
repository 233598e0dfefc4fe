"""What stands in a release's way is told before it moves."""

from __future__ import annotations

import numpy as np
from tests.engine.forecasts import USUAL, planned, well

from myriarch.api.freezewindow import FreezeWindowSpec, Weekday, Weekly
from myriarch.engine.conflicts import Conflict, ConflictKind, Health, find_conflicts
from myriarch.engine.forecast import Freezing, forecast
from myriarch.engine.plan import ReleasePlan

MONDAY = 1_767_571_200.0
HOUR = 3600.0
NIGHT = FreezeWindowSpec(weekly=[Weekly(days=list(Weekday), from_="18:00", until="08:00")], reason="nobody is there")
GANGS = "budgets: {clusters: {gangs: [{label: pair, kind: SameWave}]}}"


def conflicts(
    policy: str, sizes: list[int], health: Health | None = None, *windows: FreezeWindowSpec
) -> list[Conflict]:
    spec, plan = planned(policy, sizes)
    freezes = [Freezing(f"w{n}", window, np.ones(len(sizes), np.bool_)) for n, window in enumerate(windows)]
    waves = forecast(spec, plan, USUAL, freezes, MONDAY + 17.8 * HOUR)
    return list(find_conflicts(spec, plan, waves, freezes, health or well(plan)))


def plan_of(policy: str, sizes: list[int]) -> ReleasePlan:
    return planned(policy, sizes)[1]


def test_a_policy_that_reaches_all_has_none() -> None:
    assert conflicts("{stages: [{name: p, waves: [{clusters: 1}, {}]}], " + GANGS + "}", [3, 3, 3, 3]) == []


def test_gangs_that_no_exposure_has_room_for() -> None:
    (found,) = conflicts("{stages: [{name: p, waves: [{exposure: 1}]}], " + GANGS + "}", [3, 3, 3, 3])
    assert (found.kind, found.place) == (ConflictKind.GANG, "p")
    assert "no wave of stage p has room for gangs of 4 units" in found.message


def test_what_the_last_wave_leaves_out() -> None:
    (found,) = conflicts("{stages: [{name: p, waves: [{clusters: 1}, {clusters: 2}]}]}", [3, 3, 3, 3])
    assert found.kind is ConflictKind.LEFT_OUT
    assert found.message.startswith("stage p leaves out 6 nodes in 2 units (")
    assert found.cure


def test_freezes_that_hit_a_wave() -> None:
    policy = "{stages: [{name: p, soak: 1m, waves: [{clusters: 1}, {}]}], nodes: {soak: 0s}}"
    found = conflicts(policy, [3, 3], None, NIGHT)
    (held,) = [each for each in found if each.kind is ConflictKind.FREEZE]
    assert held.place == "p/2"
    assert held.message == "freeze window w0 holds wave p/2: nobody is there"
    assert held.end == MONDAY + 32 * HOUR


def test_windows_that_leave_no_time() -> None:
    stop = FreezeWindowSpec(stop=True, reason="stop")
    found = conflicts("{stages: [{name: p, waves: [{clusters: 1}, {}]}]}", [3, 3], None, stop)
    assert [(each.kind, each.place) for each in found] == [(ConflictKind.NEVER_OPENS, "p/1")]
    assert "w0 leave no time for it within a year" in found[0].message


def test_silent_clusters_beyond_what_is_borne() -> None:
    policy = "{stages: [{name: p, waves: [{clusters: 2}, {}]}], unreachable: {tolerance: 1}}"
    plan = plan_of(policy, [3] * 6)
    names = plan.population.names
    assert conflicts(policy, [3] * 6, well(plan, silent=names[:1])) == []
    (found,) = conflicts(policy, [3] * 6, well(plan, silent=names))
    assert (found.kind, found.place) == (ConflictKind.SILENT, "p/1")
    assert "1 may be" in found.message


def test_nodes_that_are_down_use_up_the_budget() -> None:
    policy = "{stages: [{name: p}], nodes: {maxUnavailable: 2}}"
    plan = plan_of(policy, [10, 10])
    assert conflicts(policy, [10, 10], well(plan, unready=1)) == []
    (found,) = conflicts(policy, [10, 10], well(plan, unready=2))
    assert found.kind is ConflictKind.BUDGET
    assert "2 units (c00, c01)" in found.message


def test_silent_clusters_use_up_the_budget_of_their_region() -> None:
    domains = "budgets: {clusters: {domains: [{label: region, maxUnavailable: 1}]}}"
    policy = "{stages: [{name: p}], unreachable: {tolerance: 100%}, " + domains + "}"
    plan = plan_of(policy, [3] * 4)
    (found,) = conflicts(policy, [3] * 4, well(plan, silent=["c00"]))
    assert found.kind is ConflictKind.BUDGET
    assert found.message == "silent clusters use up budgets.clusters.domains[region]: no room for 1 units (c02)"
