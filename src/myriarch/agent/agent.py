"""The agent of one cluster: for every grant one turn of the node level, then one status.

It acts only inside its grants, and works on with the last ones that it heard when the hub is out of reach.
It keeps nothing that it can't gather again: what matters stands in the nodes, the grants and its own last
report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from myriarch.agent.beside import Neighbours
from myriarch.agent.comparing import Comparing
from myriarch.agent.limits import Limits, limits_of
from myriarch.agent.node_level import NodeLevel, Turn
from myriarch.agent.nodes import joint_attributes, strata_counts
from myriarch.agent.outage import outage_of
from myriarch.agent.report import MESSAGE_LIMIT, explain, report
from myriarch.agent.sickness import InFlight, arrivals_of, next_sick_at, sick_groups
from myriarch.agent.strikes import USUAL_GRACE_SECONDS, Strikes
from myriarch.api.budgets import Budgets
from myriarch.api.cluster import Cluster, ComponentStatus, Grant, Mode
from myriarch.api.outage import Outage
from myriarch.api.policy import NodeRules
from myriarch.api.sickness import SickGroup
from myriarch.api.strike import Strike
from myriarch.base.clock import parse_rfc3339
from myriarch.drivers.driver import Attribute, Driver, NodeStates, Trouble
from myriarch.engine.population import count, some

NEVER = float("inf")
RECOUNT_SECONDS = 60.0
"""Nodes of real clusters change their attributes too (a kernel, a kubelet): they are counted anew so often."""
SEVERAL = 2
NOTHING: Mapping[str, Trouble] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Findings:
    """What a turn over all grants found: the component statuses, the node counts, and when to look again.

    ``strata`` is None where the set of nodes is as it was last told.
    """

    components: list[ComponentStatus]
    nodes: int
    ready_nodes: int
    strata: dict[str, dict[str, int]] | None
    kubernetes_version: str
    wake_at: float
    turns: tuple[tuple[ComponentStatus, Grant, Turn], ...] = ()
    outage: Outage | None = None
    sick: tuple[SickGroup, ...] = ()
    strikes: tuple[Strike, ...] = ()

    @property
    def urgent(self) -> bool:
        """Whether nodes wait for others to be done, so that changes must be looked at soon."""
        return any(turn.waiting for _, _, turn in self.turns)

    def explain(self) -> None:
        """Complete the statuses with what is waited for: to be called before they are told."""
        for status, grant, turn in self.turns:
            explain(status, grant, turn)


class Agent:
    """One cluster. ``reported`` is what an agent before this one found last, where there was one."""

    def __init__(self, driver: Driver, reported: dict[str, ComponentStatus] | None = None) -> None:
        self._driver = driver
        self._level: NodeLevel | None = None
        self._size = -1
        self._limits: dict[str, tuple[Grant, Limits]] = {}
        self._counted: bytes = b""
        self._counted_at = 0.0
        self._strata: dict[str, dict[str, int]] = {}
        self._comparing = Comparing(driver)
        self._outage: Outage | None = None
        self._strikes = Strikes(driver)
        self.reported = reported if reported is not None else {}

    def turn(
        self, cluster: Cluster, now: float, report_seconds: float, blocked: Mapping[str, Trouble] = NOTHING
    ) -> Findings:
        """Act on every grant of ``cluster`` (Unix seconds ``now``). Progress may be ``report_seconds`` old. Of the
        components ``blocked`` it is only told why nothing is done."""
        level = self._node_level()
        told = {status.component: status for status in cluster.status.components}
        flights: list[InFlight] = []
        still: list[ComponentStatus] = []
        wake_at = NEVER
        states: NodeStates | None = None
        if cluster.spec.mode is not Mode.MANAGE:  # looked at only
            return self._findings(cluster, cluster.status.components, self._driver.observe("", now), wake_at, now)
        grants = sorted(cluster.spec.components, key=lambda grant: -grant.priority)
        neighbours = self._neighbours(grants, told, now)
        for grant in grants:
            before = self._latest(told.get(grant.component), grant.component)
            if grant.component in blocked:
                still.append(_blocked(grant.component, before, blocked[grant.component]))
                continue
            limits = self._limits_of(grant)
            beside = None if neighbours is None else neighbours.of(grant.component)
            turn = level.turn(grant, limits, before, now, beside)
            states = turn.states
            status = report(grant, turn, before, self._driver, cluster.spec.pairs)
            status.comparisons = self._comparing.look(grant, limits, turn, before, now, beside, cluster.spec.pairs)
            status.arrivals = arrivals_of(grant, turn, before)
            self.reported[grant.component] = status
            flights.append((status, grant, limits, turn))
            if neighbours is not None:
                neighbours.note(grant.component)
            wake_at = min(wake_at, _wake_at(grant, limits, turn, status.settled, now, report_seconds))
        place = {grant.component: index for index, grant in enumerate(cluster.spec.components)}
        flights.sort(key=lambda flight: place[flight[0].component])
        statuses = [*(flight[0] for flight in flights), *still]
        return self._findings(cluster, statuses, states or self._driver.observe("", now), wake_at, now, flights)

    def _neighbours(
        self, grants: Sequence[Grant], told: Mapping[str, ComponentStatus], now: float
    ) -> Neighbours | None:
        """None in the usual case: a single component."""
        if len(grants) < SEVERAL:
            return None
        return Neighbours(self._driver, [(grant, self._limits_of(grant)) for grant in grants], told, now)

    def moves_by(self, driver: Driver | None) -> bool:
        """Whether ``driver`` is the one that it moves nodes by."""
        return driver is self._driver

    def _node_level(self) -> NodeLevel:
        size = len(self._driver.names)
        if self._level is None or size != self._size:
            self._level = NodeLevel(self._driver)
            self._size = size
        return self._level

    def _limits_of(self, grant: Grant) -> Limits:
        known = self._limits.get(grant.component)
        if known is not None and _rules_of(known[0]) == _rules_of(grant):
            return known[1]
        limits = limits_of(grant)
        self._limits[grant.component] = (grant, limits)
        return limits

    def _latest(self, told: ComponentStatus | None, component: str) -> ComponentStatus | None:
        """The later of what the hub has and what was found last, which may not have reached it."""
        return self.reported.get(component, told)

    def _findings(
        self,
        cluster: Cluster,
        statuses: list[ComponentStatus],
        states: NodeStates,
        wake_at: float,
        now: float,
        flights: Sequence[InFlight] = (),
    ) -> Findings:
        members = self._driver.membership()
        present, ready = members if members is not None else (states.present, (states.ready == 1) & states.present)
        pairs = cluster.spec.pairs
        mark = present.tobytes() + (repr(pairs).encode() if pairs else b"")
        recount = members is not None and now - self._counted_at >= RECOUNT_SECONDS
        strata = None
        version = ""
        if mark != self._counted or recount:
            attributes = self._driver.attributes()
            counts = strata_counts(attributes | joint_attributes(attributes, pairs), present)
            if mark != self._counted or counts != self._strata:
                strata = counts
                version = _version(attributes)
            if members is not None:
                self._strata = counts
            self._counted, self._counted_at = mark, now
        turns = tuple((status, grant, turn) for status, grant, _, turn in flights)
        sick = tuple(sick_groups(flights, self._driver, now)) if flights else ()
        strikes = tuple(self._strikes.look(flights, states, cluster.status.strikes, now))
        if not flights:
            wake_at = min(wake_at, next_sick_at(states, USUAL_GRACE_SECONDS, now))
        known = self._outage if self._outage is not None else cluster.status.outage
        self._outage = outage = outage_of(known, present, ready, (turn for _, _, turn in turns), now)
        ready_nodes = count(ready)
        return Findings(statuses, count(present), ready_nodes, strata, version, wake_at, turns, outage, sick, strikes)

    def forget_report(self) -> None:
        """Nothing told so far counts: the next findings carry everything."""
        self._counted = b""


def _rules_of(grant: Grant) -> tuple[NodeRules, Budgets | None, bool]:
    return grant.rules, grant.budgets, grant.proven


def _blocked(component: str, before: ComponentStatus | None, trouble: Trouble) -> ComponentStatus:
    """What was told last, which is of an older attempt where the grant is new: nothing can be said of this one."""
    known = before or ComponentStatus(component=component)
    return msgspec.structs.replace(known, reason=trouble.reason, message=trouble.message[:MESSAGE_LIMIT])


def _version(attributes: dict[str, Attribute]) -> str:
    """The cluster's Kubernetes version; a cluster without nodes has one too."""
    minors = attributes["kubernetesMinor"].values if "kubernetesMinor" in attributes else ("",)
    return f"v{minors[0]}.0"


