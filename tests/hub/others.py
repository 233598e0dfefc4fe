"""A second component in a house of tests, with releases of its own over the same clusters."""

from __future__ import annotations

from typing import Any

from tests.hub.house import House

from myriarch.api.component import Component, ComponentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.release import Release, ReleaseSpec
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.client import refs
from myriarch.fleet.behaviour import Behaviour, Effect

OTHER = "kubelet"


async def other_component(house: House) -> None:
    """Another component, at ``k1``, with a revision ``k2``."""
    house.fleet.set_base(OTHER, "k1")
    spec = ComponentSpec(initial_revision="k1")
    await house.client.create(refs.COMPONENTS, Component(metadata=ObjectMeta(name=OTHER), spec=spec))
    for name in ("k1", "k2"):
        revision = Revision(metadata=ObjectMeta(name=name), spec=RevisionSpec(component=OTHER))
        await house.client.create(refs.REVISIONS, revision)


async def release_other(house: House, name: str, **spec: Any) -> None:
    """A release of it to ``k2``."""
    given = ReleaseSpec(component=OTHER, revision="k2", policy=spec.pop("policy", "std"), **spec)
    await house.client.create(refs.RELEASES, Release(metadata=ObjectMeta(name=name, namespace="default"), spec=given))


def harm_by_other(house: House, **effect: Any) -> None:
    """What ``k2`` does to nodes."""
    house.fleet.set_behaviour(OTHER, "k2", Behaviour(effects=(Effect(**effect),)))
