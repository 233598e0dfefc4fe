"""Budgets by label from the policy to the nodes, and clusters that come back: on a whole hub."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from tests.hub.house import COMPONENT, TWO_WAVES, House, play, small_spec

from myriarch.api.budgets import BUDGETS_PROTOCOL, PolicyBudgets
from myriarch.api.cluster import Access, AgentInfo, Cluster, ClusterSpec, ClusterStatus
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import ReleasePolicySpec, Unreachable
from myriarch.api.release import Phase
from myriarch.controllers.component import catching_up
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.freezing import Freezes
from myriarch.controllers.release.terms import hold_outdated, node_terms

LOOK_SECONDS = 5.0
ZONE = "topology.kubernetes.io/zone"
REGION = "topology.kubernetes.io/region"


def policy(**budgets: Any) -> ReleasePolicySpec:
    return msgspec.structs.replace(TWO_WAVES, budgets=msgspec.convert(budgets, PolicyBudgets))


def moving(house: House, cluster: str) -> set[int]:
    """Nodes of the cluster that are out of service now."""
    seen = house.fleet.cluster(cluster).observe(COMPONENT)
    return {int(row) for row in (seen.present & (seen.ready != 1)).nonzero()[0]}


def ingress(house: House) -> None:
    for name in house.names():
        house.fleet.relabel(name, [1, 2, 3], {"role": "ingress"}, house.clock.now())


async def watched(house: House, look: Any) -> Phase:
    """Look at the hub every few seconds until the release ``r`` has ended; its phase."""

    async def over() -> bool:
        look()
        return (await house.get("r")).status.ended_at is not None

    await house.until(over, step=LOOK_SECONDS)
    return (await house.get("r")).status.phase


def test_no_two_nodes_of_a_role_and_no_two_of_a_zone_are_out_at_once() -> None:
    budgets = {
        "roles": [{"name": "ingress", "selector": {"matchLabels": {"role": "ingress"}}, "maxUnavailable": 1}],
        "domains": [{"label": ZONE, "maxUnavailable": 1}],
    }

    async def story(house: House) -> None:
        ingress(house)
        zones = {name: house.fleet.cluster(name).labels(ZONE) for name in house.names()}
        most = {"all": 0, "ingress": 0, "zone": 0}

        def look() -> None:
            for name in house.names():
                out = moving(house, name)
                most["all"] = max(most["all"], len(out))
                most["ingress"] = max(most["ingress"], len(out & {1, 2, 3}))
                in_zone = [zones[name][row] for row in out]
                most["zone"] = max([most["zone"], *(in_zone.count(zone) for zone in in_zone)])

        await house.release("r", "v2")
        assert await watched(house, look) is Phase.SUCCEEDED
        assert most["ingress"] == most["zone"] == 1
        assert most["all"] > 1
        assert [house.at(name) for name in house.names()] == [{"v2": 8}] * 4

    play(story, policy=policy(nodes=budgets))


def test_only_one_region_is_in_flight() -> None:
    async def story(house: House) -> None:
        regions = {each.name: each.metadata.labels[REGION] for each in await house.clusters()}
        assert len(set(regions.values())) > 1
        together: set[int] = set()

        def look() -> None:
            together.add(len({regions[name] for name in house.names() if moving(house, name)}))

        await house.release("r", "v2")
        assert await watched(house, look) is Phase.SUCCEEDED
        assert together == {0, 1}

    play(story, policy=policy(clusters={"domains": [{"label": REGION, "maxDomains": 1}]}), spec=small_spec(9))


def test_clusters_that_come_back_are_let_in_one_by_one() -> None:
    async def story(house: House) -> None:
        names = house.names()
        away = names[:4]
        for name in away:
            house.fleet.set_partition(name, True)
        together: set[int] = set()
        await house.wait(900)
        await house.release("r", "v2")
        await house.wait(1200)
        for name in away:
            house.fleet.set_partition(name, False)

        def look() -> None:
            together.add(sum(bool(moving(house, name)) for name in away))

        assert await watched(house, look) is Phase.SUCCEEDED
        assert together == {0, 1}

    play(story, policy=policy(clusters={"returning": 1}), spec=small_spec(9))


def test_clusters_that_missed_a_release_catch_up_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "AT_ONCE", 1)

    async def story(house: House) -> None:
        away = house.names()[:4]
        for name in away:
            house.fleet.set_partition(name, True)
        await house.wait(900)
        await house.release("r", "v2")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
        assert [house.at(name) for name in away] == [{"v1": 8}] * 4
        for name in away:
            house.fleet.set_partition(name, False)
        together: set[int] = set()

        async def all_there() -> bool:
            together.add(sum(bool(moving(house, name)) for name in away))
            return all(house.at(name) == {"v2": 8} for name in away)

        await house.until(all_there, step=LOOK_SECONDS)
        assert together == {0, 1}

    patient = Unreachable(tolerance="100%", after="5m")
    play(story, policy=msgspec.structs.replace(TWO_WAVES, unreachable=patient), spec=small_spec(9))


def test_an_agent_that_knows_no_budgets_moves_one_node_at_a_time() -> None:
    spec = policy(nodes={"domains": [{"label": ZONE, "maxUnavailable": 2}]})
    old, new = pulling(1), pulling(BUDGETS_PROTOCOL)
    assert node_terms(spec, old)[0].max_unavailable == 1
    assert node_terms(spec, new) == (spec.nodes, spec.budgets.nodes)
    assert node_terms(policy(), old) == (spec.nodes, None)
    nothing = Freezes(np.zeros(2, np.bool_), np.full(2, np.inf), np.inf, "")
    assert not hold_outdated(nothing, spec, FleetTable.of([old, new])).frozen.any()


def test_one_that_would_split_a_gang_gets_no_forward_step() -> None:
    spec = policy(nodes={"gangs": [{"label": "job", "kind": "SameWave"}]})
    nothing = Freezes(np.zeros(2, np.bool_), np.full(2, np.inf), np.inf, "night")
    found = hold_outdated(nothing, spec, FleetTable.of([pulling(1), pulling(BUDGETS_PROTOCOL)]))
    assert found.frozen.tolist() == [True, False]
    assert found.reason.startswith("night; agents too old")
    assert "speaks-1" in found.reason


def pulling(protocol: int) -> Cluster:
    """A cluster whose agent, somewhere else, speaks ``protocol``."""
    return Cluster(
        metadata=ObjectMeta(name=f"speaks-{protocol}"),
        spec=ClusterSpec(environment="prod", access=Access.PULL),
        status=ClusterStatus(agent=AgentInfo(protocol=protocol)),
    )
