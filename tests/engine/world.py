"""A toy world of units that obey what they are told: what stands in for clusters and nodes when the engine is tested.

A unit is a cluster with several nodes, or a node (one node, level ``NODES``). It hears what it is told when it can be
reached, takes its time, and says how it stands. Everything that goes wrong is asked for by name; nothing is drawn
here. The engine sees a world through ``columns.py`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from myriarch.engine.observed import Way

NODE_SECONDS = 300.0
"""How long a node takes to move and then to count as updated, unless the world says otherwise."""

NEVER = float("inf")

Pair = tuple[str, str]
"""An attribute and its value."""


class Level(Enum):
    """What the units are."""

    CLUSTERS = "clusters"
    NODES = "nodes"


class State(StrEnum):
    """Where a node stands."""

    OLD = "old"
    MOVING = "moving"
    NEW = "new"
    FAILED = "failed"
    RETURNING = "returning"
    BACK = "back"


UNDER_WAY = (State.MOVING, State.RETURNING)


@dataclass(slots=True)
class Node:
    """``in_hand``: not available, because it was taken out by order and has not been well since."""

    attributes: Mapping[str, str]
    state: State = State.OLD
    ends_at: float = NEVER
    failed_at: float = NEVER
    begun: bool = False
    stuck: bool = False
    in_hand: bool = False

    @property
    def out(self) -> bool:
        return self.state in (State.MOVING, State.RETURNING, State.FAILED)


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit last said: the orders it speaks of, and its nodes as they were then."""

    way: Way = Way.NONE
    ceiling: int = 0
    states: tuple[State, ...] = ()
    begun: int = 0
    stuck: int = 0
    settled: bool = True
    hold: int = 0


@dataclass(slots=True)
class Unit:
    """``told`` is what the hub wrote, ``heard`` what the unit knows of it, ``said`` what the hub knows of the unit.

    ``told_hold`` and ``heard_hold`` are the attribute values whose nodes it leaves out.

    ``at_once`` is how many of its nodes it moves forward at the same time. ``returned``: it was silent, and came back.
    """

    name: str
    nodes: list[Node]
    environment: str = "production"
    labels: dict[str, str] = field(default_factory=dict)
    zone: str = ""
    told: tuple[Way, int] = (Way.NONE, 0)
    heard: tuple[Way, int] = (Way.NONE, 0)
    told_hold: tuple[Pair, ...] = ()
    heard_hold: tuple[Pair, ...] = ()
    said: Report = field(default_factory=Report)
    silent_since: float = NEVER
    self_reverted: bool = False
    present: bool = True
    deaf: bool = False
    at_once: int = 1_000_000
    returned: bool = False

    @property
    def reachable(self) -> bool:
        return self.silent_since == NEVER

    @property
    def movable(self) -> int:
        """Nodes that may begin, or did."""
        return sum(node.begun or not self.holds(node) for node in self.nodes)

    def holds(self, node: Node) -> bool:
        """Whether it knows that it has to leave the node out."""
        return any(node.attributes.get(name) == value for name, value in self.heard_hold)

    def count(self, *states: State) -> int:
        return sum(node.state in states for node in self.nodes)

    @property
    def begun(self) -> int:
        return sum(node.begun for node in self.nodes)

    @property
    def off_target(self) -> int:
        return sum(node.begun and node.state is not State.BACK for node in self.nodes)


def takes_five_minutes(name: str, index: int) -> float:
    """The usual duration of a move, in seconds."""
    return NODE_SECONDS


def harmless(unit: Unit, node: Node) -> bool:
    """A revision that fails nowhere."""
    return False


