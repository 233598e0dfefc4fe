"""A cluster gives way by what its updated nodes cost: the larger it is, the fewer it takes."""

from __future__ import annotations

import numpy as np
import pytest

from rollout.effects import Strike, draw_strikes
from rollout.fleet import Fleet, build_fleet
from rollout.loading import INCIDENTS, load_file
from rollout.overload import Overload

LATER = 1e9
SMALL_NODES = 99


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return build_fleet(1)


@pytest.fixture(scope="module")
def strikes(fleet: Fleet) -> tuple[Strike, ...]:
    (scenario,) = load_file(INCIDENTS / "openai-2024-12.yaml")
    return draw_strikes(fleet, scenario, scenario.effects, "effects")


def breaking_point(fleet: Fleet, strikes: tuple[Strike, ...], cluster: int) -> int:
    """How many updated nodes it takes until the cluster is down; more than it has where it never is."""
    nodes = np.flatnonzero(fleet.cluster == cluster)
    for count in range(len(nodes) + 1):
        updated = np.zeros(fleet.nodes, np.bool_)
        updated[nodes[:count]] = True
        overload = Overload(fleet, strikes)
        overload.watch(updated, 0.0)
        overload.watch(updated, LATER)
        down = overload.nodes()
        if down.any():
            assert np.array_equal(down, fleet.cluster == cluster), "all its nodes, and no other's"
            return count
    return len(nodes) + 1


def test_the_larger_the_cluster_the_fewer_updated_nodes_it_bears(fleet: Fleet, strikes: tuple[Strike, ...]) -> None:
    production = np.flatnonzero(fleet.cluster_production)
    by_size = production[np.argsort(fleet.size[production], kind="stable")]
    largest, middle = by_size[-1], by_size[np.searchsorted(fleet.size[by_size], 2 * SMALL_NODES)]
    bears = [breaking_point(fleet, strikes, int(cluster)) for cluster in (largest, middle)]
    assert bears[0] < bears[1] <= SMALL_NODES
    small = by_size[np.searchsorted(fleet.size[by_size], SMALL_NODES, side="right") - 1]
    assert breaking_point(fleet, strikes, int(small)) > fleet.size[small], "up to the bound none ever gives way"


def test_it_takes_as_long_as_the_delay_and_ends_when_nodes_are_taken_back(
    fleet: Fleet, strikes: tuple[Strike, ...]
) -> None:
    cluster = int(np.argmax(fleet.size))
    updated = fleet.cluster == cluster
    overload = Overload(fleet, strikes)
    overload.watch(updated, 0.0)
    assert not overload.nodes().any()
    begins = overload.next_change(0.0)
    assert begins == strikes[0].delay_seconds[fleet.first[cluster]]
    overload.watch(updated, begins)
    assert overload.nodes().any()
    overload.watch(np.zeros(fleet.nodes, np.bool_), begins)
    assert not overload.nodes().any()
