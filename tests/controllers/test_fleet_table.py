"""What clusters are: strata that all their nodes share, told by labels and by what is known of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from myriarch.api.cluster import Cluster, ClusterSpec, ClusterStatus
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import Coverage, ReleasePolicySpec, Stage, Wave
from myriarch.api.strata import NODE_ATTRIBUTES
from myriarch.controllers.fleet_table import FleetTable, shared_values
from myriarch.controllers.release.planning import plan_table
from myriarch.drivers.strata import READERS
from myriarch.fleet.plan import STORED_ATTRIBUTES


def cluster(name: str, labels: dict[str, str] | None = None, environment: str = "prod", **status: Any) -> Cluster:
    told: dict[str, Any] = {"nodes": 10, "ready_nodes": 10, **status}
    return Cluster(
        metadata=ObjectMeta(name=name, labels=labels or {}),
        spec=ClusterSpec(environment=environment),
        status=ClusterStatus(**told),
    )


@pytest.mark.parametrize(
    ("labels", "status", "found"),
    [
        ({}, {}, {"sizeClass": "small"}),
        ({}, {"nodes": 0}, {}),
        ({}, {"nodes": 1200}, {"sizeClass": "xlarge"}),
        ({"myriarch.io/size-class": "medium"}, {"nodes": 1200}, {"sizeClass": "medium"}),
        (
            {"myriarch.io/role": "web", "myriarch.io/add-ons": "mesh.waf", "myriarch.io/cni": ""},
            {},
            {"role": "web", "addOns": "mesh.waf", "sizeClass": "small"},
        ),
        (
            {},
            {"kubernetes_version": "v1.34.2", "strata": {"kubernetesMinor": {"1.34": 4, "1.33": 6}}},
            {"sizeClass": "small", "controlPlaneMinor": "1.34"},
        ),
        (
            {},
            {"kubernetes_version": "v1.34.2", "strata": {"kubernetesMinor": {"1.34": 10}}},
            {"sizeClass": "small"},
        ),
    ],
)
def test_what_all_nodes_of_a_cluster_share(
    labels: dict[str, str], status: dict[str, Any], found: dict[str, str]
) -> None:
    assert shared_values(cluster("a", labels, **status)) == {"environment": "prod", **found}


def test_every_attribute_that_drivers_tell_may_be_named() -> None:
    assert {*READERS, *STORED_ATTRIBUTES} == NODE_ATTRIBUTES


def test_a_first_wave_covers_what_clusters_are_and_later_ones_hold_it_in_proportion() -> None:
    clusters = [cluster(f"a{n}", {"myriarch.io/provider": "aws"}) for n in range(36)]
    clusters += [cluster(f"m{n}", {"myriarch.io/provider": "metal", "myriarch.io/role": "db"}) for n in range(4)]
    waves = [Wave(clusters="cover", nodes="cover"), Wave(clusters="50%"), Wave()]
    policy = ReleasePolicySpec(stages=[Stage(name="prod", environment="prod", waves=waves)], coverage=Coverage())
    table = FleetTable.of(clusters)
    for seed in range(5):
        first, half, _ = plan_table(table, policy, None, seed).stages[0].waves
        owed = {str(value): int(n) for value, n in zip(table.values, first.owed.sum(axis=0), strict=True)}
        assert owed == {
            "environment=prod": 0, "provider=aws": 2, "sizeClass=small": 0, "provider=metal": 2, "role=db": 2
        }  # fmt: skip
        assert len(first.covering) == 2
        inside = np.flatnonzero(half.ceiling)
        assert len(inside) == 20
        assert 1 <= (inside >= 36).sum() <= 3, "of four at one provider about half"


def test_a_change_of_a_label_changes_the_plan_of_that_cluster_alone() -> None:
    clusters = [cluster(f"a{n}", {"myriarch.io/provider": "aws"}) for n in range(100)]
    policy = ReleasePolicySpec(stages=[Stage(name="prod", environment="prod", waves=[Wave(clusters="30%"), Wave()])])
    before = plan_table(FleetTable.of(clusters), policy, None, 1).stages[0].waves[0].ceiling > 0
    clusters[3] = cluster("a3", {"myriarch.io/provider": "gcp"})
    after = plan_table(FleetTable.of(clusters), policy, None, 1).stages[0].waves[0].ceiling > 0
    assert (before != after).sum() <= 4
