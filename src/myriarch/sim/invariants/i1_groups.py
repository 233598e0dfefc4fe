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
from myriarch.base.durations import parse_duration
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
from myriarch.engine.rules import LONG_DEAD_SECONDS
from myriarch.fleet.node_labels import label_values
from myriarch.sim.invariants.checker import Checker
from myriarch.sim.truth import Bools, Nodes, state_of
from myriarch.sim.witness import Granted


class GroupBudget(Checker):
    name = "I1"

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        size = before.size
        began = after.moving.copy()
        began[:size] &= ~before.moving & before.ready & before.present
        began[size:] = False
        if not began.any():
            return
        faults = []
        for budgets in self._granted(after, int(after.part["attempt"][began].min())):
            if budgets is None:
                return
            columns = self._node_labels(after, budgets)
            down = after.present & (~after.ready | after.moving) & ~_long_down(after, budgets)
            faults.append(next(broken(budgets, columns, after.present, down, after.moving, began), ""))
        if faults and all(faults):
            self.broken(after.at, f"{after.cluster}: {faults[0]}")

    def _granted(self, after: Nodes, attempt: int) -> list[Budgets | None]:
        """Budgets under which nodes of ``attempt`` may move: those of its grants, and of all later ones."""
        found: list[Budgets | None] = []
        for each in self.seen.grants.get((after.cluster, after.component), []):
            if each.grant.attempt >= attempt and each.grant.budgets not in found:
                found.append(each.grant.budgets)
        return found

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
        flying = np.array([_in_flight(cluster, written.grant) for cluster in clusters], np.bool_)
        columns = {key: label_column([c.metadata.labels.get(key) for c in clusters]) for key in budgets.labels}
        new = np.array([cluster.name == written.cluster for cluster in clusters], np.bool_)
        for fault in broken(budgets, columns, np.ones(len(clusters), np.bool_), flying, flying, new):
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


def _long_down(after: Nodes, budgets: Budgets) -> Bools:
    seconds = LONG_DEAD_SECONDS if budgets.dead is None else parse_duration(budgets.dead.after)
    found: Bools = ~after.ready & ~after.moving & (after.at - after.base["since"] >= seconds)
    return found


def _further(grants: list[Granted]) -> bool:
    """Whether the last grant lets its cluster go forward for the first time, or further."""
    last, before = grants[-1].grant, grants[-2].grant if len(grants) > 1 else None
    if last.direction is not Direction.FORWARD or last.proven:
        return False
    return before is None or before.attempt != last.attempt or last.ceiling > before.ceiling


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
