"""Shards: each is held by one at a time, by all that live alike, and goes over when its holder does not live."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from myriarch.api.crd import all_crds
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.base.clock import Clock
from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.resource import ResourceRef
from myriarch.runtime.lease import LEASES, Lease
from myriarch.runtime.shards import LEASE_SECONDS, NAMESPACE, SHARDS, Identity, Shards, rendezvous, shard_of
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

EPOCH = 1_700_000_000.0
NAMESPACES = ResourceRef("", "v1", "namespaces")
KEYS = {shard: next(f"k{n}" for n in range(1000) if shard_of(f"k{n}") == shard) for shard in range(SHARDS)}
"""A key of each shard."""


class Skewed:
    """A clock that is off by ``seconds``."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds

    def now(self) -> float:
        return self._clock.now() + self._seconds

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


class Replicas:
    """Several replicas over one embedded server."""

    def __init__(self) -> None:
        self.clock = running_clock()
        self.server = ApiServer(clock=self.clock, crds=all_crds(), store=Store(), bookmark_seconds=None)
        self.client = Client(InProcessTransport(self.server, user="admin"))
        self.running: dict[str, asyncio.Task[None]] = {}
        self.shards: dict[str, Shards] = {}
        self.both: list[str] = []

    def start(self, name: str, process: str = "1", *, skew: float = 0.0) -> Shards:
        shards = Shards(self.client, Skewed(self.clock, skew), Identity(name, process))
        self.shards[f"{name}/{process}"] = shards
        self.running[f"{name}/{process}"] = asyncio.create_task(shards.run())
        return shards

    async def crash(self, name: str, process: str = "1") -> Shards:
        """It stops, and lets go of nothing."""
        task = self.running.pop(f"{name}/{process}")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return self.shards[f"{name}/{process}"]

    async def wait(self, seconds: float) -> None:
        """Look several times a second whether anything is held twice."""
        for _ in range(round(seconds * 4)):
            await self.clock.sleep(0.25)
            for shard, key in KEYS.items():
                holders = [name for name, shards in self.shards.items() if shards.hold(key) is not None]
                if len(holders) > 1:
                    self.both.append(f"shard {shard}: {holders}")

    async def leases(self) -> dict[str, Lease]:
        return {lease.name: lease for lease in (await self.client.list(LEASES, Lease, NAMESPACE)).items}

    async def terms(self) -> list[int]:
        found = await self.leases()
        return [found[f"myriarch-shard-{shard}"].transitions for shard in range(SHARDS)]


def play(story: Callable[[Replicas], Awaitable[None]]) -> None:
    async def main() -> None:
        replicas = Replicas()
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        await replicas.client.create(NAMESPACES, body)
        try:
            await story(replicas)
            assert not replicas.both
        finally:
            for task in replicas.running.values():
                task.cancel()
            await asyncio.gather(*replicas.running.values(), return_exceptions=True)
            await replicas.server.close()

    run_virtual(main(), EPOCH)


def test_one_replica_holds_everything_and_renews_it_for_ever() -> None:
    async def story(replicas: Replicas) -> None:
        shards = replicas.start("a")
        await replicas.wait(3600)
        assert shards.held() == list(range(SHARDS))
        assert await replicas.terms() == [1] * SHARDS

    play(story)


def test_who_joins_is_given_a_share_without_waiting_for_anything_to_expire() -> None:
    async def story(replicas: Replicas) -> None:
        first = replicas.start("a")
        await replicas.wait(20)
        second = replicas.start("b")
        await replicas.wait(LEASE_SECONDS - 1)
        assert len(first.held()) == len(second.held()) == SHARDS // 2
        assert sorted(first.held() + second.held()) == list(range(SHARDS))
        assert sorted(await replicas.terms()) == [1] * 4 + [2] * 4

    play(story)


def test_what_a_dead_replica_held_goes_over_within_the_lease() -> None:
    async def story(replicas: Replicas) -> None:
        first, second = replicas.start("a"), replicas.start("b")
        await replicas.wait(60)
        before = set(second.held())
        await replicas.crash("a")
        await replicas.wait(LEASE_SECONDS / 2)
        assert set(second.held()) == before
        await replicas.wait(LEASE_SECONDS)
        assert second.held() == list(range(SHARDS))
        assert first.held() == []

    play(story)


