"""Gates over objects: an expression in CEL over one object of the hub's API server, or over a list of them."""

from __future__ import annotations

from typing import Final

from myriarch.api.gates import CelGate, Verdict
from myriarch.base.cel import CelProblem, CelProgram
from myriarch.client.client import Client
from myriarch.client.errors import Forbidden, NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.gates.question import Answer, silence

OBJECTS_MAX: Final = 20_000


async def ask_objects(gate: CelGate, otherwise: Verdict, client: Client) -> Answer:
    """Pass where the expression is true, ``otherwise`` where it is false; Hold where there is nothing to judge."""
    group, _, version = gate.api_version.rpartition("/")
    ref = ResourceRef(group, version, gate.resource, namespaced=bool(gate.namespace))
    named = f"{gate.resource} {gate.namespace + '/' if gate.namespace else ''}{gate.name}".strip()
    try:
        variables = await _variables(gate, ref, client)
    except NotFound:
        return silence(f"{named}: not found")
    except Forbidden:
        return silence(f"{named}: the controllers may not read it. Bind a role that lets them")
    if variables is None:
        return silence(f"{named}: more than {OBJECTS_MAX} objects. Choose fewer")
    return _judged(gate, otherwise, named, variables)


async def _variables(gate: CelGate, ref: ResourceRef, client: Client) -> dict[str, object] | None:
    if gate.name:
        return {"object": await client.get(ref, Raw, gate.name, gate.namespace)}
    found = await client.list(ref, Raw, gate.namespace, label_selector=gate.label_selector)
    return {"objects": found.items} if len(found.items) <= OBJECTS_MAX else None


def _judged(gate: CelGate, otherwise: Verdict, named: str, variables: dict[str, object]) -> Answer:
    """An expression that can't be evaluated (a field that is not there yet) has not said no: it holds."""
    try:
        found = CelProgram(gate.expression).run(variables)
    except (CelProblem, ValueError) as problem:
        return silence(f"{named}: {problem}")
    if found is True:
        return Answer(Verdict.PASS, f"{named}: {gate.expression} is true")
    if found is False:
        return Answer(otherwise, f"{named}: {gate.expression} is false")
    return silence(f"{named}: {gate.expression} is neither true nor false")
