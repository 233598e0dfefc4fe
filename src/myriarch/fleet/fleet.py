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
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from myriarch.base.errors import UserFault
from myriarch.fleet import background, life, moves, strikes
from myriarch.fleet.behaviour import Behaviour, check_behaviour
from myriarch.fleet.build import plan_fleet
from myriarch.fleet.columns import BASE_DTYPE, NEVER, NO_REVISION, ClusterState, Move, as_indices
from myriarch.fleet.draws import Ints, uniform
from myriarch.fleet.health import settle
from myriarch.fleet.names import NodeNames, node_index
from myriarch.fleet.plan import STORED_ATTRIBUTES, ClusterPlan, Rows
from myriarch.fleet.render import render_node
from myriarch.fleet.spec import SECONDS_PER_DAY, FleetSpec
from myriarch.fleet.store import Store, read_saved, restore
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
        self.cut_off: dict[str, float] = {}
        """Clusters whose agents can't reach the hub, and since when (Unix seconds)."""
        self._store: Store | None = None
        for index, cluster in enumerate(plan.clusters):
            self._add_state(index, cluster)

    @classmethod
    def open(cls, directory: Path, spec: FleetSpec | None = None, *, start: float = DEFAULT_START) -> Fleet:
        """The fleet that ``directory`` holds, or a new one of ``spec`` that is kept there from now on.

        Raises UserFault where the directory holds a fleet of another spec, is damaged, or is empty and no
        spec is given.
        """
        directory.mkdir(parents=True, exist_ok=True)
        saved = read_saved(directory)
        if saved is None and spec is None:
            raise UserFault("data", str(directory), "holds no fleet", "Say what fleet to build.")
        if saved is not None and spec is not None and saved.header.spec != spec:
            raise UserFault(
                "data",
                str(directory),
                "holds a fleet of another spec",
                "Start without a fleet spec to go on with it, or use another directory.",
            )
        fleet = cls(saved.header.spec, start=saved.header.start) if saved else cls(spec, start=start)  # type: ignore[arg-type]
        for batch in saved.batches if saved else ():
            restore(batch, fleet.world, fleet._states)
            fleet.now = max(fleet.now, batch.now)
        for state in fleet._states if saved else ():
            fleet._schedule(state, state.find_next())
            if state.partitioned:
                fleet.cut_off[state.plan.name] = fleet.now
        fleet._store = Store(directory, fleet.spec, fleet.start, saved)
        return fleet

    def close(self) -> None:
        """Sync what is kept on disk. A fleet in memory has nothing to close."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _add_state(self, index: int, plan: ClusterPlan) -> None:
        state = ClusterState(index, plan, _base_rows(plan.nodes, self.start))
        lanes = np.arange(state.size)
        age = uniform(self.world.key(state, "age"), lanes) * OLDEST_NODE_DAYS * SECONDS_PER_DAY
        state.base["joined_at"] = state.base["since"] = np.floor(self.start - age)
        state.base["failure_at"] = background.next_failure(self.world, state, lanes, self.start)
        self._states.append(state)
        self._by_name[plan.name] = state
        self._schedule(state, state.find_next())

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
        return ClusterView(self.world, self._by_name[name], lambda: self.now, self._commit)

    def node_names(self, cluster: str) -> Sequence[str]:
        state = self._by_name[cluster]
        return NodeNames(cluster, np.flatnonzero(state.base["present"]))

    def revision_names(self, component: str) -> tuple[str, ...]:
        """Revisions by code, in order of first mention."""
        return tuple(self.world.component(component).revisions)

    def render_node(self, cluster: str, name: str) -> dict[str, Any] | None:
        """A full v1 Node as of the present; None where there is no such node."""
        state = self._by_name.get(cluster)
        index = node_index(cluster, name)
        if state is None or index is None or index >= state.size or not state.base["present"][index]:
            return None
        return render_node(self.world, state, index, self.now)

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
            moment, index = heapq.heappop(self._heap)
            state = self._states[index]
            touched = []
            while moment <= now:
                touched.append(self._step(state, moment))
                moment = state.find_next()
            self._changed(state, union(touched), now, moment)
            changed.add(index)
        if changed and self._store is not None:
            self._store.commit(self.world, now, self._states)
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
        self._commit_facts()

    def set_base(self, component: str, revision: str) -> None:
        """The revision that nodes without one stand at from now on, and that nodes join with."""
        owner = self.world.component(component)
        code = self.world.revision(owner, revision)
        if owner.base_revision == code:
            return
        if owner.base_revision != NO_REVISION or any(_in_use(state, owner.number) for state in self._states):
            for state in self._states:
                life.rebase(state.part(owner.number, owner.base_revision), code)
                self._changed(state, np.arange(state.size), self.now)
        self.world.set_base(owner, code)
        self._commit_facts()

    def assume_base(self, component: str, revision: str) -> None:
        """As ``set_base``, but only for a component that nothing is known of yet."""
        owner = self.world.component(component)
        if owner.base_revision == NO_REVISION and not any(_in_use(state, owner.number) for state in self._states):
            self.set_base(component, revision)

    def kill_nodes(self, cluster: str, indices: Any, now: float) -> None:
        """The nodes go silent until healed."""
        state, chosen = self._choose(cluster, indices)
        life.kill(state, chosen)
        self._settle(state, chosen, now)

    def heal_nodes(self, cluster: str, indices: Any, now: float) -> None:
        """End faults and ordinary failures of the nodes, and bring back silenced ones."""
        state, chosen = self._choose(cluster, indices)
        life.heal(self.world, state, chosen, now)
        self._settle(state, chosen, now)

    def slow_nodes(self, cluster: str, indices: Any, on: bool, now: float) -> None:
        """The nodes take several times as long for updates, and show slow pod starts."""
        state, chosen = self._choose(cluster, indices)
        life.slow(state, chosen, on)
        self._settle(state, chosen, now)

    def add_nodes(self, cluster: str, count: int, now: float, *, shape: str = "") -> Sequence[str]:
        """New nodes join, like random ones of the cluster; their names."""
        state = self._by_name[cluster]
        added = life.add(self.world, state, count, now, shape)
        self._settle(state, added, now)
        return NodeNames(cluster, added)

    def remove_nodes(self, cluster: str, indices: Any, now: float) -> None:
        """The nodes leave for good."""
        state, chosen = self._choose(cluster, indices)
        life.remove(state, chosen)
        self._commit(state, chosen, now)

    def relabel(self, cluster: str, indices: Any, labels: Mapping[str, str], now: float) -> None:
        """Change attributes (zone, pool, os, kernel) or set labels of nodes."""
        state, chosen = self._choose(cluster, indices)
        life.relabel(self.world, state, chosen, labels)
        self._note_cluster(state)
        self._commit(state, chosen, now)

    def set_partition(self, cluster: str, on: bool) -> None:
        """Whether the cluster's agent is cut off from the hub. The fleet only remembers it."""
        state = self._by_name[cluster]
        state.partitioned = on
        if on:
            self.cut_off.setdefault(cluster, self.now)
        else:
            self.cut_off.pop(cluster, None)
        self._note_cluster(state)
        self._commit_facts()
        for listener in self._listeners:
            listener(cluster, ())

    def _choose(self, cluster: str, indices: Any) -> tuple[ClusterState, Ints]:
        state = self._by_name[cluster]
        chosen = as_indices(indices, state.size)
        return state, chosen[state.base["present"][chosen]]

    def _settle(self, state: ClusterState, indices: Ints, now: float) -> None:
        settle(self.world, state, indices, now)
        self._commit(state, indices, now)

    # Change

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener(cluster, node names)`` after each change."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: Listener) -> None:
        """Call ``listener`` no more."""
        self._listeners.remove(listener)

    def _commit(self, state: ClusterState, indices: Ints, now: float) -> None:
        """One cluster's rows changed by one call: tell, schedule, record."""
        self._changed(state, indices, now)
        if self._store is not None:
            self._store.commit(self.world, now, self._states)

    def _commit_facts(self) -> None:
        if self._store is not None:
            self._store.commit(self.world, self.now, self._states)

    def _note_cluster(self, state: ClusterState) -> None:
        if self._store is not None:
            self._store.note_cluster(state)

    def _changed(self, state: ClusterState, indices: Ints, now: float, upcoming: float | None = None) -> None:
        """``upcoming`` is the cluster's next event, where it is known already."""
        self.now = max(self.now, now)
        self._schedule(state, state.find_next() if upcoming is None else upcoming)
        if len(indices):
            if self._store is not None:
                self._store.note(state, indices)
            for listener in self._listeners:
                listener(state.plan.name, NodeNames(state.plan.name, indices))

    def _schedule(self, state: ClusterState, moment: float) -> None:
        if moment == state.next_at:
            return  # it is in the heap already
        state.next_at = moment
        if moment < NEVER:
            heapq.heappush(self._heap, (moment, state.index))


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
