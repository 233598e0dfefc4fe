"""The commands of a story: each changes a toy world or lets the engine take its turns, and answers in lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
from tests.engine.columns import NodeGrant
from tests.engine.gates import said
from tests.engine.runner import Runner, Turn, news
from tests.engine.world import NEVER, Level, Node, Unit, World, harmless
from tests.stories import telling
from tests.stories.story import Command

from myriarch.api.budgets import Budgets
from myriarch.api.freezewindow import FreezeWindowSpec
from myriarch.api.policy import NodeRules, ReleasePolicySpec
from myriarch.base.durations import parse_duration
from myriarch.engine.decision import Transition
from myriarch.engine.phases import ENDED
from myriarch.engine.windows import freeze_at

MAX_TURNS = 2000
"""A story that takes more turns in one command goes round in circles."""


class Interpreter:
    """``turns`` are all turns taken; ``transitions`` all that they went through."""

    def __init__(self) -> None:
        self.runner: Runner
        self.turns: list[Turn] = []
        self._durations: dict[str, float] = {}

    @property
    def transitions(self) -> list[Transition]:
        return [transition for turn in self.turns for transition in turn.decision.transitions]

    def do(self, command: Command) -> list[str]:
        """Carry out one command. Raises ValueError for an unknown one."""
        verb, *words = command.words
        method: Callable[..., list[str] | None] | None = getattr(self, "do_" + verb.replace("-", "_"), None)
        if method is None:
            raise ValueError(f"line {command.line}: no command {verb!r}")
        return (method(words, command.text) if command.text else method(words)) or []

    # The world.

    def do_fleet(self, words: list[str], text: str) -> None:
        """fleet at TIME, with a policy: units are clusters."""
        self._begin(Level.CLUSTERS, words, msgspec.yaml.decode(text, type=ReleasePolicySpec))

    def do_cluster(self, words: list[str], text: str = "{}") -> None:
        """cluster at TIME, with node rules: units are nodes."""
        self._begin(Level.NODES, words, msgspec.yaml.decode(text, type=NodeRules))

    def _begin(self, level: Level, words: list[str], policy: ReleasePolicySpec | NodeRules) -> None:
        began = datetime.fromisoformat(words[1]).replace(tzinfo=UTC).timestamp()
        world = World(level, began)
        usual = world.seconds
        world.seconds = lambda name, index: self._durations.get(name, usual(name, index))
        self.runner = Runner(world, policy)

    def do_budgets(self, words: list[str], text: str) -> None:
        """budgets, over the nodes of a cluster."""
        self.runner.budgets = msgspec.yaml.decode(text, type=Budgets)

    def do_seed(self, words: list[str]) -> None:
        """seed N: another order of the units."""
        self.runner.seed = int(words[0])

    def do_join(self, words: list[str]) -> None:
        """join NAMES [nodes=N] [environment=E] [zone=Z] [at-once=N] [label.K=V] [ATTRIBUTE=VALUE[*N,VALUE*N]]."""
        names = [name for word in words if "=" not in word for name in _range(word)]
        options = dict(word.split("=", 1) for word in words if "=" in word)
        size = int(options.pop("nodes", "1"))
        at_once = int(options.pop("at-once", "1000000"))
        environment, zone = options.pop("environment", "production"), options.pop("zone", "")
        labels = {k.removeprefix("label."): options.pop(k) for k in list(options) if k.startswith("label.")}
        columns = {k: _spread(text, size) for k, text in options.items()}
        for name in names:
            nodes = [Node({k: values[i] for k, values in columns.items()}) for i in range(size)]
            self.runner.world.join(Unit(name, nodes, environment, dict(labels), zone, at_once=at_once))

    def do_leave(self, words: list[str]) -> None:
        """leave NAMES: gone for good."""
        for unit in self._units(words):
            self.runner.world.leave(unit.name)

    def do_label(self, words: list[str]) -> None:
        """label NAME K=V."""
        for unit in self._units(words[:1]):
            unit.labels.update((key, value) for key, _, value in (word.partition("=") for word in words[1:]))

    def do_bad(self, words: list[str]) -> None:
        """bad K=V or bad NAMES: there the revision fails at the end of each move; bad alone: everywhere."""
        wanted = [tuple(word.split("=", 1)) for word in words if "=" in word]
        names = [name for word in words if "=" not in word for name in _range(word)]
        self.runner.world.fails = lambda unit, node: (
            all(node.attributes.get(k) == v for k, v in wanted) and (not names or unit.name in names)
        )

    def do_fail(self, words: list[str]) -> None:
        """fail NAME [N]: so many updated nodes fail now."""
        self.runner.world.fail(words[0], int(words[1]) if len(words) > 1 else 1)

    def do_lost(self, words: list[str]) -> None:
        """lost NAME N: so many of its nodes are down from now on, whatever it does."""
        self.runner.world.lost[words[0]] = int(words[1])

    def do_slow(self, words: list[str]) -> None:
        """slow NAME DURATION: how long its moves take."""
        self._durations[words[0]] = parse_duration(words[1])

    def do_silent(self, words: list[str]) -> None:
        """silent NAMES: cut off (a cluster works on), or dead (a node stands still)."""
        for unit in self._units(words):
            self.runner.world.go_silent(unit.name)

    def do_back(self, words: list[str]) -> None:
        """back NAMES: heard again."""
        for unit in self._units(words):
            self.runner.world.come_back(unit.name)

    def do_deaf(self, words: list[str]) -> None:
        """deaf NAMES: they speak, but hear nothing: what they say is stale."""
        for unit in self._units(words):
            unit.deaf = True

    def do_hears(self, words: list[str]) -> None:
        """hears NAMES: again."""
        for unit in self._units(words):
            unit.deaf = False

    def do_stuck(self, words: list[str]) -> None:
        """stuck NAME: its first node can't be brought back."""
        for unit in self._units(words):
            unit.nodes[0].stuck = True

    def do_good(self, words: list[str]) -> None:
        """good: from now on the revision fails nowhere."""
        self.runner.world.fails = harmless

    def do_self_revert(self, words: list[str]) -> None:
        """self-revert NAMES: they take the attempt back by their own judgement."""
        for unit in self._units(words):
            self.runner.world.revert_by_itself(unit.name)

    def _units(self, words: list[str]) -> list[Unit]:
        return [self.runner.world.units[name] for word in words for name in _range(word)]

    # What people order.

    def do_pause(self, words: list[str]) -> None:
        """pause."""
        self.runner.orders = replace(self.runner.orders, paused=True)

    def do_resume(self, words: list[str]) -> None:
        """resume."""
        self.runner.orders = replace(self.runner.orders, paused=False)

    def do_abort(self, words: list[str]) -> None:
        """abort."""
        self.runner.orders = replace(self.runner.orders, abort=True)

    def do_roll_back(self, words: list[str]) -> None:
        """roll-back: it takes the place of an order to abort."""
        self.runner.orders = replace(self.runner.orders, abort=False, roll_back=True)

    def do_supersede(self, words: list[str]) -> None:
        """supersede NAME: a newer release takes over."""
        self.runner.orders = replace(self.runner.orders, superseded=words[0])

    def do_approve(self, words: list[str]) -> None:
        """approve WHAT."""
        self.runner.orders = replace(self.runner.orders, approvals=self.runner.orders.approvals | set(words))

    def do_gate(self, words: list[str]) -> None:
        """gate NAME VERDICT [WHY]: what its source answers from now on; without a verdict, it is silent."""
        name, *answer = words
        self.runner.sources.say.pop(name, None)
        if answer:
            self.runner.sources.say[name] = said(answer)

    def do_irreversible(self, words: list[str]) -> None:
        """irreversible: the component can't simply be taken back."""
        self.runner.orders = replace(self.runner.orders, reversible=False)

    def do_grant(self, words: list[str]) -> None:
        """grant N [K=V:COUNT]: how many nodes may begin, and which values must be among them."""
        cover = {pair: int(count) for pair, count in (word.rsplit(":", 1) for word in words[1:])}
        self.runner.grant = NodeGrant(int(words[0]), cover)

    def do_freeze(self, words: list[str], text: str) -> None:
        """freeze NAME [UNITS], with a window."""
        spec = msgspec.yaml.decode(text, type=FreezeWindowSpec)
        self.runner.windows[words[0]] = (spec, tuple(name for word in words[1:] for name in _range(word)))

    def do_lift(self, words: list[str]) -> None:
        """lift NAME: the window is deleted."""
        del self.runner.windows[words[0]]

    # What is looked at.

    def do_plan(self, words: list[str]) -> list[str]:
        """plan: waves, with the nodes of each unit that may begin."""
        units = self.runner.units()
        return telling.plan_lines(self.runner.plan(units))

    def do_show(self, words: list[str]) -> list[str]:
        """show: how each unit stands."""
        return telling.unit_lines(self.runner.units())

    def do_lose(self, words: list[str]) -> list[str]:
        """lose: one turn whose orders are lost before they are written."""
        turn = self.runner.turn(tell=False)
        self.turns.append(turn)
        return [*telling.turn_lines(turn), "           the orders are lost"]

    def do_run(self, words: list[str]) -> list[str]:
        """run [DURATION]: until then, or until nothing more happens by itself."""
        world = self.runner.world
        until = world.now + parse_duration(words[0]) if words else NEVER
        lines: list[str] = []
        for _ in range(MAX_TURNS):
            turn, quiet = self._turn()
            lines += telling.turn_lines(turn)
            if not quiet:
                continue
            following = min(turn.decision.wake_at, world.next_event(), self._next_window())
            assert following > world.now, "asks to be woken at once, for ever"
            if following > until or following == NEVER:
                world.advance_to(until if until < NEVER else world.now)
                return [*lines, telling.status_line(self.runner.ask(self.runner.memory))]
            world.advance_to(following)
        raise AssertionError("goes round in circles")

    def _turn(self) -> tuple[Turn, bool]:
        """Decide, tell, let the units hear; whether nothing at all came of it."""
        world = self.runner.world
        turn = self.runner.turn()
        self.turns.append(turn)
        before = [unit.said for unit in turn.units]
        world.advance_to(world.now)
        still = before == [unit.said for unit in turn.units]
        still = not self.runner.sources.ask(turn.decision, world.now) and still
        return turn, still and not turn.decision.transitions and not news(turn)

    def _next_window(self) -> float:
        if self.runner.memory.phase in ENDED:
            return NEVER
        now = self.runner.world.now
        changes = [freeze_at(spec, now).changes_at for spec, _ in self.runner.windows.values()]
        return min(changes, default=NEVER)


def _range(word: str) -> list[str]:
    """``c1..c3`` is c1, c2, c3."""
    first, dots, last = word.partition("..")
    if not dots:
        return [word]
    stem = first.rstrip("0123456789")
    return [f"{stem}{n}" for n in range(int(first[len(stem) :]), int(last.removeprefix(stem)) + 1)]


def _spread(text: str, size: int) -> list[str]:
    """``jammy*8,focal*2`` over ten nodes; ``jammy`` over all."""
    values: list[str] = []
    for part in text.split(","):
        value, star, count = part.partition("*")
        values += [value] * (int(count) if star else size)
    assert len(values) == size, f"{text}: {len(values)} values for {size} nodes"
    return values
