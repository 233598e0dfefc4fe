"""A policy that moves a part of a cluster's nodes is refused for a component that moves clusters as a whole."""

from __future__ import annotations

import pytest
from tests.hub.house import House, play

from myriarch.api.component import ComponentSpec, DriverName
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import ReleasePolicy, ReleasePolicySpec, Stage, Wave
from myriarch.client import refs
from myriarch.controllers.release.starting import partial_faults


def _policy(wave: Wave) -> ReleasePolicySpec:
    return ReleasePolicySpec(stages=[Stage(name="prod", environment="prod", waves=[Wave(clusters=1), wave])])


@pytest.mark.parametrize("wave", [Wave(nodes=2), Wave(nodes="cover"), Wave(nodes="50%"), Wave(exposure="10%")])
def test_a_part_of_the_nodes_is_refused_with_the_cure(wave: Wave) -> None:
    (fault,) = partial_faults(_policy(wave))
    assert fault.field.startswith("spec.stages[0].waves[1].")
    assert fault.cure


def test_whole_clusters_pass() -> None:
    assert not partial_faults(_policy(Wave(clusters="100%")))


def test_of_several_faults_the_first_is_told_and_how_many_there_are() -> None:
    async def story(house: House) -> None:
        spec = _policy(Wave(clusters="50%", nodes=2, exposure="10%"))
        await house.client.create(refs.POLICIES, ReleasePolicy(metadata=ObjectMeta(name="partial"), spec=spec))
        await house.release("r", "v2", policy="partial")
        await house.wait(120)
        told = (await house.get("r")).status.message
        assert "waves[1].nodes" in told
        assert told.endswith("And 1 more: 'myriarch release plan' says all.")

    play(story, component=ComponentSpec(driver=DriverName.BUNDLE, initial_revision="v1"))


def test_the_release_says_so_and_moves_nothing() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.wait(120)
        release = await house.get("r")
        assert (release.status.reason, release.status.attempt) == ("InvalidPolicy", 0)
        assert "whole clusters" in release.status.message
        assert not house.begun(1)

    play(story, component=ComponentSpec(driver=DriverName.BUNDLE, initial_revision="v1"))
