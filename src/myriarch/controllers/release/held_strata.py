"""The strata that a release holds, as its status tells them and as the agents of clusters know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from myriarch.api.cluster import Cluster
from myriarch.api.hold import HeldStratum, HeldValue
from myriarch.api.meta import Condition
from myriarch.api.strata import halves, pair_value
from myriarch.base.clock import rfc3339, rfc3339_micro
from myriarch.base.conditions import ConditionType
from myriarch.controllers.fleet_table import shared_values
from myriarch.engine.decision import Decision
from myriarch.engine.pairs import on_nodes
from myriarch.engine.population import Value
from myriarch.engine.strata_hold import held_nodes

STRATA_HELD: Final = ConditionType("StrataHeld", "Some strata are left out of the release, because it harms them.")


def told_held(before: Sequence[HeldStratum], decision: Decision) -> list[HeldStratum]:
    """For the status: once held, a stratum stays so."""
    known = {(each.attribute, each.value): each for each in before}
    memory = decision.memory
    return [
        known.get((value.attribute, value.value))
        or HeldStratum(
            attribute=value.attribute,
            value=value.value,
            since=rfc3339_micro(memory.held_since),
            nodes=held_nodes(decision.plan, decision.observed, value),
        )
        for value in memory.held
    ]


def with_held_condition(conditions: Sequence[Condition], held: Sequence[Value], now: float) -> list[Condition]:
    """The release's conditions, with StrataHeld once there is one; ``now`` in Unix seconds."""
    if not held:
        return list(conditions)
    known = next((each for each in conditions if each.type == STRATA_HELD.type), None)
    since = known.last_transition_time if known is not None else rfc3339(now)
    message = f"Held: {', '.join(str(value) for value in held)}. A release of a fix reaches them."
    condition = Condition(
        type=STRATA_HELD.type, status="True", reason="Harmed", message=message, last_transition_time=since
    )
    return [*(each for each in conditions if each is not known), condition]


def values_on_nodes(held: Sequence[Value], cluster: Cluster) -> list[HeldValue]:
    """``held`` as the cluster's agent knows them, one for one: what all its nodes share the agent doesn't know."""
    shared = shared_values(cluster)
    return [_on_nodes(value, shared) for value in held]


def _on_nodes(value: Value, shared: Mapping[str, str]) -> HeldValue:
    """``value`` within a cluster whose nodes share the values ``shared``: all nodes, or those with a part of it; what
    no node of it has stays as it is."""
    both = halves(value.attribute)
    if both is None:
        everywhere = shared.get(value.attribute) == value.value
        return HeldValue(attribute="", value="") if everywhere else HeldValue(**_fields(value))
    known = [shared.get(half) for half in both]
    if None not in known:
        everywhere = pair_value(str(known[0]), str(known[1])) == value.value
        return HeldValue(attribute="", value="") if everywhere else HeldValue(**_fields(value))
    first = known[0] is not None and value.value.startswith(pair_value(str(known[0]), ""))
    second = known[1] is not None and value.value.endswith(pair_value("", str(known[1])))
    nodes = on_nodes(value, shared) if first or second else None
    return HeldValue(**_fields(nodes or value))


def _fields(value: Value) -> dict[str, str]:
    return {"attribute": value.attribute, "value": value.value}
