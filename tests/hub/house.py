"""A small hub on virtual time, with what tests need to order about and to look at.

``play`` runs a story over a fresh hub: a few clusters of a few like nodes that never fail on their own, one
component ``os`` at ``v1``, revisions ``v1`` to ``v3``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Protocol

import msgspec
import numpy as np

from myriarch.api.cluster import Cluster, Grant
from myriarch.api.component import Component, ComponentSpec
from myriarch.api.freezewindow import FreezeWindow, FreezeWindowSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import Concurrency, FailureRule, NodeRules, ReleasePolicy, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Approval, Release, ReleaseSpec
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.base.clock import Clock
from myriarch.client import refs
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.http import Transport
from myriarch.client.objects import Raw
from myriarch.fleet.behaviour import Behaviour, Effect, Symptom
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.fleet import DEFAULT_START, Fleet
from myriarch.fleet.spec import Clusters, Failures, FleetSpec, SizeDistribution, Sizes, Updates
from myriarch.gates.fetch import Fetch, nobody
from myriarch.hub.hub import Hub, Wrap
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

HOUR = 3600.0
COMPONENT = "os"

NODES = NodeRules(max_unavailable="50%", soak="1m", failure_grace="1m")
TWO_WAVES = ReleasePolicySpec(
    stages=[Stage(name="prod", environment="prod", soak="10m", waves=[Wave(clusters=1, nodes=2), Wave()])],
    nodes=NODES,
    failure=FailureRule(tolerance="10%"),
    concurrency=Concurrency(rollback="100%"),
)


AT_V1 = ComponentSpec(initial_revision="v1")


def small_spec(clusters: int = 5, nodes: int = 8) -> FleetSpec:
    """One simulated cluster, the others production; nothing fails on its own."""
    size = Sizes(distribution=SizeDistribution.UNIFORM, min=1, mean=float(nodes), max=nodes, nodes_per_cluster=nodes)
    return msgspec.structs.replace(
        default_spec(clusters, 3),
        clusters=Clusters(count=clusters, size=size),
        updates=Updates(median_seconds=60.0, spread=0.1, tick_seconds=1.0),
        failures=Failures(mean_days_between=0.0),
    )


class Ground(Protocol):
    """An API server other than the embedded one for stories to be played on."""

    def begin(self, clock: Clock) -> None:
        """A story begins: nothing of the last one is left."""

    def transport(self, user: str) -> Transport: ...


GROUND: ContextVar[Ground | None] = ContextVar("ground", default=None)
"""Where stories are played; None is the embedded server."""


class House:
    """One hub. Times are in seconds of the hub's clock."""

    def __init__(self, clock: Clock, spec: FleetSpec, wrap: Wrap | None = None, fetch: Fetch = nobody) -> None:
        self.clock = clock
        self.fleet = Fleet(spec, start=clock.now())
        self.fleet.set_base(COMPONENT, "v1")
        ground = GROUND.get()
        if ground is not None:
            ground.begin(clock)
        elsewhere = ground.transport if ground is not None else None
        self.hub = Hub(clock=clock, fleet=self.fleet, seed=3, wrap=wrap, elsewhere=elsewhere, fetch=fetch)
        self.client: Client = self.hub.client()
        self._ground = ground

    async def start(
        self, policy: ReleasePolicySpec, component: ComponentSpec = AT_V1, wait_seconds: float = 60.0
    ) -> None:
        await self.hub.start()
        await self.client.create(refs.COMPONENTS, Component(metadata=ObjectMeta(name=COMPONENT), spec=component))
        for name in ("v1", "v2", "v3"):
            await self.revision(name)
        await self.client.create(refs.POLICIES, ReleasePolicy(metadata=ObjectMeta(name="std"), spec=policy))
        await self.wait(wait_seconds)

    def transport(self) -> Transport:
        """To the hub's API server, for participants of a test's own."""
        return self._ground.transport("admin") if self._ground is not None else InProcessTransport(self.hub.server)

    # Orders

    async def revision(self, name: str) -> None:
        await self.client.create(
            refs.REVISIONS, Revision(metadata=ObjectMeta(name=name), spec=RevisionSpec(component=COMPONENT))
        )

    async def release(self, name: str, revision: str, **spec: Any) -> Release:
        given = ReleaseSpec(component=COMPONENT, revision=revision, policy=spec.pop("policy", "std"), **spec)
        return await self.client.create(
            refs.RELEASES, Release(metadata=ObjectMeta(name=name, namespace="default"), spec=given)
        )

    async def order(self, name: str, **spec: Any) -> None:
        patch = {"spec": msgspec.to_builtins(spec)}
        await self.client.patch(refs.RELEASES, Raw, name, patch, namespace="default")

    async def approve(self, name: str, *what: str) -> None:
        await self.order(name, approvals=[msgspec.to_builtins(Approval(what=each)) for each in what])

    async def freeze(self, name: str, **spec: Any) -> None:
        window = FreezeWindow(metadata=ObjectMeta(name=name), spec=FreezeWindowSpec(reason="test", **spec))
        await self.client.create(refs.FREEZE_WINDOWS, window)

    async def lift(self, name: str) -> None:
        await self.client.delete(refs.FREEZE_WINDOWS, name)

    def harm(self, revision: str, **effect: Any) -> None:
        given = {"symptom": Symptom.NOT_READY, **effect}
        self.fleet.set_behaviour(COMPONENT, revision, Behaviour(effects=(Effect(**given),)))

    # Time

    async def wait(self, seconds: float) -> None:
        await self.clock.sleep(seconds)
        self.hub.check()

    async def until(self, true: Callable[[], Awaitable[Any]], within: float = 48 * HOUR, step: float = 10.0) -> Any:
        """Wait until ``true`` answers something true; what it answered."""
        deadline = self.clock.now() + within
        while not (answer := await true()):
            assert self.clock.now() < deadline, f"not within {within} s: {await self.picture()}"
            await self.wait(step)
        return answer

    async def ended(self, name: str, within: float = 48 * HOUR) -> Release:
        async def has_ended() -> Release | None:
            found = await self.get(name)
            return found if found.status.ended_at else None

        release: Release = await self.until(has_ended, within, 60.0)
        await self.wait(120)
        return release

    async def phase(self, name: str, *phases: str, within: float = 48 * HOUR, step: float = 5.0) -> Release:
        async def in_phase() -> Release | None:
            found = await self.get(name)
            return found if found.status.phase in phases else None

        release: Release = await self.until(in_phase, within, step)
        return release

    # What there is

    async def get(self, name: str) -> Release:
        return await self.client.get(refs.RELEASES, Release, name, "default")

    async def component(self) -> Component:
        return await self.client.get(refs.COMPONENTS, Component, COMPONENT)

    async def cluster(self, name: str) -> Cluster:
        return await self.client.get(refs.CLUSTERS, Cluster, name)

    async def clusters(self) -> list[Cluster]:
        return (await self.client.list(refs.CLUSTERS, Cluster)).items

    async def grant(self, name: str) -> Grant:
        found = (await self.cluster(name)).grant(COMPONENT)
        assert found is not None
        return found

    async def granted(self, release: str) -> dict[str, Grant]:
        """The clusters' grants of one release."""
        grants = {cluster.name: cluster.grant(COMPONENT) for cluster in await self.clusters()}
        return {name: grant for name, grant in grants.items() if grant and grant.release == f"default/{release}"}

    def names(self, environment: str = "prod") -> list[str]:
        return [plan.name for plan in self.fleet.plans if plan.environment == environment]

    def at(self, cluster: str | None = None) -> dict[str, int]:
        """How many nodes stand at each revision, in one cluster or in all."""
        names = self.fleet.revision_names(COMPONENT)
        found: dict[str, int] = {}
        for each in [cluster] if cluster else self.fleet.cluster_names():
            seen = self.fleet.cluster(each).observe(COMPONENT)
            for code, count in zip(*np.unique(seen.revision[seen.present], return_counts=True), strict=True):
                found[names[int(code)]] = found.get(names[int(code)], 0) + int(count)
        return found

    def begun(self, attempt: int) -> int:
        """Nodes whose last order was of ``attempt``."""
        views = [self.fleet.cluster(name).observe(COMPONENT) for name in self.fleet.cluster_names()]
        return sum(int((seen.present & seen.started & (seen.attempt == attempt)).sum()) for seen in views)

    async def picture(self) -> str:
        releases = (await self.client.list(refs.RELEASES, Release)).items
        told = [(r.name, r.status.phase, r.status.wave, r.status.reason, r.status.holds) for r in releases]
        return f"{told} {self.at()} {self.hub.reports[:3]}"

    async def exists(self, name: str) -> bool:
        try:
            await self.get(name)
        except NotFound:
            return False
        return True


Story = Callable[[House], Awaitable[None]]


def play(
    story: Story,
    *,
    policy: ReleasePolicySpec = TWO_WAVES,
    component: ComponentSpec = AT_V1,
    spec: FleetSpec | None = None,
    wrap: Wrap | None = None,
    fetch: Fetch = nobody,
) -> None:
    """Run ``story`` over a fresh hub; every report of an error that was given up fails it."""

    async def main() -> None:
        house = House(running_clock(), spec or small_spec(), wrap, fetch)
        try:
            await house.start(policy, component)
            await story(house)
            house.hub.check()
            assert not house.hub.reports
        finally:
            await house.hub.stop()

    run_virtual(main(), DEFAULT_START)
