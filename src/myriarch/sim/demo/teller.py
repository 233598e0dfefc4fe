"""Tells the stories: builds the fleet and the hub, creates each release through the API and watches it there.

It tells the fleet what each revision does, and from then on knows of the fleet only what the releases' statuses
say, until a story has ended and the nodes are counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from myriarch.api.component import Component, ComponentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.release import EnvironmentTally, Phase, Release, ReleaseSpec, TimelineEntry
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.base.clock import parse_rfc3339, wall_seconds
from myriarch.base.errors import ProgrammerError
from myriarch.client.client import Client
from myriarch.client.objects import Bookmark, Deleted
from myriarch.client.refs import COMPONENTS, POLICIES, RELEASES, REVISIONS
from myriarch.engine.phases import ENDED
from myriarch.fleet.fleet import DEFAULT_START, Fleet
from myriarch.hub.hub import Elsewhere, Hub, Wrap
from myriarch.sim.demo.census import Census, take_census
from myriarch.sim.demo.draw import PRODUCTION, demo_fleet
from myriarch.sim.demo.policy import demo_policy, wave_name
from myriarch.sim.demo.result import DemoResult, DrawnHarm, FleetSize, StoryResult
from myriarch.sim.demo.stories import COMPONENT, FIRST_REVISION, NAMESPACE, Story, stories_for
from myriarch.sim.loop import running_clock

EPOCH: Final = DEFAULT_START
"""Unix seconds at which virtual time begins."""

REPORT_SECONDS: Final = 600.0
"""Hours pass in a second: nobody could read of progress that is told every minute."""

SETTLE_SECONDS: Final = 300.0
SETTLE_ROUNDS: Final = 72
"""Some node is always just coming back from an ordinary failure: the count waits for the last of them, to a limit."""

USER: Final = "demo"


class Audience(Protocol):
    """Who is told, as it happens."""

    def opening(self, fleet: FleetSize, policy: str) -> None:
        """The fleet is up."""

    def story(self, story: Story) -> None:
        """A story begins."""

    def state(self, story: Story, release: Release) -> None:
        """Its release has changed."""

    def ended(self, story: Story, result: StoryResult) -> None:
        """It has ended."""


@dataclass(slots=True)
class Demo:
    """A hub with its fleet, and the stories that it has been told so far."""

    hub: Hub
    seed: int
    audience: Audience
    began_at: float = field(default_factory=wall_seconds)
    results: list[StoryResult] = field(default_factory=list)

    @property
    def fleet(self) -> Fleet:
        return self.hub.fleet

    async def tell(self) -> DemoResult:
        """Tell every story."""
        client = self.hub.client(USER)
        size = FleetSize(clusters=len(self.fleet.cluster_names()), nodes=self.fleet.node_count)
        policy = demo_policy()
        self.audience.opening(size, policy.name)
        await client.create(POLICIES, policy)
        spec = ComponentSpec(initial_revision=FIRST_REVISION, description="What the demo releases.")
        await client.create(COMPONENTS, Component(metadata=ObjectMeta(name=COMPONENT), spec=spec))
        await _create_revision(client, FIRST_REVISION)
        standing = FIRST_REVISION
        for story in stories_for(self.fleet, self.seed):
            self.fleet.set_behaviour(COMPONENT, story.revision, story.behaviour)
            self.audience.story(story)
            standing = story.revision if story.phase is Phase.SUCCEEDED else standing
            result = await self._tell_one(client, story, policy.name, standing)
            self.results.append(result)
            self.audience.ended(story, result)
        spent = round(wall_seconds() - self.began_at, 2)
        return DemoResult(seed=self.seed, policy=policy.name, fleet=size, stories=self.results, wall_seconds=spent)

    async def _tell_one(self, client: Client, story: Story, policy: str, standing: str) -> StoryResult:
        began_at = wall_seconds()
        await _create_revision(client, story.revision)
        spec = ReleaseSpec(component=COMPONENT, revision=story.revision, policy=policy, seed=self.seed)
        metadata = ObjectMeta(name=story.name, namespace=NAMESPACE)
        await client.create(RELEASES, Release(metadata=metadata, spec=spec))
        release = await self._until_ended(client, story)
        census = await self._settled(standing)
        return _result(story, release, census, wall_seconds() - began_at)

    async def _until_ended(self, client: Client, story: Story) -> Release:
        """The release in its end; raises what a participant died of."""
        following = asyncio.ensure_future(self._follow(client, story))
        failing = asyncio.ensure_future(self.hub.failed())
        try:
            await asyncio.wait((following, failing), return_when=asyncio.FIRST_COMPLETED)
            self.hub.check()
            return await following
        finally:
            following.cancel()
            failing.cancel()
            await asyncio.gather(following, failing, return_exceptions=True)

    async def _follow(self, client: Client, story: Story) -> Release:
        release = await client.get(RELEASES, Release, story.name, NAMESPACE)
        version = release.metadata.resource_version or ""
        watch = client.watch(RELEASES, Release, NAMESPACE, resource_version=version)
        async with aclosing(watch) as events:
            async for event in events:
                if isinstance(event, Bookmark | Deleted) or event.object.name != story.name:
                    continue
                self.audience.state(story, event.object)
                if event.object.status.phase in ENDED:
                    return event.object
        raise ProgrammerError(f"the watch of release {story.name} ended before the release did")

    async def _settled(self, standing: str) -> Census:
        """Where nodes stand once those that were just on their way have arrived."""
        census = take_census(self.fleet, COMPONENT, standing)
        for _ in range(SETTLE_ROUNDS):
            if not census.astray:
                break
            await self.hub.clock.sleep(SETTLE_SECONDS)
            self.hub.check()
            census = take_census(self.fleet, COMPONENT, standing)
        return census


@asynccontextmanager
async def open_demo(
    clusters: int, seed: int, audience: Audience, *, wrap: Wrap | None = None, elsewhere: Elsewhere | None = None
) -> AsyncIterator[Demo]:
    """A demo whose hub runs on the running virtual loop, until the context ends; ``wrap`` and ``elsewhere`` are the
    hub's. Raises UserFault where ``clusters`` are too few."""
    began_at = wall_seconds()
    clock = running_clock()
    fleet = Fleet(demo_fleet(clusters, seed), start=clock.now())
    fleet.set_base(COMPONENT, FIRST_REVISION)
    hub = Hub(clock=clock, fleet=fleet, seed=seed, report_seconds=REPORT_SECONDS, wrap=wrap, elsewhere=elsewhere)
    await hub.start()
    try:
        yield Demo(hub, seed, audience, began_at)
    finally:
        await hub.stop()


