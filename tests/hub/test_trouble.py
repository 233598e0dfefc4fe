"""Releases in trouble: crashes, partitions, conflicts, dead nodes, harm of every kind of rule."""

from __future__ import annotations

import asyncio

import msgspec
import numpy as np
from tests.hub.house import HOUR, NODES, TWO_WAVES, House, play

from myriarch.api.cluster import Direction
from myriarch.api.policy import FailureAction, FailureRule, ReleasePolicySpec, Unreachable
from myriarch.api.release import Order, Phase
from myriarch.client import refs
from myriarch.client.objects import Raw
from myriarch.fleet.behaviour import Symptom


def _policy(**changes: object) -> ReleasePolicySpec:
    return msgspec.structs.replace(TWO_WAVES, **changes)


async def _second_wave(house: House) -> bool:
    release = await house.get("r")
    return release.status.wave == 1 and house.begun(release.status.attempt) > 6


def test_a_cluster_cut_off_in_a_rollback_goes_back_when_it_is_heard_again_though_all_is_over() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _second_wave(house), step=1.0)
        cluster = house.names()[0]
        house.fleet.set_partition(cluster, True)
        await house.wait(900)
        assert house.at(cluster).get("v2")
        await house.order("r", order=Order.ROLL_BACK)
        release = await house.ended("r")
        assert release.status.phase is Phase.ROLLED_BACK
        assert cluster in release.status.message
        assert (await house.component()).status.active_release == ""
        assert house.at(cluster).get("v2")
        house.fleet.set_partition(cluster, False)
        await house.wait(1800)
        assert house.at(cluster) == {"v1": 8}

    play(story, policy=_policy(unreachable=Unreachable(after="10m", tolerance="100%")))


def test_a_wave_that_harms_is_taken_back_alone_and_a_person_decides() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        bad = next(name for name in house.names() if not house.at(name).get("v2"))
        house.harm("v2", where={"cluster": (bad,)}, delay_seconds=90.0)
        release = await house.phase("r", Phase.PAUSED)
        assert (release.status.reason, release.status.wave) == ("WaveRolledBack", 1)
        assert house.begun(1) > 2
        assert house.at().get("v2", 0) <= 8
        assert house.at(bad) == {"v1": 8}
        await house.wait(2 * HOUR)
        assert (await house.get("r")).status.phase is Phase.PAUSED
        await house.approve("r", "harm/prod/2")
        release = await house.ended("r")
        assert release.status.phase is Phase.SUCCEEDED
        assert house.at(bad) == {"v1": 8}
        assert (await house.grant(bad)).direction is not Direction.FORWARD

    play(story, policy=_policy(failure=FailureRule(tolerance="5%", action=FailureAction.ROLL_BACK_WAVE)))


def test_an_irreversible_component_waits_for_a_person_before_it_goes_back() -> None:
    async def story(house: House) -> None:
        await house.client.patch(refs.COMPONENTS, Raw, "os", {"spec": {"reversible": False}})
        house.harm("v2", where={"environment": ("prod",)}, symptom=Symptom.SLOW, delay_seconds=200.0)
        rules = msgspec.structs.replace(NODES, tolerance="100%")
        await house.client.patch(refs.POLICIES, Raw, "std", {"spec": {"nodes": msgspec.to_builtins(rules)}})
        await house.release("r", "v2")
        await house.phase("r", Phase.ROLLBACK_HELD)
        await house.wait(600)
        held = await house.get("r")
        assert held.status.phase is Phase.ROLLBACK_HELD
        assert house.at()["v2"] == 2
        begun = house.begun(1)
        await house.wait(HOUR)
        assert house.begun(1) == begun
        await house.approve("r", "rollback")
        await house.phase("r", Phase.ROLLED_BACK)
        assert set(house.at()) == {"v1"}

    play(story)


def test_crashes_of_both_sides_at_any_moment_change_no_outcome() -> None:
    async def story(house: House) -> None:
        dice = np.random.default_rng(5)
        await house.release("r", "v2")
        while not (await house.get("r")).status.ended_at:
            who = "controllers" if dice.random() < 0.5 else "agents"
            await house.wait(float(dice.exponential(40.0)))
            await house.hub.crash(who)
            await house.wait(float(dice.exponential(5.0)))
            await house.hub.restart(who)
        await house.wait(300)
        assert (await house.get("r")).status.phase is Phase.SUCCEEDED
        assert [house.at(name) for name in house.names()] == [{"v2": 8}] * 4
        assert (await house.component()).proven_in("prod") == "v2"

    play(story)


def test_people_who_edit_a_release_all_the_time_do_not_keep_it_from_its_way() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")

        async def edit() -> None:
            number = 0
            while True:
                number += 1
                patch = {"metadata": {"annotations": {"note": str(number)}}}
                await house.client.patch(refs.RELEASES, Raw, "r", patch, namespace="default")
                await house.clock.sleep(7.0)

        editing = asyncio.create_task(edit())
        release = await house.ended("r", within=4 * HOUR)
        editing.cancel()
        await asyncio.gather(editing, return_exceptions=True)
        assert release.status.phase is Phase.SUCCEEDED

    play(story)


def test_a_node_that_fails_alone_is_taken_back_alone() -> None:
    async def story(house: House) -> None:
        cluster = house.names()[2]
        house.harm("v2", where={"cluster": (cluster,)}, probability=0.3, delay_seconds=90.0)
        rules = msgspec.structs.replace(NODES, revert_failed_after="30m")
        spec = {"nodes": msgspec.to_builtins(rules), "failure": {"tolerance": "100%"}}
        await house.client.patch(refs.POLICIES, Raw, "std", {"spec": spec})
        await house.release("r", "v2")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.until(lambda: _stands(house, cluster, {"v1": 1, "v2": 7}), within=3 * HOUR)

    play(story)


async def _stands(house: House, cluster: str, wanted: dict[str, int]) -> bool:
    return house.at(cluster) == wanted


def test_dead_nodes_do_not_hold_a_release_and_are_healed_when_they_return() -> None:
    async def story(house: House) -> None:
        cluster = house.names()[0]
        house.fleet.kill_nodes(cluster, [0], house.clock.now())
        await house.wait(60)
        await house.release("r", "v2")
        release = await house.ended("r", within=12 * HOUR)
        assert release.status.phase is Phase.SUCCEEDED
        assert house.at(cluster) == {"v1": 1, "v2": 7}
        house.fleet.heal_nodes(cluster, [0], house.clock.now())
        await house.wait(HOUR)
        assert house.at(cluster) == {"v2": 8}

    play(story)


def test_a_pause_in_the_middle_of_a_wave_lets_no_node_begin_until_it_is_lifted() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _second_wave(house), step=1.0)
        await house.order("r", paused=True)
        await house.wait(2)
        begun = house.begun(1)
        await house.wait(2 * HOUR)
        assert house.begun(1) == begun
        await house.order("r", paused=False)
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    play(story)


def test_what_a_cluster_told_of_an_older_attempt_advances_nothing() -> None:
    async def story(house: House) -> None:
        await house.release("first", "v2")
        await house.ended("first")
        await house.hub.crash("agents")
        await house.release("r", "v3")
        await house.wait(600)
        release = await house.get("r")
        assert (release.status.phase, release.status.wave) == (Phase.ADVANCING, 0)
        assert all(tally.begun == 0 for tally in release.status.environments)
        await house.hub.restart("agents")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    play(story)
