"""The clusters of a fleet file as the hub would show them, for planning without a hub."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from myriarch.api.cluster import Cluster, ClusterSpec, ClusterStatus
from myriarch.api.meta import ObjectMeta
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.load import load_fleet


def clusters_of_file(path: Path) -> list[Cluster]:
    """Cluster objects with labels, node counts and strata. Raises UserFault for a file that is no fleet."""
    fleet = Fleet(load_fleet(path))
    return [
        Cluster(
            metadata=ObjectMeta(name=plan.name, labels=dict(plan.labels)),
            spec=ClusterSpec(environment=plan.environment, mirror_of=plan.mirror_of or None),
            status=ClusterStatus(nodes=len(plan.nodes), ready_nodes=len(plan.nodes), strata=_strata(fleet, plan.name)),
        )
        for plan in fleet.plans
    ]


def _strata(fleet: Fleet, cluster: str) -> dict[str, dict[str, int]]:
    strata: dict[str, dict[str, int]] = {}
    for attribute, column in fleet.cluster(cluster).attributes.items():
        counts = np.bincount(column.codes, minlength=len(column.values))
        strata[attribute] = {
            value: int(count) for value, count in zip(column.values, counts, strict=True) if value and count
        }
    return strata
