"""Small fleets for tests, without ordinary failures unless asked for."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from myriarch.fleet.behaviour import Behaviour, Effect, Symptom
from myriarch.fleet.defaults import uniform_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.spec import Failures, FleetSpec, Restarts, Updates

CALM = Failures(mean_days_between=0)
AGENT = "node-agent"


def calm_spec(clusters: int = 2, nodes: int = 20, seed: int = 7) -> FleetSpec:
    return msgspec.structs.replace(
        uniform_spec(clusters, nodes, seed),
        failures=CALM,
        updates=Updates(tick_seconds=5.0),
        restarts=Restarts(mean_days_between=0.1),
    )


def fleet_with(symptom: Symptom | None, *, delay_seconds: float = 600.0, **effect: object) -> Fleet:
    """A calm fleet at v1, where v2 does ``symptom`` to the nodes that ``effect`` selects."""
    fleet = Fleet(calm_spec())
    fleet.set_base(AGENT, "v1")
    if symptom is not None:
        struck = Effect(symptom=symptom, delay_seconds=delay_seconds, **effect)  # type: ignore[arg-type]
        fleet.set_behaviour(AGENT, "v2", Behaviour(effects=(struck,)))
    return fleet


def run_until(fleet: Fleet, moment: float, seen: Callable[[], None] = lambda: None) -> None:
    """Advance event by event, as a simulator does."""
    while fleet.next_event() <= moment:
        fleet.advance_to(fleet.next_event())
        seen()
    fleet.advance_to(moment)


def everything(fleet: Fleet) -> list[object]:
    """All that can be observed and rendered, for comparing lives."""
    shown: list[object] = [fleet.now, fleet.next_event()]
    for cluster in fleet.cluster_names():
        observed = fleet.cluster(cluster).observe(AGENT)
        shown.append([getattr(observed, name).tolist() for name in type(observed).__struct_fields__])
        shown.append([fleet.render_node(cluster, name) for name in fleet.node_names(cluster)])
    return shown
