"""The clusters of a fleet file as the hub would show them, for planning without a hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from myriarch.agent.nodes import joint_attributes, strata_counts
from myriarch.api.cluster import Cluster, ClusterSpec, ClusterStatus
from myriarch.api.meta import ObjectMeta
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.load import load_fleet
from myriarch.fleet.spec import FleetSpec


def clusters_of_file(path: Path, pairs: Sequence[Sequence[str]] = ()) -> list[Cluster]:
    """Cluster objects with labels, node counts and strata, ``pairs`` of attributes among them. Raises UserFault for a
    file that is no fleet."""
    return clusters_of_fleet(load_fleet(path), pairs)


def clusters_of_fleet(spec: FleetSpec, pairs: Sequence[Sequence[str]] = ()) -> list[Cluster]:
    """The same of a fleet that was read already."""
    fleet = Fleet(spec)
    return [
        Cluster(
            metadata=ObjectMeta(name=plan.name, labels=dict(plan.labels)),
            spec=ClusterSpec(environment=plan.environment, mirror_of=plan.mirror_of or None),
            status=_status(fleet, plan.name, pairs),
        )
        for plan in fleet.plans
    ]


def _status(fleet: Fleet, cluster: str, pairs: Sequence[Sequence[str]]) -> ClusterStatus:
    """As the cluster's agent would tell it."""
    driver = SimulatedDriver(fleet, cluster)
    attributes, nodes = driver.attributes(), len(driver.names)
    strata = strata_counts(attributes | joint_attributes(attributes, pairs), np.ones(nodes, np.bool_))
    return ClusterStatus(nodes=nodes, ready_nodes=nodes, strata=strata)
