"""Release trains: cars one behind the other, together to the end, and together back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.hub.house import COMPONENT, HOUR, NODES, House, play
from tests.hub.test_after import APP, add_app, stands

from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import Concurrency, FailureRule, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Order, Phase, Release
from myriarch.api.releasetrain import Car, OnFailure, ReleaseTrain, ReleaseTrainSpec, TrainPhase
from myriarch.client import refs
from myriarch.client.errors import ApiError
from myriarch.client.objects import Raw
from myriarch.fleet.behaviour import Behaviour, Effect, Symptom

TWO_STAGES = ReleasePolicySpec(
    stages=[
        Stage(name="sim", environment="sim", soak="5m", waves=[Wave()]),
        Stage(name="prod", environment="prod", soak="10m", waves=[Wave(clusters=1), Wave()]),
    ],
    nodes=NODES,
    failure=FailureRule(tolerance="10%"),
    concurrency=Concurrency(rollback="100%"),
)
CARS = (Car(component=APP, revision="a2"), Car(component=COMPONENT, revision="v2"))
"""As people write them: the app comes after the os all the same."""


async def train(house: House, name: str = "t", cars: tuple[Car, ...] = CARS, **spec: Any) -> None:
    wanted = ReleaseTrainSpec(cars=list(cars), policy="std", seed=7, **spec)
    made = ReleaseTrain(metadata=ObjectMeta(name=name, namespace="default"), spec=wanted)
    await house.client.create(refs.TRAINS, made)


async def seen(house: House, name: str = "t") -> ReleaseTrain:
    return await house.client.get(refs.TRAINS, ReleaseTrain, name, "default")


async def ended(house: House, name: str = "t") -> ReleaseTrain:
    async def has_ended() -> ReleaseTrain | None:
        found = await seen(house, name)
        return found if found.status.ended_at else None

    found: ReleaseTrain = await house.until(has_ended, step=60.0)
    await house.wait(120)
    return found


async def order(house: House, name: str = "t", **spec: Any) -> None:
    await house.client.patch(refs.TRAINS, Raw, name, {"spec": msgspec.to_builtins(spec)}, namespace="default")


def harm_app(house: House, **effect: Any) -> None:
    """The app's nodes fail on their way: that alone is no failure of the os on the same nodes."""
    given = {"symptom": Symptom.UPDATE_FAILS, "where": {"environment": ("prod",)}, **effect}
    house.fleet.set_behaviour(APP, "a2", Behaviour(effects=(Effect(**given),)))


def test_cars_run_one_behind_the_other_stage_by_stage_and_end_together() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        await train(house)
        simulated = house.names("sim")[0]
        told: list[str] = []
        while not (await seen(house)).status.ended_at:
            await house.wait(20)
            status = (await seen(house)).status
            told += [status.car] if status.car not in told[-1:] else []
            first, second = await house.get("t-os"), await house.get("t-app")
            if await stands(house, APP, simulated, "a2"):
                assert first.status.stage_name == "prod"
            if any([await stands(house, APP, name, "a2") for name in house.names()]):
                assert [house.at(name) for name in house.names()] == [{"v2": 8}] * 4
            if first.status.phase is Phase.SUCCEEDED:
                assert second.status.phase is Phase.SUCCEEDED
        status = (await ended(house)).status
        assert (status.phase, [row.component for row in status.cars]) == (TrainPhase.SUCCEEDED, [COMPONENT, APP])
        assert told[:2] == [COMPONENT, APP]
        assert (await house.component()).proven_in("prod") == "v2"
        assert [await stands(house, APP, name, "a2") for name in house.names()] == [8] * 4

    play(story, policy=TWO_STAGES)


def test_when_the_second_car_harms_the_first_goes_back_too_behind_it() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        harm_app(house)
        await train(house)
        while not (await seen(house)).status.ended_at:
            await house.wait(10)
            if (await house.get("t-os")).spec.order is Order.ROLL_BACK:
                assert (await house.get("t-app")).status.phase is Phase.ROLLED_BACK
        status = (await ended(house)).status
        assert (status.phase, status.reason) == (TrainPhase.ROLLED_BACK, "CarFailed")
        assert status.message.startswith("car app: RollingBack: ")
        assert [row.phase for row in status.cars] == [Phase.ROLLED_BACK] * 2
        assert set(house.at()) == {"v1"}
        assert not sum([await stands(house, APP, name, "a2") for name in house.fleet.cluster_names()])
        assert (await house.component()).status.proven == []

    play(story, policy=TWO_STAGES)


