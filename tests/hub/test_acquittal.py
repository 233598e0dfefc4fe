"""Who is to blame where releases of two components are in flight over the same clusters, on a whole hub."""

from __future__ import annotations

import msgspec
import numpy as np
from tests.hub.house import COMPONENT, HOUR, NODES, House, play, small_spec
from tests.hub.others import harm_by_other, other_component, release_other

from myriarch.api.acquittal import Acquittal
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import Concurrency, FailureRule, ReleasePolicy, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase
from myriarch.client import refs
from myriarch.fleet.behaviour import Symptom

CLUSTERS, NODES_EACH = 8, 40
SPEC = small_spec(CLUSTERS, NODES_EACH)
POLICY = ReleasePolicySpec(
    stages=[
        Stage(name="prod", environment="prod", soak="2h", waves=[Wave(clusters=4, nodes=6), Wave(nodes="50%"), Wave()])
    ],
    nodes=msgspec.structs.replace(NODES, tolerance="100%", revert_failed_after="24h"),
    failure=FailureRule(tolerance="10%", minimum=3),
    concurrency=Concurrency(rollback="100%"),
    acquittal=Acquittal(max_hold="12h"),
)
STRICT = msgspec.structs.replace(POLICY, failure=FailureRule(tolerance="2%", minimum=3))
LAX = msgspec.structs.replace(POLICY, failure=FailureRule(tolerance="60%", minimum=3))


def test_the_guilty_goes_back_and_the_innocent_holds_and_is_finished_then() -> None:
    """The innocent has come everywhere when the other comes to some of its nodes, which fail half an hour later."""

    async def story(house: House) -> None:
        await other_component(house)
        harm_by_other(house, symptom=Symptom.NOT_READY, delay_seconds=1800.0)
        await house.release("innocent", "v2")
        await house.until(lambda: soaks_everywhere(house))
        await house.client.create(refs.POLICIES, ReleasePolicy(metadata=ObjectMeta(name="lax"), spec=LAX))
        await release_other(house, "guilty", policy="lax")
        guilty = await house.ended("guilty")
        assert guilty.status.phase is Phase.ROLLED_BACK
        assert guilty.status.cause is not None
        assert (guilty.status.cause.guilty, guilty.status.cause.name) == ("Self", "default/guilty")
        innocent = await house.ended("innocent")
        assert innocent.status.phase is Phase.SUCCEEDED
        assert innocent.status.harm_at is None
        reasons = [entry.reason for entry in innocent.status.timeline]
        assert "HarmByOther" in reasons
        assert reasons[reasons.index("HarmByOther") + 1] == "WellAgain"
        assert innocent.status.cause is not None
        assert (innocent.status.cause.guilty, innocent.status.cause.name) == ("Other", "default/guilty")
        assert "default/guilty is to blame: " in innocent.status.cause.message
        assert [each.ruling for each in innocent.status.cause.suspects] == ["Blamed", "Cleared"]

    play(story, policy=STRICT, spec=SPEC)


def test_what_nobody_else_explains_is_the_release_s_own_after_all() -> None:
    """While it holds for the other's sake it does harm itself: then it goes back."""

    async def story(house: House) -> None:
        await other_component(house)
        harm_by_other(house, symptom=Symptom.NOT_READY, delay_seconds=1800.0)
        house.harm("v2", delay_seconds=2 * HOUR)
        await house.release("late", "v2")
        await house.phase("late", "Soaking")
        await house.wait(1.2 * HOUR)
        await release_other(house, "guilty")
        ended = await house.ended("late")
        assert ended.status.phase is Phase.ROLLED_BACK
        assert ended.status.cause is not None
        assert ended.status.cause.guilty == "Self"

    play(story, policy=STRICT, spec=SPEC)


def test_held_for_too_long_the_failure_rule_decides_after_all() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", "Soaking")
        await house.wait(HOUR / 2)
        strike_zone(house)
        held = await house.phase("r", "Paused")
        assert held.status.reason == "AmbientHarm"
        await house.wait(2 * HOUR)
        assert (await house.get("r")).status.phase is Phase.PAUSED
        found = await house.phase("r", "RollingBack", within=2 * HOUR)
        assert found.status.reason == "Harm"

    policy = msgspec.structs.replace(POLICY, acquittal=Acquittal(max_hold="3h"))
    play(story, policy=policy, spec=SPEC)


def test_without_an_acquittal_the_cause_is_told_and_the_release_goes_back() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", "Soaking")
        await house.wait(HOUR / 2)
        strike_zone(house)
        found = await house.phase("r", "RollingBack", "Paused")
        assert found.status.phase is Phase.ROLLING_BACK
        assert found.status.cause is not None
        assert found.status.cause.guilty == "Ambient"

    play(story, policy=msgspec.structs.replace(POLICY, acquittal=None), spec=SPEC)


async def soaks_everywhere(house: House) -> bool:
    status = (await house.get("innocent")).status
    return status.phase is Phase.SOAKING and status.wave == status.waves - 1


def test_an_outage_of_a_zone_is_waited_out() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", "Soaking")
        await house.wait(HOUR)
        struck = strike_zone(house)
        held = await house.phase("r", "Paused", "RollingBack")
        assert (held.status.phase, held.status.reason) == (Phase.PAUSED, "AmbientHarm"), held.status
        assert held.status.cause is not None
        assert (held.status.cause.guilty, held.status.cause.unexplained) == ("Ambient", 0)
        assert held.status.cause.name.startswith("zone ")
        assert held.status.holds[0].startswith("holds until what failed is well again: not to blame: ")
        assert held.status.harm_at is None
        await house.wait(HOUR)
        for name, nodes in struck.items():
            house.fleet.heal_nodes(name, nodes, house.clock.now())
        ended = await house.ended("r")
        assert ended.status.phase is Phase.SUCCEEDED
        assert "WellAgain" in {entry.reason for entry in ended.status.timeline}
        assert house.at()["v2"] == (CLUSTERS - 1) * NODES_EACH

    play(story, policy=POLICY, spec=SPEC)


def strike_zone(house: House) -> dict[str, np.ndarray]:
    """All nodes of the zone with the most updated nodes die; which they are, by cluster."""
    updated: dict[str, int] = {}
    for name in house.names():
        view = house.fleet.cluster(name)
        zones, seen = view.attributes["zone"], view.observe(COMPONENT)
        moved = np.asarray(seen.revision) == house.fleet.revision_names(COMPONENT).index("v2")
        for code in zones.codes[moved]:
            updated[zones.values[code]] = updated.get(zones.values[code], 0) + 1
    worst = max(sorted(updated), key=lambda zone: updated[zone])
    struck = {}
    for name in house.names():
        zones = house.fleet.cluster(name).attributes["zone"]
        if worst in zones.values:
            struck[name] = np.flatnonzero(zones.codes == zones.values.index(worst))
            house.fleet.kill_nodes(name, struck[name], house.clock.now())
    return struck
