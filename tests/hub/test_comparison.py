"""A policy with an analysis: updated nodes are judged against those beside them, on a whole hub."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from tests.hub.house import HOUR, NODES, TWO_WAVES, House, play, small_spec

from myriarch.api.analysis import Analysis, Undecided
from myriarch.api.policy import FailureRule, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase

CLUSTERS, NODES_EACH = 6, 60
CANARIES = 4
POLICY = ReleasePolicySpec(
    stages=[Stage(name="prod", environment="prod", soak="2h", waves=[Wave(clusters=2, nodes=CANARIES // 2), Wave()])],
    nodes=NODES,
    failure=FailureRule(tolerance="10%", minimum=2),
    analysis=Analysis(alpha=0.01),
)
SPEC = small_spec(CLUSTERS, NODES_EACH)


def test_two_failed_canaries_and_nobody_else_are_harm_and_the_release_says_how_it_knows() -> None:
    async def story(house: House) -> None:
        house.harm("v2", delay_seconds=600.0)
        await house.release("r", "v2")
        ended = await house.ended("r")
        assert ended.status.phase is Phase.ROLLED_BACK
        assert "times likelier with harm than without it (harm at 100): failed" in ended.status.message
        assert "updated nodes and 0 of" in ended.status.message
        assert ended.status.evidence is not None
        assert ended.status.evidence.times >= 100
        assert house.at() == {"v1": CLUSTERS * NODES_EACH}

    play(story, policy=POLICY, spec=SPEC)


@pytest.mark.parametrize("analysis", [True, False])
def test_what_strikes_everybody_alike_is_no_harm(analysis: bool) -> None:
    """Half of all nodes of both canary clusters die meanwhile; without the comparison that is taken for harm."""

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", "Soaking")
        await house.wait(300)
        for name in await house.granted("r"):
            at = house.fleet.cluster(name).observe("os")
            codes = np.asarray(at.revision)
            sick = [*np.flatnonzero(codes == codes.max())[:2], *np.flatnonzero(codes != codes.max())[: NODES_EACH // 2]]
            house.fleet.kill_nodes(name, np.asarray(sick), house.clock.now())
        await house.wait(HOUR)
        found = await house.get("r")
        assert (found.status.phase in ("RollingBack", "RolledBack")) is not analysis, found.status
        if analysis:
            assert found.status.evidence is not None
            assert found.status.evidence.times < 1

    play(story, policy=POLICY if analysis else msgspec.structs.replace(POLICY, analysis=None), spec=SPEC)


def test_one_node_that_dies_is_no_harm_and_the_evidence_is_kept() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", "Soaking")
        name = sorted(await house.granted("r"))[0]
        codes = np.asarray(house.fleet.cluster(name).observe("os").revision)
        house.fleet.kill_nodes(name, np.flatnonzero(codes == codes.max())[:1], house.clock.now())
        await house.wait(600)
        seen = (await house.get("r")).status.evidence
        assert seen is not None
        assert 1 < seen.times < 100
        assert seen.rows[0].stratum == "*"
        ended = await house.ended("r")
        assert ended.status.phase is Phase.SUCCEEDED

    play(story, policy=POLICY, spec=SPEC)


@pytest.mark.parametrize("undecided", [Undecided.PASS, Undecided.PAUSE, Undecided.FAIL])
def test_a_suspicion_soaks_on_and_the_policy_says_what_becomes_of_it(undecided: Undecided) -> None:
    """One of four canaries dies, and at an alpha of 20 % that is more than half way to harm."""
    analysis = Analysis(alpha=0.2, max_soak="3h", undecided=undecided)

    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", "Soaking")
        name = sorted(await house.granted("r"))[0]
        codes = np.asarray(house.fleet.cluster(name).observe("os").revision)
        house.fleet.kill_nodes(name, np.flatnonzero(codes == codes.max())[:1], house.clock.now())
        await house.wait(3 * HOUR)
        found = await house.get("r")
        assert (found.status.phase, found.status.wave) == ("Soaking", 0)
        assert found.status.holds[0].startswith("soaks on, ")
        await house.wait(2 * HOUR + 600)
        found = await house.get("r")
        match undecided:
            case Undecided.PASS:
                assert found.status.wave == 1
            case Undecided.PAUSE:
                assert (found.status.phase, found.status.reason) == ("Paused", "Undecided")
                await house.approve("r", f"harm/{found.status.place}")
                assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
            case Undecided.FAIL:
                assert found.status.phase in ("RollingBack", "RolledBack")
                assert "undecided after the longest soak" in found.status.message

    play(story, policy=msgspec.structs.replace(POLICY, analysis=analysis), spec=SPEC)


def test_without_an_analysis_nothing_is_compared() -> None:
    async def story(house: House) -> None:
        house.harm("v2")
        await house.release("r", "v2")
        ended = await house.ended("r")
        assert ended.status.evidence is None
        told = [cluster.component("os") for cluster in await house.clusters()]
        assert not any(status.comparisons for status in told if status is not None)

    play(story, policy=TWO_WAVES)


@pytest.mark.parametrize("others", [False, True])
def test_a_whole_cluster_that_goes_out_once_it_was_touched_is_harm_unless_others_do_too(others: bool) -> None:
    """All nodes of a canary cluster die, updated or not: those beside the updated ones show nothing."""

    async def story(house: House) -> None:
        await house.wait(14 * 24 * HOUR)
        await house.release("r", "v2")
        await house.phase("r", "Soaking")
        granted = sorted(await house.granted("r"))
        rest = [name for name in sorted(cluster.name for cluster in await house.clusters()) if name not in granted]
        for name in [granted[0], *(rest[:2] if others else [])]:
            house.fleet.kill_nodes(name, np.arange(NODES_EACH), house.clock.now())
        await house.wait(900)
        found = await house.get("r")
        assert found.status.evidence is not None
        told = found.status.evidence.outages
        assert told is not None
        outage = next(cluster for cluster in await house.clusters() if cluster.name == granted[0]).status.outage
        assert outage is not None
        assert outage.until is None
        if others:
            assert found.status.phase == "Soaking", found.status
            assert [(stage.treated, stage.control) for stage in told.stages] == [(0, 1)]
        else:
            assert found.status.phase in ("RollingBack", "RolledBack"), found.status
            assert f"updated clusters are out: 1 units ({granted[0]})" in found.status.message
            assert "rests on matched history" in found.status.message

    play(story, policy=POLICY, spec=small_spec(2 * CLUSTERS, NODES_EACH))
