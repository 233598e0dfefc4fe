"""A release whose first stage is tried again: a new attempt, once all is back; harm that repeats itself is final."""

from __future__ import annotations

from tests.hub.house import HOUR, NODES, House, play, small_spec

from myriarch.api.environment import Environment, EnvironmentClass, EnvironmentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import Concurrency, FailureRule, ReleasePolicySpec, Stage
from myriarch.api.release import Order, Phase
from myriarch.client import refs
from myriarch.engine.tries import QUIET_SECONDS
from myriarch.fleet.behaviour import Behaviour

TRIED_TWICE = ReleasePolicySpec(
    stages=[
        Stage(name="sim", environment="sim", soak="10m", attempts=2),
        Stage(name="prod", environment="prod", soak="10m"),
    ],
    nodes=NODES,
    failure=FailureRule(tolerance="10%", minimum=2),
    concurrency=Concurrency(rollback="100%"),
)


def test_trouble_that_does_not_come_again_is_no_harm() -> None:
    async def story(house: House) -> None:
        house.harm("v2")
        await house.release("b", "v2")
        await house.phase("b", Phase.ROLLING_BACK)
        house.fleet.set_behaviour("os", "v2", Behaviour())
        waiting = (await house.phase("b", Phase.PENDING)).status
        assert (waiting.attempt, waiting.harm_at, waiting.ended_at) == (2, None, None)
        (last,) = waiting.tried
        assert (last.attempt, last.place) == (1, "sim/1")
        assert "failed" in last.message
        await house.wait(60)
        held = (await house.get("b")).status.holds
        assert "quiet" in held[0]
        assert "try 2 of 2" in held[0]
        begun = (await house.phase("b", Phase.ADVANCING)).status
        assert begun.message.startswith("try 2 of 2 of stage sim")
        ended = (await house.ended("b")).status
        assert (ended.phase, ended.attempt) == (Phase.SUCCEEDED, 2)
        assert set(house.at()) == {"v2"}
        assert (await house.component()).status.last_attempt == 2

    play(story, policy=TRIED_TWICE, spec=small_spec(clusters=4))


def test_real_harm_repeats_itself_and_production_is_never_touched() -> None:
    async def story(house: House) -> None:
        house.harm("v2")
        await house.release("b", "v2")
        ended = (await house.ended("b")).status
        assert (ended.phase, ended.attempt, len(ended.tried)) == (Phase.ROLLED_BACK, 2, 1)
        assert ended.harm_at is not None
        assert set(house.at()) == {"v1"}
        exposed = {tally.environment: tally.exposure for tally in ended.environments}
        assert exposed["sim"] > 0
        assert exposed["prod"] == 0

    play(story, policy=TRIED_TWICE, spec=small_spec(clusters=4))


def test_a_crash_between_going_back_and_the_next_try_changes_nothing() -> None:
    async def story(house: House) -> None:
        house.harm("v2")
        await house.release("b", "v2")
        await house.phase("b", Phase.ROLLING_BACK)
        for _ in range(20):
            await house.hub.crash("controllers")
            await house.wait(2)
            await house.hub.restart("controllers")
            await house.wait(18)
        house.fleet.set_behaviour("os", "v2", Behaviour())
        await house.phase("b", Phase.PENDING, within=HOUR)
        for who in ("controllers", "agents"):
            await house.hub.crash(who)
            await house.wait(QUIET_SECONDS / 4)
            await house.hub.restart(who)
        ended = (await house.ended("b")).status
        assert (ended.phase, len(ended.tried)) == (Phase.SUCCEEDED, 1)
        assert set(house.at()) == {"v2"}

    play(story, policy=TRIED_TWICE, spec=small_spec(clusters=4))


def test_who_orders_it_back_meanwhile_has_the_last_word() -> None:
    async def story(house: House) -> None:
        house.harm("v2")
        await house.release("b", "v2")
        await house.phase("b", Phase.PENDING, Phase.ROLLING_BACK)
        await house.phase("b", Phase.ROLLING_BACK)
        await house.phase("b", Phase.PENDING)
        await house.order("b", order=Order.ROLL_BACK)
        ended = (await house.ended("b")).status
        assert (ended.phase, ended.reason) == (Phase.ROLLED_BACK, "RollbackOrdered")
        assert set(house.at()) == {"v1"}

    play(story, policy=TRIED_TWICE, spec=small_spec(clusters=4))


def test_a_first_stage_of_production_is_not_tried_again() -> None:
    async def story(house: House) -> None:
        spec = EnvironmentSpec(class_=EnvironmentClass.PRODUCTION)
        known = (await house.client.list(refs.ENVIRONMENTS, Environment)).items
        for each in known:
            if each.name == "sim":
                await house.client.delete(refs.ENVIRONMENTS, "sim")
        await house.client.create(refs.ENVIRONMENTS, Environment(metadata=ObjectMeta(name="sim"), spec=spec))
        await house.release("b", "v2")
        await house.wait(120)
        status = (await house.get("b")).status
        assert (status.phase, status.reason) == (Phase.PENDING, "InvalidPolicy")
        assert "spec.stages[0].attempts" in status.message

    play(story, policy=TRIED_TWICE, spec=small_spec(clusters=4))
