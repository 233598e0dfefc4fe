"""Installing, reverting, and what a driver sees of it."""

from __future__ import annotations

import numpy as np
from tests.fleet.lives import AGENT, calm_spec, everything, fleet_with, run_until

from myriarch.fleet.behaviour import Symptom
from myriarch.fleet.columns import REASONS
from myriarch.fleet.fleet import Fleet

DAY = 86_400.0


def test_an_install_makes_nodes_not_ready_and_then_ready_at_the_new_revision() -> None:
    fleet = fleet_with(None)
    view = fleet.cluster(fleet.cluster_names()[0])
    view.install(AGENT, [3, 1], "v2", 1, fleet.now)
    during = view.observe(AGENT)
    assert during.ready[[1, 3]].tolist() == [0, 0]
    assert [REASONS[code] for code in during.reason[[1, 3]]] == ["NodeUpdating"] * 2
    assert during.busy.nonzero()[0].tolist() == [1, 3]
    assert during.started.nonzero()[0].tolist() == [1, 3]
    run_until(fleet, fleet.now + 3600)
    after = view.observe(AGENT)
    names = fleet.revision_names(AGENT)
    assert [names[code] for code in after.revision[:4]] == ["v1", "v2", "v1", "v2"]
    assert [names[code] for code in after.previous[[1, 3]]] == ["v1", "v1"]
    assert after.ready.tolist() == [1] * 20
    assert not after.busy.any()
    assert after.ready_transitions[[0, 1]].tolist() == [0, 0]  # those of an update are not counted
    assert (after.done_at[[1, 3]] > fleet.start).all()
    assert (after.done_at[[1, 3]] % 5 == 0).all()


def test_repeating_an_order_changes_nothing() -> None:
    fleet = fleet_with(None)
    view = fleet.cluster(fleet.cluster_names()[0])
    view.install(AGENT, range(5), "v2", 1, fleet.now)
    before = everything(fleet)
    view.install(AGENT, range(5), "v2", 1, fleet.now)
    assert everything(fleet) == before


def test_a_superseded_half_done_revision_goes_back_to_the_first() -> None:
    fleet = fleet_with(None)
    view = fleet.cluster(fleet.cluster_names()[0])
    view.install(AGENT, [0], "v2", 1, fleet.now)
    run_until(fleet, fleet.now + 3600)
    view.install(AGENT, [0], "v3", 2, fleet.now)
    run_until(fleet, fleet.now + 3600)
    view.revert(AGENT, [0], fleet.now)
    run_until(fleet, fleet.now + 3600)
    assert fleet.revision_names(AGENT)[view.observe(AGENT).revision[0]] == "v1"


def test_a_forgotten_previous_makes_the_present_revision_the_rollback_target() -> None:
    fleet = fleet_with(None)
    view = fleet.cluster(fleet.cluster_names()[0])
    view.install(AGENT, [0, 1], "v2", 1, fleet.now)
    run_until(fleet, fleet.now + 3600)
    view.install(AGENT, [0], "v3", 2, fleet.now, forget_previous=True)
    view.forget_previous(AGENT, [1])
    view.install(AGENT, [1], "v3", 2, fleet.now)
    run_until(fleet, fleet.now + 3600)
    view.revert(AGENT, [0, 1], fleet.now)
    run_until(fleet, fleet.now + 3600)
    revisions = view.observe(AGENT).revision[:2]
    assert [fleet.revision_names(AGENT)[code] for code in revisions] == ["v2", "v2"]


def test_reverting_nodes_that_began_nothing_does_nothing() -> None:
    fleet = fleet_with(None)
    view = fleet.cluster(fleet.cluster_names()[0])
    view.revert(AGENT, range(20), fleet.now)
    assert not view.observe(AGENT).busy.any()


def test_a_dead_node_begins_when_it_is_healed() -> None:
    fleet = fleet_with(None)
    name = fleet.cluster_names()[0]
    view = fleet.cluster(name)
    fleet.kill_nodes(name, [2], fleet.now)
    view.install(AGENT, [2], "v2", 1, fleet.now)
    run_until(fleet, fleet.now + DAY)
    seen = view.observe(AGENT)
    assert (seen.ready[2], bool(seen.busy[2]), seen.revision[2]) == (-1, True, 0)
    assert fleet.now - view.heartbeats()[2] >= DAY
    fleet.heal_nodes(name, [2], fleet.now)
    assert view.observe(AGENT).ready[2] == 0
    run_until(fleet, fleet.now + 3600)
    seen = view.observe(AGENT)
    assert (seen.ready[2], bool(seen.busy[2]), fleet.revision_names(AGENT)[seen.revision[2]]) == (1, False, "v2")


