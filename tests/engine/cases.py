"""Cases for the property tests: random fleets and clusters, policies, faults and orders; and how one is played.

A case is played in ticks. Faults come first; from ``HEALED_TICK`` on nothing new goes wrong, all faults end, every
approval is given, and the release must come to its end within ``PATIENCE_TICKS``. What happens is a function of the
case alone: durations and attributes come from hashes of names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import msgspec
from hypothesis import strategies as st
from tests.engine.columns import NodeGrant
from tests.engine.runner import Runner, Turn
from tests.engine.world import Level, Node, Unit, World

from myriarch.api.budgets import Budgets
from myriarch.api.freezewindow import FreezeWindowSpec
from myriarch.api.policy import NodeRules, ReleasePolicySpec
from myriarch.api.release import Phase
from myriarch.base.hashing import stable_hash, stable_unit
from myriarch.engine.phases import BACKWARD, ENDED

TICK_SECONDS = 60.0
HEALED_TICK = 40
PATIENCE_TICKS = 300
QUIET_TICKS = 12
"""How long a release that has come to its end is still watched: units that were cut off come back."""

STOP = FreezeWindowSpec(stop=True, reason="tried out")
KINDS = (
    "silent", "deaf", "fail", "join", "leave", "absent", "relabel", "self_revert", "stuck",
    "bad", "pause", "freeze", "freeze_some", "lose", "roll_back", "abort", "supersede",
)  # fmt: skip
NODE_KINDS = ("silent", "fail", "join", "leave", "absent", "stuck", "bad", "freeze", "lose", "roll_back", "grow")


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind`` befalls the unit number ``unit`` at a tick, for a while."""

    tick: int
    kind: str
    unit: int
    lasts: int


@dataclass(frozen=True, slots=True)
class Case:
    """``sizes`` are the nodes of each unit at the start; ``policy`` is YAML, and so are the ``budgets`` of a grant."""

    level: Level
    sizes: tuple[int, ...]
    policy: str
    faults: tuple[Fault, ...]
    seed: int
    reversible: bool = True
    grant: int = 0
    literal: bool = False
    budgets: str = ""


_WAVES = (
    "[{}]",
    "[{clusters: 1}, {}]",
    "[{clusters: 1, approval: true}, {clusters: 50%}, {}]",
    "[{clusters: cover, nodes: cover}, {nodes: 50%}, {}]",
    "[{nodes: 1}, {exposure: 50%}, {}]",
    "[{group: {matchLabels: {ring: inner}}}, {}]",
)
_ACTIONS = ("RollBack", "RollBack", "RollBackWave", "Pause", "Abort")


def faults(kinds: tuple[str, ...]) -> st.SearchStrategy[tuple[Fault, ...]]:
    one = st.builds(
        Fault, st.integers(0, HEALED_TICK - 1), st.sampled_from(kinds), st.integers(0, 9), st.integers(1, 15)
    )
    return st.lists(one, max_size=6).map(tuple)


