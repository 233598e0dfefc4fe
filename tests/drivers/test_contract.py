"""What every driver promises of orders: the same script, on simulated nodes and on real ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest
from tests.drivers.cluster import WAIT, RealCluster, some, until
from tests.hub.house import small_spec

from myriarch.drivers.driver import Driver, NodeStates
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.fleet.fleet import Fleet


class Bench:
    """A driver of component ``os`` at v1, with a way to let moves end or stay under way."""

    driver: Driver

    def states(self) -> NodeStates:
        raise NotImplementedError

    @property
    def now(self) -> float:
        raise NotImplementedError

    async def settle(self) -> None:
        """Let all moves end."""
        raise NotImplementedError

    async def midway(self) -> None:
        """Let moves begin, and none end."""
        raise NotImplementedError

    def at(self, position: int) -> str:
        names = {self.driver.number_of("os", name): name for name in ("v1", "v2", "v3")}
        return names.get(int(self.states().at[position]), "?")


class SimulatedBench(Bench):
    def __init__(self) -> None:
        self.fleet = Fleet(small_spec())
        self.fleet.set_base("os", "v1")
        self.driver = SimulatedDriver(self.fleet, self.fleet.cluster_names()[-1])

    def states(self) -> NodeStates:
        return self.driver.observe("os", self.fleet.now)

    @property
    def now(self) -> float:
        return self.fleet.now

    async def settle(self) -> None:
        self.fleet.advance_to(self.fleet.now + 600)

    async def midway(self) -> None:
        self.fleet.advance_to(self.fleet.now + 1)


class RealBench(Bench):
    def __init__(self, cluster: RealCluster) -> None:
        self.cluster = cluster

    def states(self) -> NodeStates:
        return self.cluster.states(self.driver)  # type: ignore[arg-type]

    @property
    def now(self) -> float:
        return self.cluster.clock.now()

    async def settle(self) -> None:
        self.cluster.clock.seconds += 600
        self.cluster.mover.hold = None
        await until(lambda: not self.states().moving.any())

    async def midway(self) -> None:
        self.cluster.clock.seconds += 1
        self.cluster.mover.hold = WAIT
        await until(lambda: bool((self.states().moving_since[self.states().moving] < np.inf).all()))


@asynccontextmanager
async def _bench(kind: str) -> AsyncGenerator[Bench, None]:
    if kind == "simulated":
        bench: Bench = SimulatedBench()
        bench.driver.assume("os", "v1")
        yield bench
        return
    cluster = RealCluster()
    cluster.mover.hold = WAIT
    async with cluster.driver() as driver:
        bench = RealBench(cluster)
        bench.driver = driver
        driver.assume("os", "v1")
        yield bench


Script = Callable[[Bench], Awaitable[None]]


async def ordered(bench: Bench) -> None:
    driver = bench.driver
    assert driver.number_of("os", "v2") == -2
    driver.advance("os", some(0, 1), "v2", 1, bench.now)
    states = bench.states()
    assert states.moving[:3].tolist() == [True, True, False]
    assert states.started[:3].tolist() == [True, True, False]
    assert states.attempt[:3].tolist() == [1, 1, 0]
    assert (states.target[:2] == driver.number_of("os", "v2")).all()
    assert (states.previous[:2] == driver.number_of("os", "v1")).all()
    assert states.previous[2] == -1
    assert (states.done_at[:2] == 0).all()
    await bench.midway()
    since = bench.states().moving_since
    assert np.isfinite(since[:2]).all()
    assert np.isinf(since[2])
    await bench.settle()
    assert [bench.at(each) for each in range(3)] == ["v2", "v2", "v1"]
    assert (bench.states().done_at[:2] > 0).all()
    assert bench.states().done_at[2] == 0


async def repeated(bench: Bench) -> None:
    bench.driver.advance("os", some(0), "v2", 1, bench.now)
    await bench.midway()
    since = bench.states().moving_since[0]
    bench.driver.advance("os", some(0), "v2", 1, bench.now)
    assert bench.states().moving_since[0] == since
    await bench.settle()
    done = bench.states().done_at[0]
    bench.driver.advance("os", some(0), "v2", 1, bench.now)
    assert bench.states().done_at[0] == done
    assert not bench.states().moving[0]


async def reverted_midway(bench: Bench) -> None:
    bench.driver.advance("os", some(0), "v2", 1, bench.now)
    await bench.midway()
    bench.driver.revert("os", some(0), bench.now)
    bench.driver.revert("os", some(0, 1), bench.now)  # who never began is left alone
    assert bench.states().moving[:2].tolist() == [True, False]
    assert bench.states().attempt[0] == 1
    await bench.settle()
    assert [bench.at(0), bench.at(1)] == ["v1", "v1"]
    assert bench.states().target[0] == bench.driver.number_of("os", "v1")


async def superseded(bench: Bench) -> None:
    bench.driver.advance("os", some(0), "v2", 1, bench.now)
    await bench.settle()
    bench.driver.advance("os", some(0), "v3", 2, bench.now)
    await bench.settle()
    assert bench.at(0) == "v3"
    bench.driver.revert("os", some(0), bench.now)
    await bench.settle()
    assert bench.at(0) == "v1"


async def confirmed(bench: Bench) -> None:
    bench.driver.advance("os", some(0), "v2", 1, bench.now)
    await bench.settle()
    bench.driver.confirm("os", some(0))
    assert bench.states().previous[0] == -1
    bench.driver.advance("os", some(0), "v3", 2, bench.now)
    await bench.settle()
    bench.driver.revert("os", some(0), bench.now)
    await bench.settle()
    assert bench.at(0) == "v2"


async def there_already(bench: Bench) -> None:
    bench.driver.advance("os", some(0), "v1", 4, bench.now)
    states = bench.states()
    assert not states.moving[0]
    assert states.started[0]
    assert states.attempt[0] == 4
    assert states.done_at[0] == bench.now


SCRIPTS = (ordered, repeated, reverted_midway, superseded, confirmed, there_already)


@pytest.mark.parametrize("kind", ["simulated", "real"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_orders_mean_the_same(kind: str, script: Script) -> None:
    async def play() -> None:
        async with _bench(kind) as bench:
            await script(bench)

    asyncio.run(play())