def test_clocks_that_are_hours_apart_change_nothing() -> None:
    async def story(replicas: Replicas) -> None:
        first, second = replicas.start("a", skew=-7200.0), replicas.start("b", skew=86400.0)
        await replicas.wait(300)
        terms = await replicas.terms()
        await replicas.wait(600)
        assert len(first.held()) == len(second.held()) == SHARDS // 2
        assert await replicas.terms() == terms

    play(story)


def test_a_stopped_process_knows_by_its_own_clock_that_it_holds_nothing() -> None:
    async def story(replicas: Replicas) -> None:
        replicas.start("a")
        await replicas.wait(30)
        stopped = await replicas.crash("a")
        hold = stopped.hold(KEYS[0])
        assert hold is not None
        await replicas.wait(LEASE_SECONDS - 1)
        assert not hold.valid
        assert stopped.hold(KEYS[0]) is None

    play(story)


def test_work_in_hand_is_done_before_a_shard_is_handed_over() -> None:
    async def story(replicas: Replicas) -> None:
        first = replicas.start("a")
        await replicas.wait(20)
        moving = next(shard for shard, name in rendezvous(["a", "b"]).items() if name == "b")
        hold = first.hold(KEYS[moving])
        assert hold is not None
        with hold.in_use():
            second = replicas.start("b")
            await replicas.wait(6)
            assert first.hold(KEYS[moving]) is None
            assert second.hold(KEYS[moving]) is None
            assert hold.valid
        await replicas.wait(10)
        assert second.hold(KEYS[moving]) is not None

    play(story)


def test_who_leaves_lets_go_at_once() -> None:
    async def story(replicas: Replicas) -> None:
        replicas.start("a")
        second = replicas.start("b")
        await replicas.wait(60)
        leaving = await replicas.crash("a")
        await leaving.leave()
        await replicas.wait(7)
        assert second.held() == list(range(SHARDS))
        assert "myriarch-replica-a" not in await replicas.leases()

    play(story)


def test_a_deleted_lease_does_not_bring_old_terms_back() -> None:
    async def story(replicas: Replicas) -> None:
        shards = replicas.start("a")
        shards.floor = lambda shard: 40 if shard == 3 else 0
        await replicas.wait(20)
        hold = shards.hold(KEYS[3])
        assert hold is not None
        assert hold.term == 41
        shards.floor = lambda _shard: 41
        await replicas.client.delete(LEASES, "myriarch-shard-3", NAMESPACE)
        await replicas.wait(20)
        hold = shards.hold(KEYS[3])
        assert hold is not None
        assert hold.term == 42

    play(story)


def test_a_second_live_process_of_the_same_name_is_refused() -> None:
    async def story(replicas: Replicas) -> None:
        replicas.start("a", "1")
        await replicas.wait(20)
        replicas.start("a", "2")
        task = replicas.running["a/2"]
        await replicas.wait(120)
        with pytest.raises(UserFault, match="another live process has this name"):
            task.result()

    play(story)


def test_a_process_started_again_under_its_name_takes_over() -> None:
    async def story(replicas: Replicas) -> None:
        replicas.start("a", "1")
        await replicas.wait(20)
        await replicas.crash("a", "1")
        again = replicas.start("a", "2")
        await replicas.wait(2 * LEASE_SECONDS + 10)
        assert again.held() == list(range(SHARDS))
        assert await replicas.terms() == [2] * SHARDS

    play(story)


def test_leases_of_replicas_long_gone_are_deleted() -> None:
    async def story(replicas: Replicas) -> None:
        replicas.start("a")
        replicas.start("b")
        await replicas.wait(30)
        await replicas.crash("a")
        await replicas.wait(LEASE_SECONDS * 30)
        assert "myriarch-replica-a" not in await replicas.leases()

    play(story)


def test_shares_are_even_and_few_shards_move() -> None:
    for count in range(1, 9):
        names = [f"hub-{n}" for n in range(count)]
        wanted = rendezvous(names)
        assert set(wanted) == set(range(SHARDS))
        held = [list(wanted.values()).count(name) for name in names]
        assert max(held) <= -(-SHARDS // count)
    assert rendezvous(["a", "b"]) == rendezvous(["b", "a"])
    assert rendezvous([]) == {}
