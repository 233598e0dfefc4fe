"""A fleet in which the cause of every failure is known: releases that roll out by waves, outages, a background.

Places are the nodes of one cluster in one rack. Releases come to clusters in seeded waves; a guilty one makes a share
of the nodes that it has reached fail after a delay. An ambient cause strikes a zone or a rack at a moment. The judge
is asked at ``now``, soon after the cause has shown itself, as the release controller would.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from myriarch.engine.blame.cause import find_cause
from myriarch.engine.blame.signals import HOUR, Arrival, Background, Domain, Failures, Places
from myriarch.engine.blame.verdict import CauseVerdict
from myriarch.engine.population import Floats

CLUSTERS, ZONES, RACKS_A_ZONE = 40, 6, 12
START = 1_700_000_000.0
DAY = 24 * HOUR
NEVER = np.inf
USUAL_RATE = 2e-4

Rng = np.random.Generator


@dataclass(frozen=True)
class Node:
    """Columns of n nodes: cluster, zone, rack and place of each."""

    cluster: NDArray[np.int64]
    zone: NDArray[np.int64]
    rack: NDArray[np.int64]
    place: NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """Nodes, their places, when each release comes to each node float64[r, n], when each node fails float64[n]."""

    node: Node
    places: Places
    come: Floats
    fails: Floats


def make_world(rng: Rng, releases: int = 3) -> World:
    """A fleet with so many releases underway that harm nobody, and no failure yet."""
    sizes = rng.integers(20, 120, CLUSTERS)
    cluster = np.repeat(np.arange(CLUSTERS), sizes)
    zones = np.stack([rng.choice(ZONES, 3, replace=False) for _ in range(CLUSTERS)])
    zone = zones[cluster, rng.integers(0, 3, len(cluster))]
    # A cluster's nodes in a zone stand in two of its racks.
    pairs = rng.integers(0, RACKS_A_ZONE, (CLUSTERS, ZONES, 2))
    rack = zone * RACKS_A_ZONE + pairs[cluster, zone, rng.integers(0, 2, len(cluster))]
    keys, place = np.unique(np.stack([cluster, rack]), axis=1, return_inverse=True)
    place = place.reshape(-1)
    names = [f"c{c}/r{r}" for c, r in keys.T]
    domains = (
        Domain("zone", [f"z{z}" for z in range(ZONES)], keys[1] // RACKS_A_ZONE),
        Domain("rack", [f"r{r}" for r in range(ZONES * RACKS_A_ZONE)], keys[1]),
    )
    places = Places(names, np.bincount(place, minlength=len(names)), domains)
    come = np.stack([roll_out(rng, cluster) for _ in range(releases)])
    return World(Node(cluster, zone, rack, place), places, come, np.full(len(cluster), NEVER))


def roll_out(rng: Rng, cluster: NDArray[np.int64]) -> Floats:
    """When a release comes to each node: a first wave of few nodes in few clusters, then clusters by waves."""
    began = START + rng.uniform(0, 2 * DAY)
    rank = rng.permutation(CLUSTERS)[cluster]
    gaps = np.cumsum(np.concatenate([[0.0], rng.uniform(1, 12, 4)])) * HOUR
    wave = np.searchsorted([3, 8, 16, 28], rank, side="right")
    come = began + gaps[wave] + rng.uniform(0, 1, len(cluster)) * HOUR
    canary = (wave == 0) & (rng.random(len(cluster)) < 0.2)
    return np.where((wave == 0) & ~canary, began + gaps[1] + rng.uniform(0, 1, len(cluster)) * HOUR, come)


def struck(world: World, fails: Floats) -> World:
    """With further failures; a node fails once, by what comes first."""
    return replace(world, fails=np.minimum(world.fails, fails))


def by_release(rng: Rng, world: World, index: int, share: float, delay: Floats) -> World:
    """A share of the nodes fail a delay (seconds, float64[n]) after the release has come."""
    hit = rng.random(len(world.fails)) < share
    return struck(world, np.where(hit, world.come[index] + delay[: len(hit)], NEVER))


def by_outage(rng: Rng, world: World, inside: NDArray[np.bool_], share: float, at: float, lasts: float) -> World:
    """A share of the nodes inside fail within so many seconds of a moment."""
    hit = inside & (rng.random(len(world.fails)) < share)
    return struck(world, np.where(hit, at + rng.uniform(0, lasts, len(hit)), NEVER))


def with_background(rng: Rng, world: World, rate: float) -> World:
    """Every node may fail on its own, so often an hour."""
    return struck(world, START + rng.exponential(HOUR / rate, len(world.fails)))


def shown_at(rng: Rng, world: World, symptoms: int) -> float:
    """When so many nodes have failed, and up to half an hour later: to be asked before the background is added."""
    failed = np.sort(world.fails[np.isfinite(world.fails)])
    return float(failed[min(symptoms, len(failed)) - 1] + rng.uniform(0, 0.5) * HOUR)


def judge(world: World, now: float, history: Background | None = None, exact: bool = True) -> CauseVerdict:
    """The verdict on all releases at ``now``."""
    node, places = world.node, world.places
    failed = np.flatnonzero(world.fails <= now)
    minutes = np.floor(world.come / 600) * 600  # agents tell now and then
    arrivals = [arrival(f"release-{index}", come, node.place, now) for index, come in enumerate(minutes)]
    begun = np.where(world.come[:, failed] <= world.fails[failed], minutes[:, failed], np.inf).T if exact else None
    failures = Failures(world.fails[failed], node.place[failed], np.ones(len(failed), np.int64), begun)
    return find_cause(places, arrivals, failures, history or Background(200.0, 200.0 / USUAL_RATE), START, now)


def arrival(release: str, come: Floats, place: NDArray[np.int64], now: float) -> Arrival:
    """How a release came, as agents tell it."""
    here = np.flatnonzero(come <= now)
    keys, nodes = np.unique(np.stack([come[here], place[here].astype(np.float64)]), axis=1, return_counts=True)
    return Arrival(release, keys[0], keys[1].astype(np.int64), nodes.astype(np.int64))
