"""Clusters that told nothing of their nodes hold up a release for as long as silence is borne, and no longer."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.hub.house import House, play

from myriarch.api.cluster import Access, Cluster, ClusterSpec, Mode, SecretKey
from myriarch.api.meta import Condition, ObjectMeta
from myriarch.api.release import Phase
from myriarch.base.clock import rfc3339
from myriarch.client import refs
from myriarch.client.objects import Raw

NAME = "newcomer"
KUBECONFIG = SecretKey(namespace="myriarch-system", name="cluster-newcomer")
SILENCE_SECONDS = 360.0
SOON_SECONDS = 60.0


async def add(house: House, access: Access, connected: str = "") -> None:
    """A managed cluster that nobody is the agent of, with its condition as told."""
    key = KUBECONFIG if access is Access.PUSH else None
    spec = ClusterSpec(environment="prod", access=access, mode=Mode.MANAGE, kubeconfig=key)
    await house.client.create(refs.CLUSTERS, Cluster(metadata=ObjectMeta(name=NAME), spec=spec))
    if connected:
        since = rfc3339(house.clock.now())
        told = Condition(type="Connected", status=connected, reason="Told", message="", last_transition_time=since)
        status: dict[str, Any] = {"conditions": msgspec.to_builtins([told])}
        await house.client.patch(refs.CLUSTERS, Raw, NAME, {"status": status}, subresource="status")


@pytest.mark.parametrize(
    ("access", "connected", "seconds"),
    [
        (Access.PULL, "", SILENCE_SECONDS),
        (Access.PUSH, "", SILENCE_SECONDS),
        (Access.PUSH, "True", SILENCE_SECONDS),
        (Access.PUSH, "False", SOON_SECONDS),
    ],
)
def test_a_release_does_not_wait_for_ever(access: Access, connected: str, seconds: float) -> None:
    async def story(house: House) -> None:
        await add(house, access, connected)
        await house.release("one", "v2")
        await house.phase("one", Phase.ADVANCING, within=seconds + SOON_SECONDS)
        release = await house.ended("one")
        assert release.status.phase is Phase.SUCCEEDED

    play(story)


def test_who_is_waited_for_is_named() -> None:
    async def story(house: House) -> None:
        await add(house, Access.PULL)
        await house.release("one", "v2")
        await house.wait(SOON_SECONDS)
        assert NAME in (await house.get("one")).status.message

    play(story)