class World:
    """Units by name, at one moment. ``fails`` says on which nodes the new revision fails at the end of its move.

    ``lost``: how many nodes of a unit are down whatever it does.

    Units are ``literal`` or not. One that is not speaks of its ceiling: it has settled when all nodes of it are done,
    whether it holds or not. A literal one speaks of its orders: it has settled when it holds and nothing moves.
    """

    def __init__(self, level: Level, now: float, *, literal: bool = False) -> None:
        self.literal = literal
        self.level = level
        self.now = now
        self.units: dict[str, Unit] = {}
        self.lost: dict[str, int] = {}
        self.fails: Callable[[Unit, Node], bool] = harmless
        self.seconds: Callable[[str, int], float] = takes_five_minutes

    def join(self, unit: Unit) -> None:
        unit.said = _report(unit, self.literal)
        self.units[unit.name] = unit

    def leave(self, name: str) -> None:
        del self.units[name]

    def tell(self, name: str, way: Way, ceiling: int, hold: tuple[Pair, ...] = ()) -> None:
        self.units[name].told = (way, ceiling)
        self.units[name].told_hold = hold

    def go_silent(self, name: str) -> None:
        """A cluster is cut off and works on; a node is dead and stands still."""
        unit = self.units[name]
        if unit.reachable:
            unit.silent_since = self.now

    def come_back(self, name: str) -> None:
        """A silent unit is heard again; a node that was in the middle of a move begins it anew."""
        unit = self.units[name]
        unit.returned |= not unit.reachable
        unit.silent_since = NEVER
        for index, node in enumerate(unit.nodes):
            if self.level is Level.NODES and node.state in UNDER_WAY:
                node.ends_at = self.now + self.seconds(unit.name, index)

    def fail(self, name: str, count: int = 1) -> None:
        """So many updated nodes of the unit fail now."""
        for node in [n for n in self.units[name].nodes if n.state is State.NEW][:count]:
            node.state, node.failed_at = State.FAILED, self.now
        if self.units[name].reachable:
            self.units[name].said = _report(self.units[name], self.literal)

    def unstick(self, name: str) -> None:
        """Nothing keeps its nodes from going back any more."""
        unit = self.units[name]
        for node in unit.nodes:
            node.stuck = False
        if unit.reachable:
            unit.said = _report(unit, self.literal)

    def revert_by_itself(self, name: str) -> None:
        """The cluster takes the attempt back by its own judgement."""
        self.units[name].self_reverted = True

    def begin_anew(self) -> None:
        """A new attempt: what was told and said in the one before means nothing any more."""
        for unit in self.units.values():
            unit.told = unit.heard = (Way.NONE, 0)
            unit.told_hold = unit.heard_hold = ()
            unit.self_reverted = False
            for node in unit.nodes:
                node.begun = False
                node.state = State.OLD if node.state is State.BACK else node.state
            unit.said = _report(unit, self.literal)

    def next_event(self) -> float:
        """When the next move ends (Unix seconds), infinite where none is under way."""
        ends = [n.ends_at for u in self._awake() for n in u.nodes if n.state in UNDER_WAY]
        return min(ends, default=NEVER)

    def advance_to(self, now: float) -> None:
        """Let time pass: moves end, units hear, act and report."""
        self.now = now
        for unit in self.units.values():
            if self.level is Level.CLUSTERS or unit.reachable:
                self._end_moves(unit)
                if unit.reachable and not unit.deaf:
                    unit.heard, unit.heard_hold = unit.told, unit.told_hold
                self._act(unit)
            if unit.reachable:
                unit.said = _report(unit, self.literal)

    def _awake(self) -> Iterator[Unit]:
        yield from (u for u in self.units.values() if self.level is Level.CLUSTERS or u.reachable)

    def _end_moves(self, unit: Unit) -> None:
        for node in unit.nodes:
            if node.state not in UNDER_WAY or node.ends_at > self.now:
                continue
            if node.state is State.RETURNING:
                node.state, node.in_hand = State.BACK, False
            elif self.fails(unit, node):
                node.state, node.failed_at = State.FAILED, self.now
            else:
                node.state, node.in_hand = State.NEW, False

    def _act(self, unit: Unit) -> None:
        way, ceiling = (Way.REVERT, 0) if unit.self_reverted else unit.heard
        if way is Way.FORWARD:
            fresh = [i for i, node in enumerate(unit.nodes) if not node.begun and not unit.holds(node)]
            free = unit.at_once - unit.count(*UNDER_WAY)
            for index in fresh[: max(min(ceiling - unit.begun, free), 0)]:
                unit.nodes[index].begun = True
                self._begin(unit, index, State.MOVING)
        for index, node in enumerate(unit.nodes):
            goes_back = node.begun and (way is Way.REVERT or unit.holds(node))
            if goes_back and not node.stuck and node.state not in (State.BACK, State.RETURNING):
                self._begin(unit, index, State.RETURNING)

    def _begin(self, unit: Unit, index: int, state: State) -> None:
        node = unit.nodes[index]
        node.in_hand |= not node.out
        node.state, node.ends_at = state, self.now + self.seconds(unit.name, index)


def _report(unit: Unit, literal: bool) -> Report:
    way, ceiling = unit.heard
    stuck = sum(node.stuck and node.begun for node in unit.nodes)
    idle = not unit.count(*UNDER_WAY)
    if unit.self_reverted or way is Way.REVERT:
        settled = idle and unit.off_target <= stuck
    elif way is Way.FORWARD or (way is Way.HOLD and not literal):
        settled = idle and unit.begun >= min(ceiling, sum(node.begun or not unit.holds(node) for node in unit.nodes))
    else:
        settled = idle
    states = tuple(node.state for node in unit.nodes)
    return Report(way, ceiling, states, unit.begun, stuck, settled, len(unit.heard_hold))
