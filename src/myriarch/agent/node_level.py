"""The node level of a release: one grant, the nodes of one cluster, one decision of the engine.

The hub's grant says how many nodes may have begun and which attribute values they must cover; which nodes
those are is a function of the seedless hash of their names, so it is the same after a crash. Nodes that
stand at neither the granted nor the proven revision (newcomers of an autoscaler, say) are brought to the
proven one first: that is the standing state.

Where the driver moves the cluster as one, its nodes begin together once the ceiling allows all of them, and go back
together; budgets within the cluster mean nothing then. Where the driver is in trouble that lies in the cluster,
nothing begins; what has begun may still go back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import msgspec
import numpy as np
from numpy.typing import NDArray

from myriarch.agent.beside import Beside
from myriarch.agent.health import STANDING_ATTEMPT, Health, health_of
from myriarch.agent.held_nodes import held_nodes
from myriarch.agent.limits import Limits
from myriarch.agent.nodes import grouped, node_population
from myriarch.api.cluster import ComponentStatus, Direction, Grant
from myriarch.api.release import Phase
from myriarch.base.clock import parse_rfc3339
from myriarch.drivers.driver import Bools, Driver, Floats, Ints, NodeStates, Trouble
from myriarch.engine.budget import pick_within_budget
from myriarch.engine.cover import cover_nodes
from myriarch.engine.decide import decide
from myriarch.engine.decision import Decision
from myriarch.engine.gangs import bundles, fitting
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_FORWARD, TOLD_REVERT, Observed
from myriarch.engine.plan import plan_nodes
from myriarch.engine.population import Hashes, Population, count, some
from myriarch.engine.rules import ALL, Rules

Ways = NDArray[np.int8]
NO_WAITS: Mapping[str, str] = MappingProxyType({})


class Turn(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What one turn found and did.

    selected bool[n]: nodes that may have begun by the grant's ceiling. strays int64[k]: nodes now told to go to
    the proven revision first; astray bool[n]: all nodes that must do so before the grant can reach them. starting:
    how many nodes it let begin. held bool[n]: nodes that the grant holds, None where it holds none.
    trouble: why the driver can't act; waits: of nodes whose order can't go on, why.
    """

    states: NodeStates
    health: Health
    selected: Bools
    decision: Decision
    reverted_by_itself: bool
    may_go_forward: bool
    strays: Ints
    astray: Bools
    starting: int
    trouble: Trouble | None = None
    held: Bools | None = None
    waits: Mapping[str, str] = NO_WAITS

    @property
    def blocked(self) -> bool:
        """Whether nothing can begin until somebody mends the cluster."""
        return self.trouble is not None and self.trouble.blocks

    @property
    def waiting(self) -> bool:
        """Whether nodes are still to begin, or to be brought to the proven revision."""
        left = count(self.selected & ~self.health.begun & self.states.present)
        return left > self.starting or some(self.astray) or len(self.strays) > 0


