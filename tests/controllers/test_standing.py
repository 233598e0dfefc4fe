"""Standing state: what joins or comes back converges, and nothing is moved that no release has reached."""

from __future__ import annotations

import msgspec
from tests.hub.house import HOUR, NODES, TWO_WAVES, House, play

from myriarch.api.cluster import Cluster, ClusterSpec, Direction, Mode
from myriarch.api.meta import LabelSelector, ObjectMeta
from myriarch.api.policy import ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Order, Phase
from myriarch.client import refs
from myriarch.client.objects import Raw


async def _second_wave(house: House) -> bool:
    release = await house.get("r")
    return release.status.wave == 1 and house.begun(release.status.attempt) > 6


def test_a_node_that_joins_after_a_success_comes_to_the_proven_revision() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.ended("r")
        house.fleet.add_nodes(house.names()[0], 3, house.clock.now())
        await house.wait(1200)
        assert house.at(house.names()[0]) == {"v2": 11}

    play(story)


def test_a_node_that_joins_after_a_rollback_comes_to_the_proven_revision() -> None:
    async def story(house: House) -> None:
        await house.release("good", "v2")
        await house.ended("good")
        await house.release("r", "v3")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.order("r", order=Order.ROLL_BACK)
        await house.ended("r")
        cluster = next(iter(await house.granted("r")))
        house.fleet.add_nodes(cluster, 3, house.clock.now())
        await house.wait(1200)
        assert house.at(cluster) == {"v2": 11}

    play(story)


def test_a_node_that_joins_after_an_abort_comes_to_the_proven_revision() -> None:
    async def story(house: House) -> None:
        await house.release("good", "v2")
        await house.ended("good")
        await house.release("r", "v3")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.order("r", order=Order.ABORT)
        await house.wait(600)
        cluster = next(iter(await house.granted("r")))
        stood = house.at(cluster)
        house.fleet.add_nodes(cluster, 3, house.clock.now())
        await house.wait(1200)
        assert house.at(cluster).get("v3") == stood.get("v3")
        assert house.at(cluster).get("v2", 0) == stood.get("v2", 0) + 3

    play(story)


def test_a_node_that_joins_the_canary_cluster_does_not_widen_the_first_wave() -> None:
    policy = msgspec.structs.replace(
        TWO_WAVES,
        stages=[Stage(name="prod", environment="prod", soak="2h", waves=[Wave(clusters=1, nodes=8), Wave()])],
    )

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        cluster = next(iter(await house.granted("r")))
        house.fleet.add_nodes(cluster, 6, house.clock.now())
        await house.wait(1800)
        assert (await house.get("r")).status.wave == 0
        assert house.begun(1) <= 8
        await house.ended("r")
        await house.wait(1200)
        assert house.at(cluster) == {"v2": 14}

    play(story, policy=policy)


def test_a_release_over_part_of_an_environment_leaves_the_rest_alone() -> None:
    async def story(house: House) -> None:
        chosen = house.names()[0]
        await house.client.patch(refs.CLUSTERS, Raw, chosen, {"metadata": {"labels": {"pilot": "yes"}}})
        policy = ReleasePolicySpec(stages=[Stage(name="prod", environment="prod", soak="1m")], nodes=NODES)
        await house.client.patch(refs.POLICIES, Raw, "std", {"spec": {"stages": msgspec.to_builtins(policy.stages)}})
        await house.release("r", "v2", selector=LabelSelector(match_labels={"pilot": "yes"}))
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
        await house.wait(HOUR)
        assert house.at(chosen) == {"v2": 8}
        assert {key for name in house.names()[1:] for key in house.at(name)} == {"v1"}
        house.fleet.add_nodes(chosen, 2, house.clock.now())
        await house.wait(HOUR)
        assert house.at(chosen) == {"v2": 10}
        await house.release("next", "v3")
        await house.until(lambda: _begun_at(house, chosen, "v3"), step=1.0)
        await house.order("next", order=Order.ROLL_BACK)
        await house.ended("next")
        assert house.at(chosen) == {"v2": 10}

    play(story)


