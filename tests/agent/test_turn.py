"""Two agents of one cluster: one works, the other waits, says so, and takes over when the first is heard no more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.agent.scripted import Scripted
from tests.agent.test_pull import NAME, Gate, House

from myriarch.agent.credential import AGENTS_NAMESPACE
from myriarch.agent.heartbeat import LEASE_SECONDS
from myriarch.agent.memory import MEMORY
from myriarch.agent.pull import PullAgent, PullSetup
from myriarch.agent.state import FolderState
from myriarch.client.resource import NAMESPACES
from myriarch.fleet.fleet import DEFAULT_START
from myriarch.runtime.lease import LEASES, Lease
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

SHORT_SECONDS = 30.0
AGENTS = {"name": AGENTS_NAMESPACE}
LEASE = {
    "apiVersion": "coordination.k8s.io/v1",
    "kind": "Lease",
    "metadata": {"name": NAME, "namespace": AGENTS_NAMESPACE},
    "spec": {"leaseDurationSeconds": LEASE_SECONDS},
}


class Runner:
    """One agent process: its own way to the hub, folder and name."""

    def __init__(self, house: House, name: str) -> None:
        self.said: list[str] = []
        self.gate = Gate(house.server)
        self.folder = house.folder / name
        self._house = house
        self._name = name
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """As a signal does."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def die(self) -> None:
        """Without a word."""
        self.gate.open = False
        await self.stop()

    async def _run(self) -> None:
        house = self._house
        setup = PullSetup(
            NAME, self.gate, Scripted(house._member), FolderState(self.folder), None, self._name, house._driver
        )
        while True:
            await PullAgent(setup, house.clock, self.said.append).run()

    @property
    def works(self) -> bool:
        """By what it said last of it."""
        told = [line for line in self.said if ": working" in line or "another agent" in line]
        return bool(told) and ": working" in told[-1]


def play(folder: Path, story: Callable[[House, Runner, Runner], Awaitable[None]]) -> None:
    async def main() -> None:
        house = House(running_clock(), folder)
        await house.furnish()
        await house.hub.create(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": AGENTS})
        await house.hub.create(LEASES, LEASE)
        first, second = Runner(house, "first"), Runner(house, "second")
        first.start()
        try:
            await house.wait(SHORT_SECONDS)
            assert first.works
            await story(house, first, second)
        finally:
            await first.stop()
            await second.stop()
            await house.server.close()

    run_virtual(main(), DEFAULT_START)


async def holder(house: House) -> str:
    return (await house.hub.get(LEASES, Lease, NAME, AGENTS_NAMESPACE)).holder


def test_the_second_waits_and_says_so_as_long_as_the_first_is_heard(tmp_path: Path) -> None:
    async def story(house: House, first: Runner, second: Runner) -> None:
        second.start()
        await house.wait(3 * LEASE_SECONDS)
        assert (first.works, second.works) == (True, False)
        [told] = [line for line in second.said if "another agent" in line]
        assert "another agent works for c1: first, heard last at" in told
        assert await holder(house) == "first"
        assert len(house.drivers) == 1

    play(tmp_path, story)


def test_the_second_takes_over_from_one_that_died_when_its_lease_is_over(tmp_path: Path) -> None:
    async def story(house: House, first: Runner, second: Runner) -> None:
        second.start()
        await house.wait(SHORT_SECONDS)
        await first.die()
        await house.wait(LEASE_SECONDS - SHORT_SECONDS - 60)
        assert not second.works
        await house.wait(SHORT_SECONDS + 90)
        assert second.works
        assert await holder(house) == "second"

    play(tmp_path, story)


def test_the_second_takes_over_soon_from_one_that_was_stopped(tmp_path: Path) -> None:
    async def story(house: House, first: Runner, second: Runner) -> None:
        second.start()
        await house.wait(SHORT_SECONDS)
        await first.stop()
        await house.wait(SHORT_SECONDS)
        assert second.works
        assert (await house.hub.get(LEASES, Lease, NAME, AGENTS_NAMESPACE)).transitions == 2

    play(tmp_path, story)


def test_a_restart_goes_on_at_once_also_after_it_died(tmp_path: Path) -> None:
    async def story(house: House, first: Runner, _second: Runner) -> None:
        await first.die()
        first.said.clear()
        first.gate.open = True
        first.start()
        await house.wait(SHORT_SECONDS)
        assert first.works
        assert not any("another agent" in line for line in first.said)

    play(tmp_path, story)


def test_one_that_was_cut_off_and_replaced_stops_when_it_is_back(tmp_path: Path) -> None:
    async def story(house: House, first: Runner, second: Runner) -> None:
        await house.grant("os")
        await house.wait(SHORT_SECONDS)
        second.start()
        first.gate.open = False
        await house.wait(2 * LEASE_SECONDS)
        assert (first.works, second.works) == (True, True)  # the first works on inside its grants
        first.gate.open = True
        await house.wait(SHORT_SECONDS)
        assert (first.works, second.works) == (False, True)
        assert any("has taken over" in line for line in first.said)
        assert (first.folder / MEMORY).stat().st_size == 0
        assert not house.drivers[0].writable
        await second.stop()
        await house.wait(SHORT_SECONDS)
        assert first.works

    play(tmp_path, story)


def test_a_folder_is_one_agents(tmp_path: Path) -> None:
    one, other = FolderState(tmp_path / "state"), FolderState(tmp_path / "state")
    assert one.lock()
    assert not other.lock()
    one.unlock()
    assert other.lock()
    other.unlock()
