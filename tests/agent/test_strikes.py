"""What an agent tells of first failures after quiet: of updated nodes and of others, once, and with what they are."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from myriarch.agent.agent import Agent
from myriarch.api.cluster import Cluster, ClusterSpec, Grant
from myriarch.api.meta import ObjectMeta
from myriarch.api.strike import STRIKES_MAX, Strike
from myriarch.base.clock import parse_rfc3339
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.engine.strikes import QUIET_SECONDS
from myriarch.fleet.defaults import uniform_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.spec import Failures

COMPONENT, NODES, LOOK_SECONDS = "agent", 30, 60.0


class Ground:
    """One simulated cluster with its agent; ``ceiling`` nodes may be updated, none at first."""

    def __init__(self) -> None:
        spec = msgspec.structs.replace(uniform_spec(2, NODES, 1), failures=Failures(mean_days_between=0))
        self.fleet = Fleet(spec)
        self.fleet.set_base(COMPONENT, "v1")
        self.view = self.fleet.cluster(self.fleet.cluster_names()[0])
        self.agent = Agent(SimulatedDriver(self.fleet, self.view.name))
        self.now = self.fleet.now
        self.grant = Grant(component=COMPONENT, revision="v1", attempt=0, all_nodes=True, proven=True)
        self.told: Sequence[Strike] = ()

    def release(self, ceiling: int) -> None:
        self.grant = Grant(component=COMPONENT, revision="v2", rollback_to="v1", attempt=1, ceiling=ceiling)

    def updated(self) -> np.ndarray:
        states = self.view.observe(COMPONENT)
        return np.flatnonzero(states.revision == self.fleet.revision_names(COMPONENT).index("v2"))

    def kill(self, *nodes: int) -> None:
        self.fleet.kill_nodes(self.view.name, np.asarray(nodes), self.now)

    def run(self, minutes: float) -> None:
        for _ in range(round(minutes * 60 / LOOK_SECONDS)):
            self.now += LOOK_SECONDS
            self.fleet.advance_to(self.now)
            cluster = Cluster(metadata=ObjectMeta(name=self.view.name), spec=ClusterSpec(environment="prod"))
            cluster.spec.components = [self.grant]
            cluster.status.strikes = list(self.told)
            self.told = self.agent.turn(cluster, self.now, 60.0).strikes


def test_a_node_that_no_release_has_touched_is_told_with_what_it_is() -> None:
    ground = Ground()
    ground.run(5)
    ground.kill(3)
    died = ground.now
    ground.run(20)
    (strike,) = ground.told
    assert strike.components == []
    assert any(stratum.startswith("os=") for stratum in strike.strata)
    assert parse_rfc3339(strike.at) >= died + 300


def test_an_updated_node_is_told_as_the_releases_and_a_mixed_lot_is_nobodys() -> None:
    for others in (0, 1):
        ground = Ground()
        ground.release(ceiling=4)
        ground.run(60)
        mine = ground.updated()
        assert len(mine) == 4
        rest = [node for node in range(NODES) if node not in mine][:others]
        ground.kill(int(mine[0]), *rest)
        ground.run(20)
        assert [strike.components for strike in ground.told] == ([[COMPONENT]] if not others else [[]])


def test_what_fails_within_half_an_hour_of_another_is_no_strike_of_its_own() -> None:
    ground = Ground()
    ground.run(5)
    for node in range(4):
        ground.kill(node)
        ground.run(20)
    assert len(ground.told) == 1
    ground.run(QUIET_SECONDS / 60 + 5)
    ground.kill(20)
    ground.run(20)
    assert len(ground.told) == 2


def test_an_agent_that_starts_anew_tells_nothing_twice_and_keeps_the_last_few() -> None:
    ground = Ground()
    ground.run(5)
    for node in range(STRIKES_MAX + 3):
        ground.kill(node)
        ground.run(20)
        ground.agent = Agent(SimulatedDriver(ground.fleet, ground.view.name))
        ground.run(QUIET_SECONDS / 60)
    assert len(ground.told) == STRIKES_MAX
    moments = [strike.at for strike in ground.told]
    assert moments == sorted(set(moments))
