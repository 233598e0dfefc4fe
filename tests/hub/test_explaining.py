"""What a hub tells of releases that wait, and what ``release explain`` makes of it."""

from __future__ import annotations

import msgspec
from tests.hub.house import TWO_WAVES, House, play

from myriarch.api.budgets import ClusterBudgets, DomainBudget, PolicyBudgets
from myriarch.api.holds import HoldKind
from myriarch.api.policy import Stage
from myriarch.api.release import Order, Phase
from myriarch.base.clock import parse_rfc3339
from myriarch.cli.explain_view import LINES, WIDTH, explanation_text
from myriarch.cli.explanation import Explanation, explain


async def explained(house: House, name: str = "r") -> tuple[Explanation, str]:
    clusters = await house.clusters()
    told = explain(await house.get(name), clusters, "myriarch")
    text = explanation_text(told, house.clock.now())
    assert len(text.splitlines()) <= LINES
    assert all(len(line) <= WIDTH for line in text.splitlines())
    return told, text


def kinds(told: Explanation) -> list[HoldKind]:
    return [held.entry.kind for held in told.holds]


def test_a_release_tells_what_it_waits_for_from_its_first_step_to_its_last() -> None:
    stage = msgspec.structs.replace(TWO_WAVES.stages[0], approval=True)
    policy = msgspec.structs.replace(TWO_WAVES, stages=[stage])

    async def story(house: House) -> None:
        await house.release("r", "v2", policy="std")
        await house.wait(120)
        told, text = await explained(house)
        assert kinds(told) == [HoldKind.APPROVAL]
        assert "myriarch release approve r prod --reason WHY" in text
        await house.approve("r", "prod")
        await house.wait(30)
        told, text = await explained(house)
        assert kinds(told) == [HoldKind.UNSETTLED]
        assert told.holds[0].evidence
        assert "of 2 nodes updated" in told.holds[0].evidence[0]
        await house.phase("r", Phase.SOAKING)
        told, text = await explained(house)
        assert kinds(told) == [HoldKind.SOAK]
        assert told.wake_for == "the soak ends"
        assert 0 < told.wake_at - house.clock.now() <= 600
        assert "10m in all" in text
        await house.order("r", paused=True)
        await house.wait(5)
        told, text = await explained(house)
        assert kinds(told) == [HoldKind.PAUSE]
        assert "myriarch release resume r" in text
        await house.order("r", paused=False)
        await house.ended("r")
        told, text = await explained(house)
        assert (kinds(told), told.wake_at) == ([], 0.0)
        assert "nothing: it has ended" in text

    play(story, policy=policy)


def test_since_when_a_hold_stands_is_remembered_while_its_words_change() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.ADVANCING)
        await house.freeze("stop", stop=True)
        await house.wait(60)
        first = next(held.entry for held in (await explained(house))[0].holds if held.entry.kind is HoldKind.FREEZE)
        await house.wait(3600)
        told, text = await explained(house)
        later = next(held.entry for held in told.holds if held.entry.kind is HoldKind.FREEZE)
        assert first.since is not None
        assert later.since == first.since
        assert house.clock.now() - parse_rfc3339(first.since) >= 3600
        assert "myriarch stop --lift" in text

    play(story)


def test_the_way_back_and_a_silent_cluster() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        await house.phase("r", Phase.ADVANCING)
        await house.wait(45)
        names = house.names()
        house.fleet.set_partition(names[1], True)
        await house.wait(400)
        await house.order("r", order=Order.ROLL_BACK)
        await house.wait(20)
        told, text = await explained(house)
        assert HoldKind.SILENCE in kinds(told)
        assert set(kinds(told)) <= {HoldKind.BACK, HoldKind.SILENCE}
        assert f"{names[1]}: not heard since " in text
        assert "myriarch release abort r" in text
        assert "myriarch release pause r" not in text

    play(story)


def test_a_release_that_cannot_begin_says_why() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2", policy="none")
        await house.wait(60)
        told, text = await explained(house)
        assert kinds(told) == [HoldKind.OTHER]
        assert "spec.policy: 'none'" in text
        assert "gives it up before it begins" in text

    play(story)


def test_regions_that_take_turns_are_told() -> None:
    domains = [DomainBudget(label="topology.kubernetes.io/region", max_domains=1, max_unavailable=1)]
    budgets = PolicyBudgets(clusters=ClusterBudgets(domains=domains))
    one = Stage(name="prod", environment="prod", soak="10m")
    policy = msgspec.structs.replace(TWO_WAVES, stages=[one], budgets=budgets)

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.ADVANCING)
        await house.wait(60)
        told, text = await explained(house)
        assert HoldKind.BUDGET in kinds(told)
        assert "has no room for" in text

    play(story, policy=policy)