async def _begun_at(house: House, cluster: str, revision: str) -> bool:
    return house.at(cluster).get(revision, 0) > 2


def test_a_cluster_silent_through_a_whole_release_follows_when_it_is_back() -> None:
    async def story(house: House) -> None:
        await house.release("first", "v2")
        await house.ended("first")
        cluster = house.names()[0]
        house.fleet.set_partition(cluster, True)
        await house.wait(2 * HOUR)
        await house.client.patch(
            refs.POLICIES, Raw, "std", {"spec": {"unreachable": {"tolerance": "100%", "after": "10m"}}}
        )
        await house.release("r", "v3")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
        assert house.at(cluster) == {"v2": 8}
        house.fleet.set_partition(cluster, False)
        await house.wait(HOUR)
        assert house.at(cluster) == {"v3": 8}

    play(story)


def test_a_cluster_added_anew_after_an_abort_comes_to_the_proven_revision() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.order("r", order=Order.ABORT)
        await house.wait(600)
        cluster = next(name for name in await house.granted("r") if house.at(name).get("v2"))
        before = await house.cluster(cluster)
        await house.client.delete(refs.CLUSTERS, cluster)
        await house.wait(60)
        anew = Cluster(
            metadata=ObjectMeta(name=cluster, labels=before.metadata.labels), spec=ClusterSpec(environment="prod")
        )
        await house.client.create(refs.CLUSTERS, anew)
        await house.wait(HOUR)
        assert house.at(cluster) == {"v1": 8}

    play(story)


def test_an_observed_cluster_is_counted_and_left_alone() -> None:
    async def story(house: House) -> None:
        cluster = house.names()[0]
        await house.client.patch(refs.CLUSTERS, Raw, cluster, {"spec": {"mode": "Observe"}})
        before = (await house.cluster(cluster)).spec.components
        await house.release("r", "v2")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
        assert house.at(cluster) == {"v1": 8}
        house.fleet.add_nodes(cluster, 2, house.clock.now())
        await house.wait(300)
        found = await house.cluster(cluster)
        assert found.status.nodes == 10
        assert found.spec.components == before
        await house.client.patch(refs.CLUSTERS, Raw, cluster, {"spec": {"mode": Mode.MANAGE}})
        await house.wait(HOUR)
        assert house.at(cluster) == {"v2": 10}

    play(story)


def test_a_cluster_that_took_the_attempt_back_is_not_asked_again_and_its_newcomers_stay_proven() -> None:
    async def story(house: House) -> None:
        bad = house.names()[-1]
        house.harm("v2", where={"cluster": (bad,)}, delay_seconds=90.0)
        await house.client.patch(refs.POLICIES, Raw, "std", {"spec": {"failure": {"tolerance": "100%"}}})
        await house.release("r", "v2")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
        await house.wait(HOUR)
        assert house.at(bad) == {"v1": 8}
        assert (await house.grant(bad)).direction is not Direction.FORWARD
        status = (await house.cluster(bad)).component("os")
        assert status is not None
        assert status.reverted_attempt == 1

    play(story)


def test_a_cluster_object_that_no_agent_serves_does_not_keep_releases_from_starting() -> None:
    async def story(house: House) -> None:
        stranger = Cluster(metadata=ObjectMeta(name="stranger"), spec=ClusterSpec(environment="prod"))
        await house.client.create(refs.CLUSTERS, stranger)
        await house.release("r", "v2")
        assert (await house.ended("r", within=6 * HOUR)).status.phase is Phase.SUCCEEDED

    play(story)


def test_a_cluster_deleted_in_mid_release_does_not_keep_it_from_ending() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.client.delete(refs.CLUSTERS, house.names()[0])
        assert (await house.ended("r", within=6 * HOUR)).status.phase is Phase.SUCCEEDED

    play(story)
