"""Plans: deterministic, of the right size, and mirrors that miss nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myriarch.base.errors import UserFault
from myriarch.fleet.build import build, plan_fleet
from myriarch.fleet.defaults import default_spec, uniform_spec
from myriarch.fleet.plan import STORED_ATTRIBUTES, size_class
from myriarch.fleet.shapes import default_shapes


def _summary(clusters: int, seed: int) -> list[tuple[object, ...]]:
    return [(p.name, tuple(p.labels.items()), p.nodes.tobytes()) for p in build(default_spec(clusters, seed))]


def test_same_seed_same_fleet_and_another_seed_another() -> None:
    assert _summary(30, 1) == _summary(30, 1)
    assert _summary(30, 1) != _summary(30, 2)


def test_default_fleet_has_a_hundred_nodes_a_cluster_and_a_heavy_tail() -> None:
    sizes = np.array([len(plan.nodes) for plan in build(default_spec(1000, 5))])
    assert 90_000 < sizes.sum() < 110_000
    assert sizes.max() > 5 * sizes.mean()
    assert np.median(sizes) < 0.8 * sizes.mean()


def test_uniform_fleet_is_exact() -> None:
    assert {len(plan.nodes) for plan in build(uniform_spec(50, 40, 3))} == {40}


@settings(max_examples=40, deadline=None)
@given(clusters=st.integers(2, 120), seed=st.integers(0, 2**32))
def test_a_mirror_has_every_value_of_every_node_attribute(clusters: int, seed: int) -> None:
    plans = build(default_spec(clusters, seed))
    real = np.concatenate([plan.nodes for plan in plans if plan.environment == "prod"])
    rehearsed = np.concatenate([plan.nodes for plan in plans if plan.environment == "sim"])
    for attribute in STORED_ATTRIBUTES:
        assert set(real[attribute].tolist()) <= set(rehearsed[attribute].tolist())


def test_the_simulated_environment_is_about_a_tenth_and_names_what_it_mirrors() -> None:
    plans = build(default_spec(200, 9))
    real = {plan.name: plan for plan in plans if plan.environment == "prod"}
    mirrors = [plan for plan in plans if plan.environment == "sim"]
    assert len(mirrors) == 20
    assert all(real[plan.mirror_of].region == plan.region for plan in mirrors)


def test_names_are_unique_and_labels_complete() -> None:
    plans = build(default_spec(100, 4))
    assert len({plan.name for plan in plans}) == 100
    for plan in plans:
        assert plan.labels["myriarch.io/environment"] == plan.environment
        assert plan.labels["myriarch.io/size-class"] == size_class(len(plan.nodes))
        assert plan.labels["topology.kubernetes.io/region"] == plan.region


def test_zones_belong_to_the_region_of_the_cluster() -> None:
    plan = plan_fleet(default_spec(40, 4))
    for cluster in plan.clusters:
        if not cluster.mirror_of:
            zones = {plan.vocabulary.values["zone"][code] for code in cluster.nodes["zone"]}
            assert all(zone.startswith(cluster.region) for zone in zones)


@pytest.mark.parametrize(("nodes", "name"), [(19, "small"), (20, "medium"), (100, "large"), (500, "xlarge")])
def test_size_classes(nodes: int, name: str) -> None:
    assert size_class(nodes) == name


def test_too_few_clusters_is_a_user_fault() -> None:
    with pytest.raises(UserFault, match=r"spec\.clusters\.count: 1"):
        build(default_spec(1, 0))


def test_default_shapes_are_the_real_inventory() -> None:
    shapes = default_shapes()
    assert sum(shape.count for shape in shapes) == 1523
    assert shapes[0].name == "c96-m384-g8-G2"


def test_the_fleet_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from hashlib import sha256\n"
        "from myriarch.fleet.defaults import default_spec\n"
        "from myriarch.fleet.fleet import Fleet\n"
        "f = Fleet(default_spec(12, 3)); f.set_base('a', 'v1')\n"
        "for c in f.cluster_names(): f.cluster(c).install('a', range(3), 'v2', 1, f.now)\n"
        "f.advance_to(f.now + 5e6)\n"
        "shown = [f.render_node(c, n) for c in f.cluster_names() for n in f.node_names(c)[:5]]\n"
        "print(sha256(repr((f.next_event(), shown)).encode()).hexdigest())\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(printed) == 1
