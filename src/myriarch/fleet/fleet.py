"""The Fleet: all nodes of all simulated clusters, living by rule.

The fleet has no clock: ``advance_to(now)`` brings it to a moment, handling what is due in order of time, and
``next_event`` says when something is due next. Clusters don't touch each other, so each handles its own
events vectorised, and a heap holds the earliest event of each. Given the same calls at the same times, the
same spec gives the same life (``draws.py``).

Drivers see clusters through ``ClusterView``; the server renders Node objects through ``render_node``; only
the simulator calls ``set_behaviour`` and the faults in ``life.py``. What must survive a restart goes through
``_record`` to the journal (``store.py``).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from myriarch.base.errors import UserFault
from myriarch.fleet import background, moves, strikes
from myriarch.fleet.behaviour import Behaviour, check_behaviour
from myriarch.fleet.build import plan_fleet
from myriarch.fleet.columns import BASE_DTYPE, NEVER, ClusterState, Move
from myriarch.fleet.draws import Ints, uniform
from myriarch.fleet.health import settle
from myriarch.fleet.names import NodeNames
from myriarch.fleet.plan import STORED_ATTRIBUTES, ClusterPlan, Rows
from myriarch.fleet.spec import SECONDS_PER_DAY, FleetSpec
from myriarch.fleet.view import ClusterView
from myriarch.fleet.world import World

#: 2026-01-05T00:00:00Z, a Monday: where virtual time starts unless told otherwise.
DEFAULT_START = 1_767_571_200.0
#: Nodes that are there at the start joined up to this long before it.
OLDEST_NODE_DAYS = 300.0

Listener = Callable[[str, Sequence[str]], None]


class Fleet:
    """Simulated clusters by name. Implements the server's NodeSource."""

    def __init__(self, spec: FleetSpec, *, start: float = DEFAULT_START) -> None:
        plan = plan_fleet(spec)
        self.spec = spec
        self.start = start
        self.now = start
        self.world = World(spec, plan.vocabulary)
        self._states: list[ClusterState] = []
        self._by_name: dict[str, ClusterState] = {}
        self._heap: list[tuple[float, int]] = []
        self._listeners: list[Listener] = []
        for index, cluster in enumerate(plan.clusters):
            self._add_state(index, cluster)

    def _add_state(self, index: int, plan: ClusterPlan) -> None:
        state = ClusterState(index, plan, _base_rows(plan.nodes, self.start))
        lanes = np.arange(state.size)
        age = uniform(self.world.key(state, "age"), lanes) * OLDEST_NODE_DAYS * SECONDS_PER_DAY
        state.base["joined_at"] = state.base["since"] = np.floor(self.start - age)
        state.base["failure_at"] = background.next_failure(self.world, state, lanes, self.start)
        self._states.append(state)
        self._by_name[plan.name] = state
        self._schedule(state)

    # What there is

    @property
    def plans(self) -> tuple[ClusterPlan, ...]:
        """Name, environment, region and labels of every cluster, in order."""
        return tuple(state.plan for state in self._states)

    @property
    def node_count(self) -> int:
        """Nodes present."""
        return sum(int(np.count_nonzero(state.base["present"])) for state in self._states)

    @property
    def memory_bytes(self) -> int:
        """What the columns take."""
        arrays = [array for state in self._states for array in (state.base, *state.parts)]
        return sum(array.nbytes for array in arrays if array is not None)

    def cluster_names(self) -> Sequence[str]:
        return tuple(self._by_name)

    def has_cluster(self, cluster: str) -> bool:
        return cluster in self._by_name

    def cluster(self, name: str) -> ClusterView:
        """Raises KeyError where there is no such cluster."""
        return ClusterView(self.world, self._by_name[name], lambda: self.now, self._changed)

    def node_names(self, cluster: str) -> Sequence[str]:
        state = self._by_name[cluster]
        return NodeNames(cluster, np.flatnonzero(state.base["present"]))

    def revision_names(self, component: str) -> tuple[str, ...]:
        """Revisions by code, in order of first mention."""
        return tuple(self.world.component(component).revisions)

    # Time

    def next_event(self) -> float:
        """Unix seconds of the earliest event; inf when nothing is due."""
        while self._heap:
            moment, index = self._heap[0]
            if self._states[index].next_at == moment:
                return moment
            heapq.heappop(self._heap)
        return NEVER

    def advance_to(self, now: float) -> list[str]:
        """Handle what is due; names of clusters whose nodes changed, in the fleet's order."""
        changed = set()
        while self.next_event() <= now:
            _, index = heapq.heappop(self._heap)
            state = self._states[index]
            touched = [self._step(state, moment) for moment in _moments(state, now)]
            self._changed(state, union(touched), now)
            changed.add(index)
        self.now = max(self.now, now)
        return [self._states[index].plan.name for index in sorted(changed)]

    def _step(self, state: ClusterState, moment: float) -> Ints:
        """Handle one cluster's events of one moment; the nodes concerned."""
        touched = []
        failing = (state.base["failure_at"] <= moment).nonzero()[0]
        if len(failing):
            background.strike(self.world, state, failing, moment)
            touched.append(failing)
        for number, part in enumerate(state.parts):
            if part is None:
                continue
            due = (part["due_at"] <= moment).nonzero()[0]
            if len(due):
                self._step_component(state, number, part, due, moment)
                touched.append(due)
        indices = union(touched)
        settle(self.world, state, indices, moment)
        return indices

    def _step_component(self, state: ClusterState, number: int, part: Rows, due: Ints, moment: float) -> None:
        component = self.world.by_number[number]
        moving = part["move"][due] == Move.UPDATING
        arriving, struck = due[moving], due[~moving]
        if len(arriving):
            moves.complete(self.world, state, component, arriving, moment)
        if len(struck):
            strikes.strike(self.world, state, component, struck, moment)

    # What the simulator decides

    def set_behaviour(self, component: str, revision: str, behaviour: Behaviour) -> None:
        """What a revision does to the nodes that come to it. Raises UserFault for an unusable behaviour."""
        check_behaviour(behaviour)
        self.world.set_behaviour(component, revision, behaviour)

    def set_base(self, component: str, revision: str) -> None:
        """The revision that all nodes stand at from the start, and that nodes join with.

        Raises UserFault once the component is in use.
        """
        owner = self.world.component(component)
        code = self.world.revision(owner, revision)
        if owner.base_revision != code and any(_in_use(state, owner.number) for state in self._states):
            raise UserFault(component, revision, "the component is in use", "Set the base revision first.")
        owner.base_revision = code

    # Change

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener(cluster, node names)`` after each change."""
        self._listeners.append(listener)

    def _changed(self, state: ClusterState, indices: Ints, now: float) -> None:
        self.now = max(self.now, now)
        self._schedule(state)
        if len(indices):
            for listener in self._listeners:
                listener(state.plan.name, NodeNames(state.plan.name, indices))

    def _schedule(self, state: ClusterState) -> None:
        moment = state.find_next()
        if moment != state.next_at:
            state.next_at = moment
        if moment < NEVER:
            heapq.heappush(self._heap, (moment, state.index))


def _moments(state: ClusterState, now: float) -> Iterator[float]:
    """The cluster's moments up to ``now``, each found once the one before has been handled."""
    while (moment := state.find_next()) <= now:
        yield moment


def union(parts: list[Ints]) -> Ints:
    """Sorted unique positions of sorted unique parts (at least one)."""
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def _in_use(state: ClusterState, component: int) -> bool:
    return component < len(state.parts) and state.parts[component] is not None


def _base_rows(nodes: Any, start: float) -> Rows:
    rows = np.zeros(len(nodes), dtype=BASE_DTYPE)
    for attribute in STORED_ATTRIBUTES:
        rows[attribute] = nodes[attribute]
    rows["since"] = rows["joined_at"] = start
    rows["failure_at"] = NEVER
    rows["present"] = True
    rows["ready"] = 1
    return rows
