"""Two replicas share one hub, on virtual time: what one lets lie the other takes up, and nothing is written twice.

A replica is stopped by its transport: as of a process that got SIGSTOP, whatever it was about to send goes out
only when it is resumed, however long that takes.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from tests.hub.house import COMPONENT, House, play

from myriarch.api.component import ComponentSpec
from myriarch.api.release import Phase
from myriarch.api.term import STALE_TERM
from myriarch.client.errors import AlreadyExists
from myriarch.client.http import Request, Response, Transport
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.hub.hub import CONTROLLERS
from myriarch.hub.replica import Replica
from myriarch.hub.rights import AGENTS_NAMESPACE, SYSTEM_NAMESPACE
from myriarch.runtime.shards import LEASE_SECONDS, Identity

NAMESPACES = ResourceRef("", "v1", "namespaces")


class Stoppable:
    """A transport that stops of itself before the write of a grant once ``grants_left`` are written, and lets
    everything through again when resumed. ``late`` are the answers to writes that were stopped."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._running = asyncio.Event()
        self._running.set()
        self.grants_left = -1
        self.late: list[Response] = []

    @property
    def stopped(self) -> bool:
        return not self._running.is_set()

    def stop(self) -> None:
        self._running.clear()

    def resume(self) -> None:
        self.grants_left = -1
        self._running.set()

    async def send(self, request: Request) -> Response:
        if request.method == "PATCH" and request.path.rpartition("/")[0].endswith("/clusters"):
            if self.grants_left == 0:
                self.stop()
            self.grants_left -= 1
        was_stopped = self.stopped
        await self._running.wait()
        response = await self._transport.send(request)
        if was_stopped and request.method != "GET":
            self.late.append(response)
        return response


class Pair:
    """Two replicas in place of the hub's own controllers."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.transports: dict[str, Stoppable] = {}
        self.replicas: dict[str, Replica] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.said: list[str] = []

    async def start(self) -> None:
        await self.house.hub.crash(CONTROLLERS)
        for name in (SYSTEM_NAMESPACE, AGENTS_NAMESPACE):
            with suppress(AlreadyExists):
                await self.house.client.create(
                    NAMESPACES, Raw(apiVersion="v1", kind="Namespace", metadata={"name": name})
                )
        for name in ("a", "b"):
            self.transports[name] = Stoppable(self.house.transport())
            identity = Identity(name, "1")
            replica = Replica(self.transports[name], self.house.clock, self.house.clock, identity, say=self.said.append)
            self.replicas[name] = replica
            self.tasks[name] = asyncio.create_task(replica.run())
        await self.house.wait(2 * LEASE_SECONDS)

    async def end(self) -> None:
        for transport in self.transports.values():
            transport.resume()
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    def holding(self) -> tuple[str, str]:
        """The replica that works on the component, and the other."""
        names = [name for name, replica in self.replicas.items() if replica.shards.hold(COMPONENT) is not None]
        assert len(names) == 1, names
        return names[0], "b" if names[0] == "a" else "a"

    async def kill(self, name: str) -> None:
        """It ends and lets go of nothing: its transport is dead first."""
        self.transports[name].stop()
        self.tasks[name].cancel()
        await self.house.wait(0.1)


def play_pair(story: Any, **options: Any) -> None:
    async def with_pair(house: House) -> None:
        pair = Pair(house)
        await pair.start()
        try:
            await story(house, pair)
        finally:
            await pair.end()

    play(with_pair, **options)


def test_two_replicas_bring_a_release_to_its_end() -> None:
    async def story(house: House, pair: Pair) -> None:
        await house.release("r", "v2")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
        assert all(set(house.at(name)) == {"v2"} for name in house.names())
        hold = pair.replicas[pair.holding()[0]].shards.hold(COMPONENT)
        assert hold is not None
        assert (await house.get("r")).status.term == (await house.component()).status.term == hold.term

    play_pair(story)


def test_a_dead_replica_s_release_goes_on() -> None:
    async def story(house: House, pair: Pair) -> None:
        await house.release("r", "v2")
        before = (await house.phase("r", Phase.SOAKING)).status.term
        dead, other = pair.holding()
        await pair.kill(dead)
        await house.wait(2 * LEASE_SECONDS)
        assert pair.replicas[other].shards.hold(COMPONENT) is not None
        ended = await house.ended("r")
        assert ended.status.phase is Phase.SUCCEEDED
        assert ended.status.term > before
        assert {grant.term for grant in (await house.granted("r")).values()} <= {ended.status.term, before}

    play_pair(story)


def refused_after_the_takeover(grants: int) -> None:
    """One replica stops after so many grants of the second wave; the other takes the release back meanwhile."""

    async def story(house: House, pair: Pair) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        stopped, other = pair.holding()
        pair.transports[stopped].grants_left = grants
        await house.until(lambda: _is(pair.transports[stopped].stopped), step=1.0)
        await house.wait(3 * LEASE_SECONDS)
        assert pair.replicas[other].shards.hold(COMPONENT) is not None
        await house.order("r", order="RollBack")
        await house.phase("r", Phase.ROLLING_BACK, Phase.ROLLED_BACK)
        pair.transports[stopped].resume()
        ended = await house.ended("r")
        assert ended.status.phase is Phase.ROLLED_BACK
        assert any(each.status == 422 and STALE_TERM.encode() in each.body for each in pair.transports[stopped].late)
        assert set(house.at()) == {"v1"}

    play_pair(story)


def test_the_first_grant_of_a_wave_that_was_stopped_on_its_way_is_refused_after_the_takeover() -> None:
    refused_after_the_takeover(0)


def test_a_later_grant_that_was_stopped_on_its_way_is_refused_after_the_takeover() -> None:
    refused_after_the_takeover(1)


def test_a_first_grant_that_was_stopped_on_its_way_is_refused_too() -> None:
    async def story(house: House, pair: Pair) -> None:
        clusters = await house.clusters()
        assert all(cluster.grant(COMPONENT) is None for cluster in clusters)
        stopped, other = pair.holding()
        pair.transports[stopped].grants_left = 0
        await house.release("r", "v2")
        await house.until(lambda: _is(pair.transports[stopped].stopped), step=1.0)
        await house.wait(3 * LEASE_SECONDS)
        assert pair.replicas[other].shards.hold(COMPONENT) is not None
        pair.transports[stopped].resume()
        await house.wait(5)
        assert any(each.status == 409 for each in pair.transports[stopped].late)
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    play_pair(story, component=ComponentSpec())


async def _is(true: bool) -> bool:
    return true