async def _create_revision(client: Client, name: str) -> None:
    revision = Revision(metadata=ObjectMeta(name=name), spec=RevisionSpec(component=COMPONENT, version=name))
    await client.create(REVISIONS, revision)


def _result(story: Story, release: Release, census: Census, spent: float) -> StoryResult:
    status = release.status
    exposure = next((each.exposure for each in status.environments if each.environment == PRODUCTION), 0.0)
    stuck = _total(status.environments, lambda tally: tally.stuck)
    as_told = status.phase is story.phase and exposure <= story.exposure and not census.astray and not stuck
    place = _turning_point(status.timeline)
    return StoryResult(
        name=story.name,
        release=f"{NAMESPACE}/{release.name}",
        revision=story.revision,
        phase=status.phase,
        as_told=as_told,
        production_exposure=exposure,
        virtual_seconds=_lasted(release),
        wall_seconds=round(spent, 2),
        nodes_begun=_total(status.environments, lambda tally: tally.begun),
        nodes_reverted=_total(status.environments, lambda tally: tally.reverted),
        nodes_stuck=stuck,
        nodes_unreachable=census.unreachable,
        nodes_astray=census.astray,
        stage=place.stage if place else "",
        wave=wave_name(status.policy, place.stage, place.wave) if place else "",
        reason=status.message,
        blame=dict(status.blame),
        drawn=_drawn(story),
    )


def _total(tallies: list[EnvironmentTally], count: Callable[[EnvironmentTally], int]) -> int:
    return sum(count(tally) for tally in tallies)


def _turning_point(timeline: list[TimelineEntry]) -> TimelineEntry | None:
    """Where the release turned back, or where it ended."""
    back = (entry for entry in timeline if entry.phase is Phase.ROLLING_BACK)
    return next(back, timeline[-1] if timeline else None)


def _lasted(release: Release) -> float:
    status = release.status
    if status.started_at is None or status.ended_at is None:
        return 0.0
    return round(parse_rfc3339(status.ended_at) - parse_rfc3339(status.started_at), 3)


def _drawn(story: Story) -> DrawnHarm | None:
    if story.drawn is None:
        return None
    return DrawnHarm(
        environment=PRODUCTION if story.production_only else "",
        gpu_model=story.drawn.gpu_model,
        symptom=story.drawn.symptom,
        share=story.drawn.share,
        delay_seconds=story.drawn.delay_seconds,
    )
