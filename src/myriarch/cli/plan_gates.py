"""What a plan shows of gates, and of what a bundle's revision would change in its first wave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component, DriverName
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.revision import Revision
from myriarch.base.errors import MyriarchError
from myriarch.cli.connect import Session
from myriarch.cli.release_wish import Checked
from myriarch.client.refs import COMPONENTS, REVISIONS
from myriarch.controllers.release.rendering import BundleRenderer
from myriarch.gates.diff import changes_of

SHOWN_CHANGES: Final = 12


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of the hub, by name."""

    components: dict[str, Component]
    revisions: dict[str, Revision]
    clusters: dict[str, Cluster]


def gates_document(policy: ReleasePolicySpec) -> list[dict[str, Any]]:
    """The gates with source, time and place."""
    return [
        {
            "name": gate.name,
            "source": ", ".join(gate.sources),
            "when": str(gate.when),
            "stages": list(gate.stages),
            "waves": list(gate.waves),
        }
        for gate in policy.gates
    ]


def gates_text(gates: list[dict[str, Any]]) -> str:
    """One line a gate."""
    lines = []
    for gate in gates:
        stages = f" of {', '.join(gate['stages'])}" if gate["stages"] else ""
        waves = f"wave {', '.join(map(str, gate['waves']))}" if gate["waves"] else "every wave"
        lines.append(f"gate {gate['name']} ({gate['source']}): {gate['when'].lower()} {waves}{stages}")
    return "\n".join(lines)


async def changes_document(session: Session, checked: Checked) -> list[str]:
    """What would change in the clusters of the first wave, in sentences; that it can't be known is one too."""
    component = await session.client.get(COMPONENTS, Component, checked.spec.component)
    if component.spec.driver is not DriverName.BUNDLE:
        return []
    revisions = {each.name: each for each in (await session.client.list(REVISIONS, Revision)).items}
    clusters = {each.name: each for each in checked.clusters}
    plan = checked.plan
    first = plan.stages[0].waves[0].ceiling
    names = [name for row, name in enumerate(plan.population.names) if first[row] > 0]
    renderer = BundleRenderer(_Known({component.name: component}, revisions, clusters))
    try:
        rendered = await renderer.render(component, checked.spec.revision, names)
    except MyriarchError as error:
        return [f"can't be told: {error}"]
    return sorted({str(change) for each in rendered for change in changes_of(each)})


def changes_text(changes: list[str]) -> str:
    """One line a change."""
    shown = changes[:SHOWN_CHANGES]
    more = [f"and {len(changes) - len(shown)} more"] if len(changes) > len(shown) else []
    return "\n".join(["changes in the first wave:", *(f"  {line}" for line in [*shown, *more])])
