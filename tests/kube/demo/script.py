"""The three stories, told over any hub through its API: a good release, one that the rehearsal catches, and one that
only production shows.

In simulated clusters a revision does what ``behaviour_of`` says; in real ones its pods live by the annotation in its
template (``tests/kube/stages.yaml``).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from myriarch.api.component import Component, ComponentSpec, DriverName, Target
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import (
    Concurrency,
    Coverage,
    FailureRule,
    NodeRules,
    ReleasePolicy,
    ReleasePolicySpec,
    Stage,
    Wave,
)
from myriarch.api.release import Phase, Release, ReleaseSpec
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.client.refs import COMPONENTS, POLICIES, RELEASES, REVISIONS
from myriarch.engine.phases import ENDED
from myriarch.fleet.behaviour import Behaviour, Effect, Symptom
from myriarch.fleet.fleet import Fleet

NAME = "node-agent"
IMAGE = "registry.invalid/agent@sha256:" + "0" * 63
LOOK_SECONDS = 0.5
WAVES = [Wave(clusters="cover", nodes="cover"), Wave(clusters="30%"), Wave()]
POLICY = ReleasePolicySpec(
    stages=[
        Stage(name="simulated", environment="sim", soak="3s", waves=[Wave(clusters="cover", nodes="cover"), Wave()]),
        Stage(name="production", environment="prod", soak="3s", waves=WAVES),
    ],
    coverage=Coverage(per_value=2),
    nodes=NodeRules(max_unavailable="50%", soak="1s", failure_grace="3s", update_timeout="60s", tolerance="100%"),
    failure=FailureRule(tolerance="50%", minimum=15),  # most show harm by then, and those are taken back at once
    concurrency=Concurrency(rollback="100%"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """One release. ``harms`` names the environments that it harms; ``phase`` is how it ends."""

    name: str
    version: str
    harms: tuple[str, ...]
    phase: Phase


STORIES = (
    Story("good", "2", (), Phase.SUCCEEDED),
    Story("caught-in-simulation", "3", ("sim", "prod"), Phase.ROLLED_BACK),
    Story("caught-in-production", "4", ("prod",), Phase.ROLLED_BACK),
)


def behaviour_of(story: Story) -> Behaviour:
    if not story.harms:
        return Behaviour()
    return Behaviour(effects=(Effect(symptom=Symptom.NOT_READY, where={"environment": story.harms}),))


def revision(version: str, harmful: bool = False) -> Revision:
    spec = RevisionSpec(component=NAME, payload={"template": template(version, harmful)})
    return Revision(metadata=ObjectMeta(name=f"v{version}"), spec=spec)


def template(version: str, harmful: bool = False) -> dict[str, Any]:
    """Of the DaemonSet's pods; those of a harmful revision never become ready."""
    metadata = {"annotations": {"tests.myriarch.io/pod": "never-ready" if harmful else "runs"}}
    return {"metadata": metadata, "spec": {"containers": [{"name": "agent", "image": IMAGE + version}]}}


async def prepare(client: Client) -> None:
    """The component at v1, the policy, and every revision."""
    spec = ComponentSpec(
        driver=DriverName.DAEMONSET, target=Target(namespace=NAME, name="agent"), initial_revision="v1"
    )
    await client.create(COMPONENTS, Component(metadata=ObjectMeta(name=NAME), spec=spec))
    await client.create(POLICIES, ReleasePolicy(metadata=ObjectMeta(name="demo"), spec=POLICY))
    await client.create(REVISIONS, revision("1"))
    for story in STORIES:
        await client.create(REVISIONS, revision(story.version, "prod" in story.harms))


async def tell(client: Client, clock: Clock, fleet: Fleet, seed: int, within_seconds: float) -> list[Release]:
    """Every story after the other; the releases as they ended."""
    told = []
    for story in STORIES:
        fleet.set_behaviour(NAME, f"v{story.version}", behaviour_of(story))
        spec = ReleaseSpec(component=NAME, revision=f"v{story.version}", policy="demo", seed=seed)
        await client.create(RELEASES, Release(metadata=ObjectMeta(name=story.name, namespace="default"), spec=spec))
        told.append(await _ended(client, clock, story.name, within_seconds))
    return told


async def _ended(client: Client, clock: Clock, name: str, within_seconds: float) -> Release:
    """The release once it has ended and its component is free."""
    deadline = clock.now() + within_seconds
    while True:
        release = await client.get(RELEASES, Release, name, "default")
        component = await client.get(COMPONENTS, Component, NAME)
        if release.status.phase in ENDED and not component.status.active_release:
            return release
        assert clock.now() < deadline, f"{name}: {release.status}"
        await clock.sleep(LOOK_SECONDS)


async def cancelled(task: asyncio.Task[Any]) -> None:
    """End ``task``, and raise what it died of by itself."""
    task.cancel()
    outcome = (await asyncio.gather(task, return_exceptions=True))[0]
    if isinstance(outcome, Exception):
        raise outcome