class NodeLevel:
    """The nodes of one cluster, seen by the engine."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.population = node_population(driver)

    def turn(
        self,
        grant: Grant,
        limits: Limits,
        before: ComponentStatus | None,
        now: float,
        beside: Beside | None = None,
    ) -> Turn:
        """Look, decide and order. ``before`` is what was last reported of the component, ``beside`` what the others of
        the cluster do."""
        component = grant.component
        if grant.rollback_to:
            self._driver.assume(component, grant.rollback_to)
        states = self._driver.observe(component, now)
        target = self._driver.number_of(component, grant.revision)
        proven = self._driver.number_of(component, grant.rollback_to)
        health = health_of(states, grant, limits, target, now)
        trouble = self._driver.trouble(component)
        blocked = trouble is not None and trouble.blocks
        whole = self._driver.whole(component)
        rules = unbounded(limits.rules) if whole else limits.rules
        beside = None if whole else beside
        rules = rules if beside is None else beside.strictest(rules)
        forward = _may_go_forward(grant, now) and not blocked
        population = grouped(self.population, self._driver, None if whole else grant.budgets)
        population = population if beside is None else beside.grouped(population)
        held = held_nodes(grant, self._driver)
        selected = self._select(grant, population, states, health, target, proven, held)
        observed = _observe(states, health, limits, now, frozen=not forward)
        observed = observed if beside is None else beside.seen(observed)
        if held is not None:
            observed = _giving_up(observed, held & health.begun)
        memory = _memory(grant, before, health, limits, held)
        plan = plan_nodes(population, selected.astype(np.int64))
        decision = decide(plan, rules, observed, memory, now)
        if whole:
            together(decision.way, states.present)
        starting = self._order(grant, states, health, decision, proven, forward, now)
        strays = np.empty(0, np.int64)
        if not blocked:
            strays = self._settle_strays(grant, states, health, selected, observed, rules, decision, proven, now)
        itself = decision.memory.phase in _BACK and grant.direction is not Direction.REVERT
        astray = states.present & health.healthy & (states.at != proven) & (states.at != target) & ~health.begun
        astray &= ~selected & (proven >= 0)
        waits = self._driver.waits(component)
        return Turn(states, health, selected, decision, itself, forward, strays, astray, starting, trouble, held, waits)

    def _select(
        self,
        grant: Grant,
        population: Population,
        states: NodeStates,
        health: Health,
        target: int,
        proven: int,
        held: Bools | None,
    ) -> Bools:
        """Nodes that the ceiling lets begin: those that have begun, then the covering ones, then by hash."""
        selected = health.begun.copy()
        usual = (states.at == proven) | (proven < 0)
        if held is not None:
            usual &= ~held
        if grant.all_nodes:
            astray = (states.at != target) if held is None else (states.at != target) & ~held
            every: Bools = selected | (states.present & (astray if grant.proven else usual))
            return every
        if self._driver.whole(grant.component):
            may = grant.ceiling >= count(states.present)
            return selected | (states.present & usual) if may else selected
        room = grant.ceiling - count(health.begun)
        if room <= 0:
            return selected
        free = states.present & ~states.moving & health.healthy & ~health.begun & usual
        if grant.cover and grant.ceiling < count(states.present):  # where all may begin, none may be left out
            chosen = self._covering(grant, population.order, free, health.begun & states.present)
        else:
            candidates = free.nonzero()[0]
            chosen = candidates[population.order[candidates].argsort(kind="stable")]
        selected[fitting(bundles(population), chosen, room, free)] = True
        return selected

    def _covering(self, grant: Grant, order: Hashes, free: Bools, begun: Bools) -> Ints:
        population = node_population(self._driver, strata=True, asked=[cover.attribute for cover in grant.cover])
        positions = {(v.attribute, v.value): i for i, v in enumerate(population.values)}
        wanted = np.zeros(len(population.values), np.int64)
        for cover in grant.cover:
            position = positions.get((cover.attribute, cover.value))
            if position is not None:
                wanted[position] = cover.nodes
        return cover_nodes(population.strata > 0, wanted, order, free, begun)

    def _order(
        self,
        grant: Grant,
        states: NodeStates,
        health: Health,
        decision: Decision,
        proven: int,
        forward: bool,
        now: float,
    ) -> int:
        """Tell the driver; how many nodes begin the attempt by it."""
        way = decision.way
        backward = ((way == TOLD_REVERT) & health.begun & ~health.reverting & states.present).nonzero()[0]
        if len(backward):
            self._driver.revert(grant.component, backward, now)
        starting = ((way == TOLD_FORWARD) & ~health.begun & states.present).nonzero()[0]
        starting = starting if forward else starting[:0]
        if len(starting):
            settled = (states.at[starting] == proven) & (states.previous[starting] >= 0)
            if settled.any():  # what a later attempt returns to is the proven revision, not what came before it
                self._driver.confirm(grant.component, starting[settled])
            self._driver.advance(grant.component, starting, grant.revision, grant.attempt, now)
        if grant.proven:
            settled = health.begun & health.healthy & ~states.moving & (states.previous >= 0)
            settled &= states.previous != states.at
            if some(settled):
                self._driver.confirm(grant.component, np.flatnonzero(settled))
        return len(starting)

    def _settle_strays(
        self,
        grant: Grant,
        states: NodeStates,
        health: Health,
        selected: Bools,
        observed: Observed,
        rules: Rules,
        decision: Decision,
        proven: int,
        now: float,
    ) -> Ints:
        """Bring nodes that stand at no revision of the grant to the proven one, within the budget; so also those that
        went back one by one, once what they went back from is proven.

        A grant whose time is up (frozen, stopped, expired) holds these too. A hold without an end is what an ended
        release leaves: who began stays where it is, and newcomers come to the proven revision.
        """
        nothing = np.empty(0, np.int64)
        held = grant.direction is not Direction.REVERT and not _in_time(grant, now)
        if not grant.rollback_to or held:
            return nothing
        told = (states.target == proven) & states.moving
        strays = states.present & (states.at != proven) & ~told & (states.ready != -1)
        back_for_good = decision.memory.phase in _BACK or grant.proven
        reverted = health.begun & health.back & ~states.moving & back_for_good
        strays &= (~(health.begun | selected) | reverted) & ~(observed.busy & ~states.moving)
        if not some(strays):
            return nothing
        starting = (decision.way == TOLD_FORWARD) & ~health.begun
        in_flight = states.moving | starting
        if some(starting):  # they are out from now on, each in its zone and domain
            observed = msgspec.structs.replace(observed, busy=observed.busy | starting)
        wanting = np.flatnonzero(strays & ~starting)
        everyone = np.ones(len(strays), np.bool_)
        chosen = pick_within_budget(wanting, decision.plan.population, observed, rules, everyone, in_flight)
        if len(chosen):
            self._driver.advance(grant.component, chosen, grant.rollback_to, STANDING_ATTEMPT, now)
        return chosen


def unbounded(rules: Rules) -> Rules:
    """The rules without budgets within the cluster."""
    return replace(rules, in_flight=ALL, rollback_in_flight=ALL, budgets=())


def together(way: Ways, present: Bools) -> None:
    """What is told to one node of a cluster that moves as one is told to all; going back comes first."""
    for told in (TOLD_REVERT, TOLD_FORWARD):
        if some(present & (way == told)):
            way[present] = told
            return


_BACK = frozenset({Phase.ROLLING_BACK, Phase.ROLLED_BACK})


def _in_time(grant: Grant, now: float) -> bool:
    return grant.forward_until is None or now < parse_rfc3339(grant.forward_until)


def _may_go_forward(grant: Grant, now: float) -> bool:
    return grant.direction is Direction.FORWARD and _in_time(grant, now)


def _observe(states: NodeStates, health: Health, limits: Limits, now: float, *, frozen: bool) -> Observed:
    size = len(states.present)
    reachable = states.ready != -1
    begun = health.begun.astype(np.int64)
    own_fault = ~health.begun & ~health.healthy
    asserted = health.begun.astype(np.int8) * TOLD_FORWARD
    asserted[health.reverting] = TOLD_REVERT
    down = states.ready != 1
    off = health.begun & ~health.back & reachable
    left_alone = health.borne | health.failed if np.isinf(limits.rules.revert_failed_after_seconds) else health.borne
    return Observed(
        present=states.present,
        reachable=reachable,
        silent_seconds=(now - states.since) * down,
        asserted=asserted,
        granted=begun,
        echoed=np.ones(size, np.bool_),
        settled=health.updated | health.failed | health.borne | own_fault | ~reachable,
        busy=states.moving & reachable,
        begun=begun,
        updated=health.updated.astype(np.int64),
        failed=health.failed.astype(np.int64),
        unavailable=(down & states.present).astype(np.int64),
        off_target=off.astype(np.int64),
        stuck=health.stuck.astype(np.int64),
        failed_seconds=_seconds_since(health.failed, health.failed_at, now),
        self_reverted=np.zeros(size, np.bool_),
        frozen=np.full(size, frozen, np.bool_),
        left_alone=left_alone & ~states.moving if some(left_alone) else None,
    )


def _seconds_since(chosen: Bools, moments: Floats, now: float) -> Floats:
    """Of the chosen nodes; 0 for the others."""
    return np.where(chosen, now - moments, 0.0) if some(chosen) else np.zeros(len(chosen))


def _giving_up(observed: Observed, held: Bools) -> Observed:
    """Held nodes that began go back as failed ones do that are given up, and are not judged any more."""
    failed_seconds = np.where(held, np.inf, observed.failed_seconds)
    return msgspec.structs.replace(observed, failed_seconds=failed_seconds, excused=held)


def _memory(grant: Grant, before: ComponentStatus | None, health: Health, limits: Limits, held: Bools | None) -> Memory:
    """The phase follows from the grant and from what was done: nothing need be stored for it.

    Nothing goes back from a proven revision: a cluster that went back by itself comes to it as strays do.
    """
    if grant.proven and grant.direction is not Direction.REVERT:
        return Memory(phase=Phase.ADVANCING)
    judged = slice(None) if held is None else ~held
    begun = count(health.begun[judged])
    taken_back = count(health.reverting[judged])
    itself = before is not None and before.reverted_attempt == grant.attempt and grant.attempt != STANDING_ATTEMPT
    itself |= taken_back >= limits.rules.minimum and taken_back > limits.rules.tolerance.floor(begun)
    if grant.direction is Direction.REVERT or itself:
        return Memory(phase=Phase.ROLLING_BACK)
    return Memory(phase=Phase.ADVANCING)