def test_whichever_car_is_seen_to_harm_all_go_back() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        harm_app(house, symptom=Symptom.NOT_READY, delay_seconds=200.0)
        await train(house)
        assert (await ended(house)).status.phase is TrainPhase.ROLLED_BACK
        assert set(house.at()) == {"v1"}
        assert not sum([await stands(house, APP, name, "a2") for name in house.fleet.cluster_names()])

    play(story, policy=TWO_STAGES)


def test_a_train_that_stops_leaves_the_other_cars_where_they_are() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        harm_app(house)
        await train(house, on_failure=OnFailure.STOP)
        status = (await ended(house)).status
        assert (status.phase, status.reason) == (TrainPhase.STOPPED, "CarFailed")
        assert [row.phase for row in status.cars] == [Phase.ABORTED, Phase.ROLLED_BACK]
        assert [house.at(name) for name in house.names()] == [{"v2": 8}] * 4

    play(story, policy=TWO_STAGES)


def test_people_pause_a_train_and_order_it_back() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        await train(house)
        await house.until(lambda: _begun(house))
        await order(house, paused=True)
        await house.wait(60)
        assert (await house.get("t-os")).status.phase is Phase.PAUSED
        await order(house, paused=False)
        await house.wait(60)
        assert (await house.get("t-os")).status.phase is not Phase.PAUSED
        await order(house, order=Order.ROLL_BACK)
        assert (await ended(house)).status.phase is TrainPhase.ROLLED_BACK
        assert set(house.at()) == {"v1"}

    play(story, policy=TWO_STAGES)


async def _begun(house: House) -> int:
    return house.at().get("v2", 0)


def test_a_newer_train_takes_the_place_of_an_older_one() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        await train(house)
        await house.until(lambda: _begun(house))
        await train(house, "u", (Car(component=COMPONENT, revision="v3"),))
        assert (await ended(house)).status.phase is TrainPhase.SUPERSEDED
        assert (await ended(house, "u")).status.phase is TrainPhase.SUCCEEDED
        assert set(house.at()) == {"v3"}
        assert not sum([await stands(house, APP, name, "a2") for name in house.names()])

    play(story, policy=TWO_STAGES)


def test_a_train_outlives_its_controllers() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        harm_app(house)
        await train(house)
        while not (await seen(house)).status.ended_at:
            await house.wait(97)
            await house.hub.crash("controllers")
            await house.wait(3)
            await house.hub.restart("controllers")
        assert (await seen(house)).status.phase is TrainPhase.ROLLED_BACK
        await house.wait(300)
        assert set(house.at()) == {"v1"}

    play(story, policy=TWO_STAGES)


def test_its_releases_go_with_it_and_clusters_hold() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        await train(house)
        await house.until(lambda: _begun(house))
        await house.client.delete(refs.TRAINS, "t", namespace="default")
        await house.wait(300)
        assert not (await house.client.list(refs.RELEASES, Release, "default")).items
        assert (await house.component()).status.active_release == ""

    play(story, policy=TWO_STAGES)


@pytest.mark.parametrize(
    ("cars", "told"),
    [
        ((), "a train needs at least one car"),
        ((CARS[0], CARS[0]), "Duplicate value"),
    ],
)
def test_trains_that_can_not_be_meant_are_refused(cars: tuple[Car, ...], told: str) -> None:
    async def story(house: House) -> None:
        with pytest.raises(ApiError) as refusal:
            await train(house, cars=cars)
        assert told in str(refusal.value)

    play(story)


def test_a_train_of_what_is_not_there_says_so_and_makes_no_release() -> None:
    async def story(house: House) -> None:
        await train(house)
        await house.wait(60)
        status = (await seen(house)).status
        assert (status.phase, status.reason) == (TrainPhase.PENDING, "InvalidComponent")
        assert "spec.cars[0].component: 'app': doesn't exist. Create the component first" in status.message
        assert not (await house.client.list(refs.RELEASES, Release, "default")).items
        await add_app(house, COMPONENT)
        assert (await ended(house)).status.phase is TrainPhase.SUCCEEDED
        assert house.clock.now() > HOUR

    play(story, policy=TWO_STAGES)
