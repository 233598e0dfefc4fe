"""Pairs of attributes that a policy names are counted by agents and covered; what no canary met is told."""

from __future__ import annotations

import msgspec
import numpy as np
from tests.hub.house import COMPONENT, HOUR, NODES, House, play, small_spec

from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import Coverage, FailureRule, ReleasePolicy, ReleasePolicySpec, Stage, Unreachable, Wave
from myriarch.api.release import Phase
from myriarch.client import refs

COVERED = ReleasePolicySpec(
    stages=[Stage(name="prod", environment="prod", soak="10m", waves=[Wave(clusters="cover", nodes="cover"), Wave()])],
    coverage=Coverage(per_value=1),
    nodes=NODES,
    failure=FailureRule(tolerance="50%"),
    unreachable=Unreachable(tolerance="100%", after="30m"),
)
PAIRED = msgspec.structs.replace(COVERED, coverage=Coverage(per_value=1, pairs=[["zone", "kernel"], ["role", "os"]]))


def joint(house: House, cluster: str) -> dict[str, int]:
    attributes = house.fleet.cluster(cluster).attributes
    kernel, zone = attributes["kernel"], attributes["zone"]
    found: dict[str, int] = {}
    for one, other in zip(kernel.codes, zone.codes, strict=True):
        name = f"{kernel.values[int(one)]}+{zone.values[int(other)]}"
        found[name] = found.get(name, 0) + 1
    return found


def test_pairs_are_counted_covered_and_forgotten() -> None:
    async def story(house: House) -> None:
        for cluster in await house.clusters():
            assert cluster.spec.pairs == [["kernel", "zone"]], "what involves clusters the hub works out"
            assert cluster.status.strata["kernel+zone"] == joint(house, cluster.name)
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        grants = await house.granted("r")
        owed = {(each.attribute, each.value) for grant in grants.values() for each in grant.cover}
        pairs = {name for cluster in house.names() for name in joint(house, cluster)}
        assert {value for attribute, value in owed if attribute == "kernel+zone"} == pairs
        met = {pair for cluster in grants for pair in begun_pairs(house, cluster)}
        assert met == pairs, "each pair has a canary"
        release = await house.phase("r", Phase.SUCCEEDED)
        assert (release.status.uncovered, release.status.uncovered_count) == ([], 0)
        await house.client.delete(refs.POLICIES, "std")
        await house.wait(HOUR)
        for cluster in await house.clusters():
            assert cluster.spec.pairs == []
            assert "kernel+zone" not in cluster.status.strata

    play(story, policy=PAIRED, spec=small_spec(8, 12))


def begun_pairs(house: House, cluster: str) -> set[str]:
    view = house.fleet.cluster(cluster)
    seen = view.observe(COMPONENT)
    kernel, zone = view.attributes["kernel"], view.attributes["zone"]
    return {
        f"{kernel.values[int(kernel.codes[node])]}+{zone.values[int(zone.codes[node])]}"
        for node in np.flatnonzero(seen.attempt == 1)
    }


def test_a_release_waits_until_its_new_pairs_are_counted() -> None:
    async def story(house: House) -> None:
        policy = ReleasePolicy(metadata=ObjectMeta(name="paired"), spec=PAIRED)
        house.fleet.set_partition(house.names()[0], True)
        await house.client.create(refs.POLICIES, policy)
        await house.release("r", "v2", policy="paired")
        await house.wait(30)
        waits = (await house.get("r")).status
        assert waits.phase is Phase.PENDING
        assert f"have not counted the policy's pairs of attributes yet: {house.names()[0]}" in waits.message
        house.fleet.set_partition(house.names()[0], False)
        await house.phase("r", Phase.ADVANCING)
        assert all("kernel+zone" in cluster.status.strata for cluster in await house.clusters())

    play(story, policy=COVERED)


def test_values_without_a_healthy_node_are_told() -> None:
    """Every node with one kernel is dead from the beginning: the release goes on, and says what it didn't see."""

    async def story(house: House) -> None:
        lost = rarest_kernel(house)
        for cluster in house.names():
            kernel = house.fleet.cluster(cluster).attributes["kernel"]
            dead = [node for node, code in enumerate(kernel.codes) if kernel.values[int(code)] == lost]
            if dead:
                house.fleet.kill_nodes(cluster, dead, house.clock.now())
        await house.wait(600)
        await house.release("r", "v2")
        release = await house.phase("r", Phase.SOAKING)
        found = {(each.stage, each.attribute, each.value): each.why for each in release.status.uncovered}
        assert "has no healthy node with it" in found["prod", "kernel", lost]
        told = release.status.uncovered
        assert ("prod", "kernel", "none") not in found
        release = await house.phase("r", Phase.SUCCEEDED)
        assert release.status.uncovered == told, "it stays told"
        assert release.status.uncovered_count == len(told)

    play(story, policy=COVERED, spec=small_spec(8, 12))


def rarest_kernel(house: House) -> str:
    counts: dict[str, int] = {}
    for cluster in house.names():
        kernel = house.fleet.cluster(cluster).attributes["kernel"]
        for code in kernel.codes:
            counts[kernel.values[int(code)]] = counts.get(kernel.values[int(code)], 0) + 1
    return min(counts, key=lambda name: (counts[name], name))


def test_values_of_silent_clusters_are_told() -> None:
    async def story(house: House) -> None:
        for cluster in house.names():
            house.fleet.set_partition(cluster, True)
        await house.wait(900)
        await house.release("r", "v2")
        release = await house.phase("r", Phase.SOAKING)
        assert release.status.uncovered
        assert release.status.uncovered_count >= len(release.status.uncovered)
        assert all(" is not heard" in each.why for each in release.status.uncovered)

    play(story, policy=COVERED)


def test_harm_to_one_pair_is_met_by_the_canaries_and_named() -> None:
    policy = msgspec.structs.replace(
        PAIRED, coverage=Coverage(per_value=3, pairs=[["zone", "kernel"]]), failure=FailureRule(tolerance="1%")
    )

    async def story(house: House) -> None:
        pairs = sorted({name for cluster in house.names() for name in joint(house, cluster)})
        kernel, zone = pairs[0].split("+")
        house.harm("v2", where={"kernel": (kernel,), "zone": (zone,)}, delay_seconds=60.0)
        await house.release("r", "v2")
        release = await house.ended("r")
        assert release.status.phase is Phase.ROLLED_BACK
        assert release.status.timeline[-1].wave == 0
        assert release.status.blame == {"kernel": kernel, "zone": zone}

    play(story, policy=policy, spec=small_spec(8, 40))