def _wake_at(grant: Grant, limits: Limits, turn: Turn, settled: bool, now: float, report_seconds: float) -> float:
    """When time alone may change what is found."""
    states, health = turn.states, turn.health
    moments = [NEVER]
    if some(states.present & (states.ready != 1) & ~states.moving):
        moments.append(turn.decision.wake_at)  # when who is down on its own no longer holds the others
    moving = states.moving & (states.moving_since < NEVER)
    soaking = health.begun & ~health.updated & ~states.moving & health.healthy & ~health.back
    if some(moving):  # and when a move is done, the agent looks anyway
        moments.append(float(states.moving_since[moving].min()) + limits.update_timeout_seconds)
    elif some(soaking):
        # Only the last one decides anything; the others are progress, which may be told late.
        done = states.done_at[soaking]
        first, last = float(done.min()) + limits.soak_seconds, float(done.max()) + limits.soak_seconds
        moments.append(max(first, min(last, now + report_seconds)))
    concerned = states.present if grant.tolerated_ratio > 0 else health.begun
    sick = concerned & ~health.healthy & ~states.moving
    if some(sick):
        later = states.symptom_since[sick] + limits.rules.revert_failed_after_seconds
        moments += [float(m) for m in later[later > now]]
    moments.append(next_sick_at(states, limits.failure_grace_seconds, now))  # who fails is told of all nodes
    if grant.forward_until is not None and not settled:
        moments.append(parse_rfc3339(grant.forward_until))
    return min((m for m in moments if m > now), default=NEVER)
