"""From a policy and the fleet's columns to the engine's plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from myriarch.api.cluster import Cluster
from myriarch.api.meta import LabelSelector
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import ReleaseSpec
from myriarch.base.errors import UserFault
from myriarch.controllers.fleet_table import FleetTable
from myriarch.engine.partition import partitions_of
from myriarch.engine.plan import ReleasePlan, plan_release
from myriarch.engine.population import Bools


def plan_table(table: FleetTable, policy: ReleasePolicySpec, selector: LabelSelector | None, seed: int) -> ReleasePlan:
    """The plan over the clusters of ``table``."""
    members = stage_members(table, policy, selector)
    groups: list[list[Bools | None]] = [
        [None if wave.group is None else table.matching(None, wave.group) for wave in stage.waves]
        for stage in policy.stages
    ]
    population = table.population(seed, policy.coverage.pairs)
    budgets = policy.budgets.clusters
    if budgets is not None:
        partitions = partitions_of(budgets, table.labels(budgets.labels), table.size)
        population = replace(population, partitions=partitions)
    return plan_release(policy, population, members, groups)


def plan_for(clusters: Sequence[Cluster], policy: ReleasePolicySpec, spec: ReleaseSpec) -> ReleasePlan:
    """The plan of a release over ``clusters``, without a hub. Raises UserFault where a stage matches none."""
    table = FleetTable.of(clusters)
    faults = empty_stage_faults(table, policy, spec.selector)
    if faults:
        raise faults[0]
    return plan_table(table, policy, spec.selector, spec.seed)


def stage_members(table: FleetTable, policy: ReleasePolicySpec, selector: LabelSelector | None) -> list[Bools]:
    """bool[n] for each stage; a cluster that several stages choose belongs to the first."""
    members: list[Bools] = []
    taken = ~table.present
    for stage in policy.stages:
        chosen = table.matching(stage.environment, stage.selector) & ~taken
        if selector is not None:
            chosen &= table.matching(None, selector)
        taken = taken | chosen
        members.append(chosen)
    return members


def empty_stage_faults(table: FleetTable, policy: ReleasePolicySpec, selector: LabelSelector | None) -> list[UserFault]:
    """A fault for each stage that matches no cluster."""
    faults = []
    for index, members in enumerate(stage_members(table, policy, selector)):
        if not members.any():
            stage = policy.stages[index]
            environments = sorted({cluster.spec.environment for cluster in table.clusters})
            cure = f"Choose among the environments {', '.join(environments) or '(none)'}, or mend the selectors."
            field = f"spec.stages[{index}].environment" if stage.environment else f"spec.stages[{index}].selector"
            faults.append(UserFault(field, stage.environment or stage.name, "matches no cluster", cure))
    return faults
