"""A cluster that moves as one: its nodes begin together once the ceiling allows all, and go back together."""

from __future__ import annotations

import asyncio

from tests.drivers.cluster import START, HandMover, RealCluster, until

from myriarch.agent.limits import limits_of
from myriarch.agent.node_level import NodeLevel, Turn
from myriarch.agent.report import explain, report
from myriarch.api.cluster import ComponentStatus, Direction, Grant
from myriarch.api.policy import NodeRules
from myriarch.drivers.driver import Symptom, Trouble
from myriarch.drivers.mover import THE_CLUSTER, Stuck
from myriarch.drivers.real import RealDriver

RULES = NodeRules(max_unavailable=1, soak="10s", failure_grace="5s")


def _grant(ceiling: int, direction: Direction = Direction.FORWARD) -> Grant:
    return Grant(
        component="os", revision="v2", rollback_to="v1", attempt=1, ceiling=ceiling, direction=direction, rules=RULES
    )


class _Desk:
    def __init__(self, cluster: RealCluster, driver: RealDriver) -> None:
        self.cluster, self.driver = cluster, driver
        self.status: ComponentStatus | None = None

    def turn(self, grant: Grant) -> Turn:
        turn = NodeLevel(self.driver).turn(grant, limits_of(grant), self.status, self.cluster.clock.now())
        self.status = report(grant, turn, self.status, self.driver)
        return turn


def test_all_or_none_begin_and_all_go_back() -> None:
    async def play() -> None:
        cluster = RealCluster(HandMover(whole=True), nodes=4)
        async with cluster.driver() as driver:
            desk = _Desk(cluster, driver)
            assert desk.turn(_grant(3)).starting == 0
            assert desk.turn(_grant(4)).starting == 4  # a budget of one node means nothing
            await until(lambda: cluster.mover.stands.get(THE_CLUSTER) == "v2")
            await until(lambda: not cluster.states(driver).moving.any())
            cluster.clock.seconds += 20
            desk.turn(_grant(4))
            assert desk.status is not None
            assert (desk.status.updated, desk.status.settled) == (4, True)
            cluster.mover.symptoms[THE_CLUSTER] = (Symptom.NOT_READY, START + 20)
            cluster.clock.seconds += 20
            desk.turn(_grant(4))
            await until(lambda: cluster.mover.stands.get(THE_CLUSTER) == "v1")  # by its own judgement

    asyncio.run(play())


def test_trouble_in_the_cluster_lets_nothing_begin_and_is_told() -> None:
    class Troubled(HandMover):
        fault: Trouble | None = None

        def trouble(self) -> Trouble | None:
            return self.fault

    async def play() -> None:
        mover = Troubled()
        cluster = RealCluster(mover)
        async with cluster.driver() as driver:
            desk = _Desk(cluster, driver)
            mover.fault = Trouble("TargetMissing", "there is no such thing. Make it.", blocks=True)
            assert desk.turn(_grant(2)).starting == 0
            assert desk.status is not None
            assert (desk.status.reason, desk.status.message) == ("TargetMissing", "there is no such thing. Make it.")
            assert not desk.status.settled
            mover.fault = Trouble("PayloadInvalid", "v2 is wrong.")  # the revision's: another may begin
            assert desk.turn(_grant(1)).starting == 1

    asyncio.run(play())


def test_a_cluster_that_can_not_even_be_brought_to_where_it_begins_is_not_settled() -> None:
    async def play() -> None:
        cluster = RealCluster(HandMover(whole=True), nodes=4)
        cluster.mover.stands[THE_CLUSTER] = ""  # nothing of the bundle was ever there
        cluster.mover.hold = Stuck("the Cluster has no such label")
        async with cluster.driver() as driver:
            desk = _Desk(cluster, driver)
            desk.turn(_grant(4))
            await until(lambda: (cluster.states(driver).symptom == Symptom.UPDATE_TIMEOUT).all())
            desk.turn(_grant(4))
            assert desk.status is not None
            assert (desk.status.begun, desk.status.settled) == (0, False)

    asyncio.run(play())


def test_why_a_bundle_failed_is_told_also_when_it_is_back() -> None:
    class Troubled(HandMover):
        fault: Trouble | None = None

        def trouble(self) -> Trouble | None:
            return self.fault

    async def play() -> None:
        mover = Troubled(whole=True)
        cluster = RealCluster(mover, nodes=4)
        mover.stands[THE_CLUSTER] = "v1"
        async with cluster.driver() as driver:
            desk = _Desk(cluster, driver)
            mover.hold, mover.fault = Stuck("no"), Trouble("ChartNotRendered", "the chart says no.")
            desk.turn(_grant(4))
            await until(lambda: (cluster.states(driver).symptom == Symptom.UPDATE_TIMEOUT).all())
            desk.turn(_grant(4))
            assert desk.status is not None
            assert desk.status.failures[0].symptom == "ChartNotRendered"
            mover.hold, mover.fault = None, None
            back = _grant(4, Direction.REVERT)
            desk.turn(back)
            await until(lambda: not cluster.states(driver).moving.any())
            explain(desk.status, back, desk.turn(back))
            assert (desk.status.reverted, desk.status.settled) == (4, True)
            assert (desk.status.reason, desk.status.message) == ("ChartNotRendered", "the chart says no.")
            assert desk.status.failures[0].symptom == "ChartNotRendered"

    asyncio.run(play())
