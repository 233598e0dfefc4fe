"""What revisions do to nodes, as a cluster shows it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from tests.fleet.lives import AGENT, CALM, calm_spec, fleet_with, run_until

from myriarch.base.errors import UserFault
from myriarch.fleet.behaviour import Behaviour, Effect, Symptom
from myriarch.fleet.columns import REASONS
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.spec import Failures
from myriarch.fleet.view import ClusterView, NodeColumns

HOUR = 3600.0


def _updated(fleet: Fleet) -> tuple[ClusterView, NodeColumns]:
    """All nodes of the first cluster updated to v2, and half an hour gone."""
    view = fleet.cluster(fleet.cluster_names()[0])
    view.install(AGENT, range(view.size), "v2", 1, fleet.now)
    run_until(fleet, fleet.now + HOUR)
    return view, view.observe(AGENT)


def _healed_by_reverting(fleet: Fleet, view: ClusterView) -> bool:
    view.revert(AGENT, range(view.size), fleet.now)
    run_until(fleet, fleet.now + HOUR)
    seen = view.observe(AGENT)
    return bool((seen.ready == 1).all() and (seen.revision == 0).all() and not seen.slow.any())


def test_not_ready() -> None:
    fleet = fleet_with(Symptom.NOT_READY)
    view, seen = _updated(fleet)
    assert (seen.ready == 0).all()
    assert {REASONS[code] for code in seen.reason} == {"KubeletNotReady"}
    assert not seen.slow.any()
    assert _healed_by_reverting(fleet, view)


def test_the_effect_comes_after_its_delay() -> None:
    fleet = fleet_with(Symptom.NOT_READY, delay_seconds=7200.0)
    view, seen = _updated(fleet)
    assert (seen.ready == 1).all()
    run_until(fleet, float(seen.done_at.max()) + 7200 + 5)
    assert (view.observe(AGENT).ready == 0).all()


def test_flapping_toggles_every_30_to_90_seconds() -> None:
    fleet = fleet_with(Symptom.FLAPPING)
    view, before = _updated(fleet)
    run_until(fleet, fleet.now + HOUR)
    grown = view.observe(AGENT).ready_transitions - before.ready_transitions
    assert (grown >= HOUR / 95 - 1).all()
    assert (grown <= HOUR / 30 + 1).all()
    assert _healed_by_reverting(fleet, view)
    quiet = view.observe(AGENT).ready_transitions
    run_until(fleet, fleet.now + HOUR)
    assert (view.observe(AGENT).ready_transitions == quiet).all()


def test_slow_shows_only_in_its_condition() -> None:
    fleet = fleet_with(Symptom.SLOW)
    view, seen = _updated(fleet)
    assert (seen.ready == 1).all()
    assert seen.slow.all()
    node = fleet.render_node(view.name, view.names[0])
    assert node is not None
    conditions = {each["type"]: each["status"] for each in node["status"]["conditions"]}
    assert conditions["SlowPodStartup"] == "True"
    assert conditions["Ready"] == "True"
    assert _healed_by_reverting(fleet, view)


def test_crash_waits_for_a_restart() -> None:
    fleet = fleet_with(Symptom.CRASH_AT_RESTART)
    view, seen = _updated(fleet)
    assert np.count_nonzero(seen.ready == 1) > 0
    run_until(fleet, fleet.now + 100 * HOUR)
    later = view.observe(AGENT)
    assert {REASONS[code] for code in later.reason} == {"CrashLoop"}
    assert _healed_by_reverting(fleet, view)


def test_silent_nodes_stop_their_heartbeat_and_revert_once_healed() -> None:
    fleet = fleet_with(Symptom.SILENT)
    view, seen = _updated(fleet)
    assert (seen.ready == -1).all()
    assert (view.heartbeats() < fleet.now - 60).all()
    assert not _healed_by_reverting(fleet, view)
    assert view.observe(AGENT).busy.all()
    fleet.heal_nodes(view.name, range(view.size), fleet.now)
    run_until(fleet, fleet.now + HOUR)
    assert (view.observe(AGENT).revision == 0).all()
    assert (view.observe(AGENT).ready == 1).all()


def test_an_update_that_fails_never_completes_and_can_be_reverted() -> None:
    fleet = fleet_with(Symptom.UPDATE_FAILS)
    view, seen = _updated(fleet)
    assert seen.busy.all()
    assert {REASONS[code] for code in seen.reason} == {"NodeUpdating"}
    assert _healed_by_reverting(fleet, view)


def test_the_same_nodes_are_struck_in_each_attempt() -> None:
    fleet = fleet_with(Symptom.NOT_READY, probability=0.5)
    view, first = _updated(fleet)
    struck = (first.ready == 0).tolist()
    assert 0 < sum(struck) < view.size
    assert _healed_by_reverting(fleet, view)
    view.install(AGENT, range(view.size), "v2", 2, fleet.now)
    run_until(fleet, fleet.now + HOUR)
    assert (view.observe(AGENT).ready == 0).tolist() == struck


@pytest.mark.parametrize("attribute", ["shape", "gpuModel", "os", "kernel", "zone", "pool", "kubernetesMinor"])
def test_only_nodes_that_match_by_attribute_are_struck(attribute: str) -> None:
    fleet = fleet_with(None)
    view = fleet.cluster(fleet.cluster_names()[0])
    codes = view.attributes[attribute]
    value = codes.values[codes.codes[0]]
    effect = Effect(symptom=Symptom.NOT_READY, where={attribute: (value,)})
    fleet.set_behaviour(AGENT, "v2", Behaviour(effects=(effect,)))
    _, seen = _updated(fleet)
    expected = [codes.values[code] == value for code in codes.codes]
    assert (seen.ready == 0).tolist() == expected


def test_cluster_attributes_select_whole_clusters() -> None:
    fleet = fleet_with(Symptom.NOT_READY, where={"environment": ("prod",)})
    _, seen = _updated(fleet)
    assert fleet.plans[0].environment == "sim"
    assert (seen.ready == 1).all()
    prod = fleet.cluster(fleet.cluster_names()[1])
    prod.install(AGENT, range(prod.size), "v2", 1, fleet.now)
    run_until(fleet, fleet.now + HOUR)
    assert (prod.observe(AGENT).ready == 0).all()


def test_nothing_leaks_before_an_effect_shows() -> None:
    harmless, harmful = fleet_with(None), fleet_with(Symptom.SILENT, delay_seconds=1e6)
    shown = []
    for fleet in (harmless, harmful):
        view, seen = _updated(fleet)
        columns = [getattr(seen, name).tolist() for name in NodeColumns.__struct_fields__]
        shown.append((columns, [fleet.render_node(view.name, name) for name in view.names]))
    assert shown[0] == shown[1]


def test_bad_effects_are_user_faults() -> None:
    fleet = fleet_with(None)
    for effect, field in (
        (Effect(symptom=Symptom.SLOW, where={"gpu": ("T4",)}), r"effects\[0\]\.where"),
        (Effect(symptom=Symptom.SLOW, probability=1.5), r"effects\[0\]\.probability"),
        (Effect(symptom=Symptom.SLOW, delay_seconds=-1), r"effects\[0\]\.delaySeconds"),
    ):
        with pytest.raises(UserFault, match=field):
            fleet.set_behaviour(AGENT, "v2", Behaviour(effects=(effect,)))


def test_ordinary_failures_come_at_their_rate_and_mostly_go() -> None:
    days = 50
    rate = Failures(mean_days_between=100, never_return_share=0.1)
    fleet = Fleet(msgspec.structs.replace(calm_spec(clusters=10, nodes=100), failures=rate))
    fleet.advance_to(fleet.start + days * 86_400)
    transitions = down = 0
    for name in fleet.cluster_names():
        seen = fleet.cluster(name).observe(AGENT)
        transitions += int(seen.ready_transitions.sum())
        down += int(np.count_nonzero(seen.ready != 1))
    failures = (transitions + down) / 2
    assert 400 < failures < 600
    assert 25 < down < 80


def test_failures_can_be_switched_off() -> None:
    assert CALM.mean_days_between == 0
    assert Fleet(calm_spec()).next_event() == float("inf")
