"""What gates and metrics of a release are asked about: its wave, its clusters, and those that may serve as controls."""

from __future__ import annotations

import numpy as np

from myriarch.api.component import Component
from myriarch.api.gates import GateResult
from myriarch.api.release import Release
from myriarch.controllers.fleet_table import FleetTable
from myriarch.engine.decision import Decision
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools
from myriarch.gates.question import Question


def question_of(
    release: Release,
    component: Component,
    table: FleetTable,
    decision: Decision,
    name: str,
    place: tuple[int, int],
    before: GateResult | None = None,
) -> Question:
    """The question that the gate or metric ``name`` is asked now of a place, (stage, wave); ``before`` is what a gate
    answered last there."""
    plan, observed = decision.plan, decision.observed
    stage, wave = plan.stages[place[0]], place[1]
    part = (stage.waves[wave].ceiling > 0) & observed.present
    untouched = stage.members & observed.present & (observed.granted == 0) & ~part
    return Question(
        gate=name,
        release=f"{release.metadata.namespace}/{release.name}",
        uid=release.metadata.uid or "",
        attempt=release.status.attempt,
        component=release.spec.component,
        revision=release.spec.revision,
        previous=_previous(component, table, part),
        stage=stage.name,
        wave=wave + 1,
        place=f"{stage.name}/{wave + 1}",
        answered=before.answered if before is not None else 0,
        clusters=_names(plan, part),
        controls=_names(plan, untouched),
        values=_values(plan, part),
    )


def _names(plan: ReleasePlan, chosen: Bools) -> tuple[str, ...]:
    return tuple(sorted(plan.population.names[int(row)] for row in np.flatnonzero(chosen)))


def _values(plan: ReleasePlan, part: Bools) -> dict[str, tuple[str, ...]]:
    """The values of each attribute that nodes of these clusters have."""
    met = plan.population.strata[part].sum(axis=0)
    found: dict[str, set[str]] = {}
    for column in np.flatnonzero(met):
        value = plan.population.values[int(column)]
        found.setdefault(value.attribute, set()).add(value.value)
    return {name: tuple(sorted(values)) for name, values in sorted(found.items())}


def _previous(component: Component, table: FleetTable, part: Bools) -> tuple[str, ...]:
    """The proven revisions of the environments that these clusters are of."""
    environments = {table.clusters[int(row)].spec.environment for row in np.flatnonzero(part)}
    return tuple(sorted({component.proven_in(name) for name in sorted(environments)} - {""}))
