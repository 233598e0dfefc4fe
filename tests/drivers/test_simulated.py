"""What the simulated driver shows of nodes, and that its orders may be repeated."""

from __future__ import annotations

import numpy as np
from tests.hub.house import small_spec

from myriarch.drivers.driver import NO_VALUE, NodeStates, Symptom
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.fleet import behaviour as fleet_behaviour
from myriarch.fleet.behaviour import Behaviour, Effect
from myriarch.fleet.fleet import DEFAULT_START, Fleet

START = DEFAULT_START


def _driver(symptom: fleet_behaviour.Symptom | None = None) -> tuple[Fleet, SimulatedDriver]:
    fleet = Fleet(small_spec())
    fleet.set_base("os", "v1")
    if symptom is not None:
        fleet.set_behaviour("os", "v2", Behaviour(effects=(Effect(symptom=symptom),)))
    return fleet, SimulatedDriver(fleet, fleet.cluster_names()[-1])


def _after(driver: SimulatedDriver, fleet: Fleet, seconds: float, step: float = 60.0) -> NodeStates:
    moment = fleet.now
    while moment < START + seconds:
        moment = min(moment + step, START + seconds)
        fleet.advance_to(moment)
        states = driver.observe("os", moment)
    return states


def test_an_order_moves_nodes_and_may_be_repeated() -> None:
    fleet, driver = _driver()
    driver.advance("os", np.array([0, 1]), "v2", 1, START)
    driver.advance("os", np.array([0, 1]), "v2", 1, START + 5)
    states = driver.observe("os", START + 5)
    assert states.moving[:3].tolist() == [True, True, False]
    assert states.symptom[0] == Symptom.HEALTHY  # being updated is no symptom
    states = _after(driver, fleet, 600)
    assert (states.at[:2] == driver.number_of("os", "v2")).all()
    driver.revert("os", np.array([0]), START + 600)
    driver.revert("os", np.array([0]), START + 601)
    states = _after(driver, fleet, 1200)
    assert [int(code) for code in states.at[:3]] == [driver.number_of("os", each) for each in ("v1", "v2", "v1")]


def test_every_symptom_shows_as_what_it_is_and_since_when() -> None:
    shown = {
        fleet_behaviour.Symptom.NOT_READY: Symptom.NOT_READY,
        fleet_behaviour.Symptom.SLOW: Symptom.SLOW,
        fleet_behaviour.Symptom.SILENT: Symptom.SILENT,
        fleet_behaviour.Symptom.FLAPPING: Symptom.FLAPPING,
    }
    for cause, symptom in shown.items():
        fleet, driver = _driver(cause)
        driver.advance("os", np.array([0]), "v2", 1, START)
        states = _after(driver, fleet, 3000, step=30.0)
        assert states.symptom[0] == symptom, cause
        assert START < states.symptom_since[0] <= START + 3000
        assert states.symptom[1] == Symptom.HEALTHY


def test_moves_that_nobody_watched_are_no_flapping() -> None:
    fleet, driver = _driver()
    driver.observe("os", START)
    moment = START
    for attempt, revision in enumerate(("v2", "v1", "v2", "v1"), 1):
        driver.advance("os", np.array([0]), revision, attempt, moment)
        moment += 600
        fleet.advance_to(moment)
    assert driver.observe("os", moment).symptom[0] == Symptom.HEALTHY


def test_an_update_that_never_ends_shows_since_when_it_moves() -> None:
    fleet, driver = _driver(fleet_behaviour.Symptom.UPDATE_FAILS)
    driver.advance("os", np.array([0]), "v2", 1, START)
    states = _after(driver, fleet, 7200)
    assert states.moving[0]
    assert states.moving_since[0] <= START + 60
    assert np.isinf(states.moving_since[1])


def test_a_confirmed_revision_is_what_a_later_attempt_returns_to() -> None:
    fleet, driver = _driver()
    driver.advance("os", np.array([0, 1]), "v2", 1, START)
    _after(driver, fleet, 600)
    driver.confirm("os", np.array([0]))
    driver.advance("os", np.array([0, 1]), "v3", 2, START + 600)
    _after(driver, fleet, 1200)
    driver.revert("os", np.array([0, 1]), START + 1200)
    states = _after(driver, fleet, 1800)
    assert [int(code) for code in states.at[:2]] == [driver.number_of("os", each) for each in ("v2", "v1")]


def test_a_node_without_a_gpu_has_a_value_for_that_too() -> None:
    _, driver = _driver()
    for attribute in driver.attributes().values():
        assert "" not in attribute.values
    assert NO_VALUE


def test_what_another_component_moves_is_no_flapping() -> None:
    fleet, driver = _driver()
    fleet.set_base("kernel", "k1")
    _after(driver, fleet, 60)
    for number in range(4):
        driver.advance("kernel", np.array([0]), f"k{number % 2 + 1}", number + 1, fleet.now)
        states = _after(driver, fleet, 300 * (number + 1), step=10.0)
    assert states.symptom[0] == Symptom.HEALTHY