@st.composite
def fleet_cases(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Case:
    waves = draw(st.sampled_from(_WAVES))
    soak = draw(st.sampled_from(["0s", "4m"]))
    simulated = "- {name: simulated, environment: simulated, soak: 2m}" if draw(st.booleans()) else ""
    environment = "environment: production," if simulated else ""
    policy = f"""
stages:
  {simulated}
  - {{name: production, {environment} soak: {soak}, waves: {waves}, approval: {str(draw(st.booleans())).lower()}}}
coverage: {{perValue: {draw(st.integers(1, 2))}}}
concurrency: {{clusters: {draw(st.sampled_from([1, 2, "100%"]))}, rollback: {draw(st.sampled_from([1, 2, "100%"]))}}}
failure: {{action: {draw(st.sampled_from(_ACTIONS))}, tolerance: 20%}}
unreachable: {{after: 10m, tolerance: {draw(st.sampled_from(["0%", "20%", "100%"]))}}}
"""
    sizes = tuple(draw(st.lists(st.integers(1, 6), min_size=1, max_size=6)))
    seed, reversible, literal = draw(st.integers(0, 99)), draw(st.booleans()), draw(st.booleans())
    return Case(Level.CLUSTERS, sizes, policy, draw(faults(kinds)), seed, reversible, literal=literal)


@st.composite
def node_cases(draw: st.DrawFn, kinds: tuple[str, ...] = NODE_KINDS) -> Case:
    zone = draw(st.sampled_from(["", "maxUnavailablePerZone: 1"]))
    policy = f"""
maxUnavailable: {draw(st.sampled_from([1, 2, 3, "30%"]))}
tolerance: {draw(st.sampled_from(["0%", "30%"]))}
revertFailedAfter: 20m
{zone}
"""
    size = draw(st.integers(1, 9))
    grant = draw(st.integers(1, 9))
    return Case(Level.NODES, (1,) * size, policy, draw(faults(kinds)), draw(st.integers(0, 99)), grant=grant)


def begin(case: Case, *, reverse: bool = False) -> Runner:
    """The world at the start; ``reverse`` only changes the order in which the units stand in the columns."""
    world = World(case.level, 1_700_000_000.0, literal=case.literal)
    world.seconds = lambda name, index: 120.0 + stable_hash(case.seed, name, index) % 4 * 60
    for number, size in sorted(enumerate(case.sizes), reverse=reverse):
        world.join(make_unit(case, number, size))
    kind: type[NodeRules] | type[ReleasePolicySpec] = NodeRules if case.level is Level.NODES else ReleasePolicySpec
    policy = msgspec.yaml.decode(case.policy, type=kind)
    runner = Runner(world, policy, NodeGrant(case.grant), seed=case.seed, sort_by_name=not reverse)
    runner.budgets = msgspec.yaml.decode(case.budgets, type=Budgets) if case.budgets else None
    runner.orders = replace(runner.orders, reversible=case.reversible)
    return runner


def make_unit(case: Case, number: int, size: int) -> Unit:
    name = f"u{number:02}"
    nodes = [Node({"os": "jammy" if stable_unit(case.seed, name, "os", i) < 0.7 else "focal"}) for i in range(size)]
    at_once = 1 + stable_hash(case.seed, name, "at once") % 3
    environment = "simulated" if number % 4 == 3 else "production"
    labels = {"ring": "inner" if number % 3 == 0 else "outer", "rack": f"r{number % 4}", "pair": f"p{number // 2}"}
    if number % 5 == 4:
        del labels["rack"]
    return Unit(name, nodes, environment, labels, zone=f"z{number % 3}", at_once=at_once)


@dataclass(slots=True)
class Moment:
    """One tick as the checkers see it: the turn taken, the runner after it, and whether faults are over."""

    tick: int
    turn: Turn
    runner: Runner
    lost: bool
    healed: bool
    membership_changed: bool


def play(case: Case, *, reverse: bool = False) -> Iterator[Moment]:
    """Play a case tick by tick, until it has ended and some ticks more. Ends early only then."""
    runner = begin(case, reverse=reverse)
    quiet = 0
    changed = False
    for tick in range(HEALED_TICK + PATIENCE_TICKS):
        if tick == HEALED_TICK:
            _heal(runner)
        lost = tick < HEALED_TICK and any(f.kind == "lose" and f.tick <= tick < f.tick + f.lasts for f in case.faults)
        if tick < HEALED_TICK:
            changed |= _befall(case, runner, tick)
        elif runner.memory.phase not in BACKWARD:
            runner.windows.clear()
        turn = runner.turn(tell=not lost)
        yield Moment(tick, turn, runner, lost, tick >= HEALED_TICK, changed)
        quiet = quiet + 1 if tick >= HEALED_TICK and at_rest(case, runner) else 0
        if quiet >= QUIET_TICKS:
            return
        runner.world.advance_to(runner.world.now + TICK_SECONDS)


def at_rest(case: Case, runner: Runner) -> bool:
    """A fleet's release has ended; a cluster's stands at its gate, which only the fleet opens."""
    phase = runner.memory.phase
    return phase in ENDED or (case.level is Level.NODES and phase is Phase.GATED)


def _heal(runner: Runner) -> None:
    world = runner.world
    for unit in world.units.values():
        if not unit.reachable:
            world.come_back(unit.name)
        unit.deaf, unit.present = False, True
        world.unstick(unit.name)  # out by our hand, one may use up the whole budget for as long as it is stuck
    places = [f"{stage}/{n}" for stage in ("simulated", "production") for n in range(1, 9)]
    approvals = {"simulated", "production", "rollback", *places, *(f"harm/{place}" for place in places)}
    runner.orders = replace(runner.orders, paused=False, approvals=frozenset(approvals))


def _befall(case: Case, runner: Runner, tick: int) -> bool:
    """Begin and end what is due at this tick; whether a unit joined, left or changed its labels."""
    changed = False
    for fault in case.faults:
        names = sorted(runner.world.units)
        if not names:
            continue
        name = f"u{fault.unit % len(case.sizes):02}"
        unit = runner.world.units.get(name)
        if fault.tick == tick:
            changed |= fault.kind in ("join", "leave", "absent", "relabel", "grow")
            _BEGIN.get(fault.kind, _nothing)(case, runner, unit, fault)
        if fault.tick + fault.lasts == tick:
            _END.get(fault.kind, _nothing)(case, runner, unit, fault)
    return changed


Change = Callable[[Case, Runner, Unit | None, Fault], None]


def _nothing(case: Case, runner: Runner, unit: Unit | None, fault: Fault) -> None:
    """What has no effect of its own at this moment."""


def _on_unit(change: Callable[[Runner, Unit], object]) -> Change:
    def apply(case: Case, runner: Runner, unit: Unit | None, fault: Fault) -> None:
        if unit is not None:
            change(runner, unit)

    return apply


def _on_orders(**orders: object) -> Change:
    def apply(case: Case, runner: Runner, unit: Unit | None, fault: Fault) -> None:
        runner.orders = replace(runner.orders, **orders)  # type: ignore[arg-type]

    return apply


def _join(case: Case, runner: Runner, unit: Unit | None, fault: Fault) -> None:
    number = 10 * (1 + fault.unit) + fault.lasts % 10
    fresh = make_unit(case, number, 1 if case.level is Level.NODES else 1 + fault.lasts % 5)
    if fresh.name not in runner.world.units:
        runner.world.join(fresh)


def _bad(case: Case, runner: Runner, unit: Unit | None, fault: Fault) -> None:
    wanted = "focal" if fault.unit % 2 else "jammy"
    runner.world.fails = lambda _, node: node.attributes["os"] == wanted


def _leave(runner: Runner, unit: Unit) -> None:
    if len(runner.world.units) > 1:
        runner.world.leave(unit.name)


def _freeze(case: Case, runner: Runner, unit: Unit | None, fault: Fault) -> None:
    runner.windows["tried"] = (STOP, () if fault.kind == "freeze" or unit is None else (unit.name,))


def _thaw(case: Case, runner: Runner, unit: Unit | None, fault: Fault) -> None:
    runner.windows.pop("tried", None)


def _grow(case: Case, runner: Runner, unit: Unit | None, fault: Fault) -> None:
    runner.grant = NodeGrant(runner.grant.ceiling + fault.lasts)


_BEGIN: dict[str, Change] = {
    "silent": _on_unit(lambda runner, unit: runner.world.go_silent(unit.name)),
    "deaf": _on_unit(lambda _, unit: setattr(unit, "deaf", True)),
    "fail": _on_unit(lambda runner, unit: runner.world.fail(unit.name)),
    "leave": _on_unit(_leave),
    "absent": _on_unit(lambda _, unit: setattr(unit, "present", False)),
    "relabel": _on_unit(lambda _, unit: unit.labels.update(ring="inner")),
    "self_revert": _on_unit(lambda runner, unit: runner.world.revert_by_itself(unit.name)),
    "stuck": _on_unit(lambda _, unit: setattr(unit.nodes[0], "stuck", True)),
    "join": _join,
    "bad": _bad,
    "freeze": _freeze,
    "freeze_some": _freeze,
    "grow": _grow,
    "pause": _on_orders(paused=True),
    "roll_back": _on_orders(roll_back=True),
    "abort": _on_orders(abort=True),
    "supersede": _on_orders(superseded="next"),
}
_END: dict[str, Change] = {
    "silent": _on_unit(lambda runner, unit: runner.world.come_back(unit.name)),
    "deaf": _on_unit(lambda _, unit: setattr(unit, "deaf", False)),
    "absent": _on_unit(lambda _, unit: setattr(unit, "present", True)),
    "pause": _on_orders(paused=False),
    "freeze": _thaw,
    "freeze_some": _thaw,
}
