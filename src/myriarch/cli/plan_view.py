"""A plan in words and numbers, before anything moves.

Sizes are ceilings: a wave lets at most so many nodes begin by its end. The shortest time counts soaks alone; every wave
soaks its nodes, then itself. What is expected beyond that is in ``plan_forecast.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from myriarch.api.cluster import Cluster
from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.durations import format_duration, parse_duration
from myriarch.cli.output import Column, Table, percent, render
from myriarch.cli.plan_forecast import about, conflict_lines, headline
from myriarch.cli.plan_gates import changes_text, gates_text
from myriarch.cli.plan_strata import healthy_clusters, strata_document, strata_text
from myriarch.engine.plan import ReleasePlan, StagePlan, WavePlan
from myriarch.engine.population import Bools, Population

SHOWN_NAMES = 6
"""Clusters named in a row; the documents name all."""


def plan_document(plan: ReleasePlan, clusters: Sequence[Cluster], policy: ReleasePolicySpec) -> dict[str, Any]:
    """Stages and waves with their sizes; ``clusters`` are those of the plan's population, in its order."""
    totals: dict[str, int] = {}
    for cluster in clusters:
        totals[cluster.spec.environment] = totals.get(cluster.spec.environment, 0) + cluster.status.nodes
    begun: dict[str, int] = {}
    node_soak = parse_duration(policy.nodes.soak)
    stages = []
    healthy = healthy_clusters(clusters)
    for stage in plan.stages:
        before = begun.get(stage.environment, 0)
        total = totals.get(stage.environment, stage.weight)
        shown = _stage(stage, plan.population, before, total, node_soak)
        stages.append({**shown, **strata_document(stage, plan.population, healthy, policy.analysis)})
        begun[stage.environment] = before + (stage.waves[-1].nodes if stage.waves else 0)
    return {
        "clusters": sum(stage["clusters"] for stage in stages),
        "nodes": sum(stage["nodes"] for stage in stages),
        "minimumSeconds": sum(stage["minimumSeconds"] for stage in stages),
        "stages": stages,
    }


def _stage(stage: StagePlan, population: Population, before: int, total: int, node_soak: float) -> dict[str, Any]:
    there = (population.strata[stage.members].sum(axis=0) > 0) & (stage.wanted > 0)
    waves = [_wave(number, wave, population, there, node_soak) for number, wave in enumerate(stage.waves, 1)]
    for wave in waves:
        wave["exposure"] = min((before + wave["nodes"]) / total, 1.0) if total else 0.0
    return {
        "name": stage.name,
        "environment": stage.environment,
        "approval": stage.approval,
        "clusters": int(stage.members.sum()),
        "nodes": stage.weight,
        "values": int(there.sum()),
        "minimumSeconds": sum(wave["minimumSeconds"] for wave in waves),
        "waves": waves,
    }


def _wave(number: int, wave: WavePlan, population: Population, there: Bools, node_soak: float) -> dict[str, Any]:
    taking_part = wave.ceiling > 0
    promised = wave.owed.sum(axis=0) > 0 if len(wave.covering) else population.strata[taking_part].sum(axis=0) > 0
    names = [population.names[int(index)] for index in np.flatnonzero(taking_part)]
    return {
        "number": number,
        "name": wave.name,
        "clusters": len(names),
        "clusterNames": names,
        "nodes": wave.nodes,
        "covering": bool(len(wave.covering)),
        "coveredValues": int((promised & there).sum()),
        "uncovered": [str(population.values[int(index)]) for index in np.flatnonzero(there & ~promised)],
        "soakSeconds": wave.soak_seconds,
        "minimumSeconds": wave.soak_seconds + node_soak,
        "approval": wave.approval,
    }


def plan_text(document: dict[str, Any], wide: bool, strata: bool) -> str:
    """The plan as tables, a stage a table (and one of its strata), and what to beware of."""
    what = f"{document['component']} to {document['revision']} under policy {document['policy']}"
    reach = f"{document['clusters']} clusters, {document['nodes']} nodes"
    shortest = f"at least {format_duration(document['minimumSeconds'])} of soaks"
    parts = ["\n".join([what, *document["pace"], f"{reach}, {shortest}", headline(document)])]
    for stage in document["stages"]:
        parts.append(_stage_text(stage, wide))
        if strata:
            parts.append(strata_text(stage))
    if document["gates"]:
        parts.append(gates_text(document["gates"]))
    if document.get("changes"):
        parts.append(changes_text(document["changes"]))
    parts += [*conflict_lines(document), *(f"warning: {warning}" for warning in document["warnings"])]
    return "\n\n".join(parts)


def _stage_text(stage: dict[str, Any], wide: bool) -> str:
    where = f" ({stage['environment']})" if stage["environment"] else ""
    approval = ", begins when approved" if stage["approval"] else ""
    head = f"stage {stage['name']}{where}: {stage['clusters']} clusters, {stage['nodes']} nodes{approval}"
    columns = (
        Column("wave"),
        Column("name"),
        Column("clusters"),
        Column("nodes at most"),
        Column("exposure"),
        Column("values"),
        Column("soak"),
        Column("expected"),
        Column("worst"),
        Column("then"),
        Column("not covered", wide=True),
        Column("cluster names", wide=True),
    )
    return f"{head}\n{render(Table(columns, [_row(wave, stage) for wave in stage['waves']]), wide=wide)}"


def _row(wave: dict[str, Any], stage: dict[str, Any]) -> list[object]:
    covers = "covers" if wave["covering"] else "reaches"
    return [
        f"{wave['number']}/{len(stage['waves'])}",
        wave["name"],
        wave["clusters"],
        wave["nodes"],
        percent(wave["exposure"]),
        f"{covers} {wave['coveredValues']}/{stage['values']}",
        format_duration(wave["soakSeconds"]),
        about(wave["expectedSeconds"]),
        about(wave["worstSeconds"]),
        "approval" if wave["approval"] else "gate",
        ", ".join(wave["uncovered"]),
        _some(wave["clusterNames"]),
    ]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN_NAMES]) + (", …" if len(names) > SHOWN_NAMES else "")