def test_a_node_that_dies_while_it_updates_begins_anew() -> None:
    fleet = fleet_with(None)
    name = fleet.cluster_names()[0]
    view = fleet.cluster(name)
    view.install(AGENT, [0], "v2", 1, fleet.now)
    fleet.kill_nodes(name, [0], fleet.now + 1)
    run_until(fleet, fleet.now + 3600)
    assert view.observe(AGENT).revision[0] == 0
    fleet.heal_nodes(name, [0], fleet.now)
    run_until(fleet, fleet.now + 3600)
    assert view.observe(AGENT).revision[0] == 1


def test_a_revert_before_the_install_could_begin_cancels_it() -> None:
    fleet = fleet_with(None)
    name = fleet.cluster_names()[0]
    view = fleet.cluster(name)
    fleet.kill_nodes(name, [0], fleet.now)
    view.install(AGENT, [0], "v2", 1, fleet.now)
    view.revert(AGENT, [0], fleet.now)
    assert not view.observe(AGENT).busy[0]
    fleet.heal_nodes(name, [0], fleet.now)
    run_until(fleet, fleet.now + 3600)
    assert view.observe(AGENT).revision[0] == 0


def test_nodes_join_at_the_base_revision_and_leave_without_moving_others() -> None:
    fleet = fleet_with(None)
    name = fleet.cluster_names()[0]
    view = fleet.cluster(name)
    view.install(AGENT, range(20), "v2", 1, fleet.now)
    run_until(fleet, fleet.now + 3600)
    added = fleet.add_nodes(name, 2, fleet.now)
    fleet.remove_nodes(name, [0], fleet.now)
    seen = view.observe(AGENT)
    assert list(added) == [f"{name}-n0020", f"{name}-n0021"]
    assert seen.present.tolist() == [False] + [True] * 21
    assert [fleet.revision_names(AGENT)[code] for code in seen.revision[-3:]] == ["v2", "v1", "v1"]
    assert fleet.render_node(name, f"{name}-n0000") is None
    assert fleet.node_names(name)[0] == f"{name}-n0001"
    view.install(AGENT, [0], "v3", 2, fleet.now)
    assert not view.observe(AGENT).busy[0]


def test_a_slow_node_takes_longer() -> None:
    durations = []
    for slow in (False, True):
        fleet = fleet_with(None)
        name = fleet.cluster_names()[0]
        fleet.slow_nodes(name, range(20), slow, fleet.now)
        fleet.cluster(name).install(AGENT, range(20), "v2", 1, fleet.now)
        run_until(fleet, fleet.now + DAY)
        seen = fleet.cluster(name).observe(AGENT)
        assert seen.slow.all() == slow
        durations.append(np.mean(seen.done_at - fleet.start))
    assert durations[1] > 3 * durations[0]


def test_the_order_of_calls_among_clusters_and_the_jumps_of_time_do_not_matter() -> None:
    lives = []
    for order, jump in ((1, 100.0), (-1, 1e9)):
        fleet = Fleet(calm_spec(clusters=6))
        fleet.set_base(AGENT, "v1")
        for name in fleet.cluster_names()[::order]:
            fleet.cluster(name).install(AGENT, range(10), "v2", 1, fleet.now)
        end = fleet.now + 3600
        while fleet.now < end:
            fleet.advance_to(min(end, fleet.now + jump))
        lives.append(everything(fleet))
    assert lives[0] == lives[1]


def test_subscribers_hear_of_each_changed_node() -> None:
    fleet = fleet_with(Symptom.NOT_READY)
    name = fleet.cluster_names()[0]
    heard: list[tuple[str, list[str]]] = []
    fleet.subscribe(lambda cluster, nodes: heard.append((cluster, list(nodes))))
    fleet.cluster(name).install(AGENT, [4], "v2", 1, fleet.now)
    run_until(fleet, fleet.now + 3600)
    assert heard == [(name, [f"{name}-n0004"])] * 3
    fleet.set_partition(name, True)
    assert fleet.cluster(name).partitioned


def test_a_later_base_revision_is_for_nodes_that_have_none_and_nodes_that_join() -> None:
    fleet = Fleet(calm_spec())
    first, second = fleet.cluster_names()
    assert (fleet.cluster(first).observe(AGENT).revision == -1).all()
    fleet.set_base(AGENT, "v1")
    assert (fleet.cluster(first).observe(AGENT).revision == 0).all()
    fleet.set_base(AGENT, "v2")
    fleet.add_nodes(second, 1, fleet.now)
    assert (fleet.cluster(first).observe(AGENT).revision == 0).all()
    assert fleet.cluster(second).observe(AGENT).revision.tolist() == [0] * 20 + [1]
