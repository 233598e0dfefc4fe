"""I1 for budgets by label: no group of nodes, or of clusters, has more out at once than its budget lets.

Nodes are judged by the fleet's columns, when some that were available begin to move. Clusters are judged by the hub's
objects, when a grant lets one go forward, or further: in flight is then who was granted more than it has told to be
done. Where grants of several policies are in force, one of them must be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from myriarch.api.budgets import Budgets
from myriarch.api.cluster import Cluster, Direction, Grant
from myriarch.controllers.fleet_table import silent_since
from myriarch.engine.amounts import parse_amount
from myriarch.engine.partition import (
    LabelColumn,
    Partition,
    domain_key,
    gang_key,
    label_column,
    partitions_of,
    role_key,
)
from myriarch.fleet.node_labels import label_values
from myriarch.sim.invariants.checker import Checker
from myriarch.sim.invariants.moves import beginning, flying, grants_behind, out
from myriarch.sim.truth import Bools, Nodes, state_of
from myriarch.sim.witness import Granted


class GroupBudget(Checker):
    name = "I1"

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        began = beginning(before, after)
        if not began.any():
            return
        faults: dict[str, str] = {}
        moving = flying(self.witness, after)
        for grant in grants_behind(self.seen, after, began):
            budgets = grant.budgets
            if budgets is None:
                return
            columns = self._node_labels(after, budgets)
            down = out(after, moving, [grant])
            faults[repr(budgets)] = next(broken(budgets, columns, after.present, down, moving, began), "")
        if faults and all(faults.values()):
            self.broken(after.at, f"{after.cluster}: {next(iter(faults.values()))}")

    def _node_labels(self, after: Nodes, budgets: Budgets) -> dict[str, LabelColumn]:
        fleet = self.witness.fleet
        state = state_of(fleet, after.cluster)
        return {key: label_column(label_values(fleet.world, state, key)[: after.size]) for key in budgets.labels}

    def granted(self, written: Granted) -> None:
        grants = self.seen.grants[written.cluster, written.grant.component]
        release = self.seen.release_of(written.grant.component, written.grant.attempt)
        policy = release.status.policy if release is not None else None
        if policy is None or policy.budgets.clusters is None or not _further(grants):
            return
        budgets, clusters = policy.budgets.clusters, list(self.seen.clusters.values())
        busy = np.array([_in_flight(cluster, written.grant) for cluster in clusters], np.bool_)
        columns = {key: label_column([c.metadata.labels.get(key) for c in clusters]) for key in budgets.labels}
        new = np.array([cluster.name == written.cluster for cluster in clusters], np.bool_)
        for fault in broken(budgets, columns, np.ones(len(clusters), np.bool_), busy, busy, new):
            self.broken(written.at, f"clusters in flight: {fault}")


def broken(
    budgets: Budgets, columns: Mapping[str, LabelColumn], present: Bools, out: Bools, flying: Bools, new: Bools
) -> Iterator[str]:
    """Every budget by groups that the ``new`` units broke: ``out`` and ``flying`` count them too."""
    partitions = partitions_of(budgets, columns, len(present))
    limits: list[tuple[str, int | str | None]] = [(domain_key(d.label), d.max_unavailable) for d in budgets.domains]
    limits += [(role_key(role.name), role.max_unavailable) for role in budgets.roles]
    limits += [
        (gang_key(g.label, g.kind), 1) for g in budgets.gangs if not partitions[gang_key(g.label, g.kind)].same_wave
    ]
    for key, amount in limits:
        for group in _groups(partitions[key], new):
            here = partitions[key].group == group
            most = len(present) if amount is None else parse_amount(amount, key).at_most(int((here & present).sum()))
            count = int((here & out).sum())
            if count > most:
                yield f"{key}: {count} of {int((here & present).sum())} out, {most} may"
    for domain in budgets.domains:
        if domain.max_domains is not None:
            partition = partitions[domain_key(domain.label)]
            most = parse_amount(domain.max_domains, "").at_most(len(_groups(partition, present)))
            opened = _groups(partition, flying)
            if len(opened) > most and not set(_groups(partition, new)) <= set(_groups(partition, flying & ~new)):
                yield f"{domain.label}: {len(opened)} domains in flight, {most} may"


def _groups(partition: Partition, chosen: Bools) -> list[int]:
    return [group for group in np.unique(partition.group[chosen]).tolist() if group >= 0]


def _further(grants: list[Granted]) -> bool:
    """Whether the last grant lets its cluster go forward for the first time, or further."""
    last, before = grants[-1].grant, grants[-2].grant if len(grants) > 1 else None
    if last.direction is not Direction.FORWARD or last.proven:
        return False
    if before is None or before.attempt != last.attempt:
        return True
    return last.ceiling > before.ceiling and not before.all_nodes  # of all nodes, newcomers are a part anyway


def _in_flight(cluster: Cluster, of: Grant) -> bool:
    """Whether the cluster was granted more of the same attempt than it has told to be done. Of one that can't be heard
    nobody knows."""
    if silent_since(cluster) < float("inf"):
        return False
    held, told = cluster.grant(of.component), cluster.component(of.component)
    if held is None or held.attempt != of.attempt or held.direction is not Direction.FORWARD:
        return False
    done = told is not None and told.attempt == of.attempt and told.observed_ceiling == held.ceiling and told.settled
    return not done
