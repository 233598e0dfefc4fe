"""When metrics are asked, when they rest, and what they hold: silence, never harm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from tests.engine.runner import Runner, Turn
from tests.engine.test_metric_evidence import mean_look
from tests.engine.world import Level, Node, Unit, World

from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Phase
from myriarch.engine.decide import decide
from myriarch.engine.metric_evidence import MetricState
from myriarch.engine.metric_samples import MetricLook
from myriarch.engine.metric_standing import due_metrics, metric_holds, next_metric_at
from myriarch.engine.observed import Orders

BEGAN = 1_767_600_000.0
METRIC = {
    "name": "m",
    "kind": "Mean",
    "ceiling": 5,
    "query": "q",
    "every": "5m",
    "server": {"url": "https://p.example"},
}


class Play:
    """A release over three clusters, first one and then all, whose metric says what it is told."""

    def __init__(self, gates: Sequence[dict[str, Any]] = (), **metric: Any) -> None:
        spec = {
            "stages": [{"name": "prod", "environment": "production", "soak": "20m", "waves": [{"clusters": 1}, {}]}],
            "analysis": {"metrics": [{**METRIC, **metric}]},
            "gates": gates,
        }
        world = World(Level.CLUSTERS, BEGAN)
        for name in ("a", "b", "c"):
            world.join(Unit(name, [Node({})]))
        self.runner = Runner(world, msgspec.convert(spec, ReleasePolicySpec))
        self.now = BEGAN

    def turn(self, seconds: float = 60.0, looks: Sequence[MetricLook] = ()) -> Turn:
        """Let time pass, and decide with what the metric gave."""
        self.now += seconds
        self.runner.world.advance_to(self.now)
        turn = self.runner.ask(self.runner.memory)
        observed = msgspec.structs.replace(turn.observed, metrics=tuple(looks))
        decision = decide(turn.plan, self.runner.rules(), observed, self.runner.memory, self.now)
        turn = Turn(self.now, turn.units, turn.plan, observed, turn.before, decision)
        self.runner.memory = decision.memory
        self.runner.tell(turn)
        return turn

    def until(self, phase: Phase) -> Turn:
        """Turn after turn, with nothing heard of the metric."""
        for _ in range(200):
            turn = self.turn()
            if turn.decision.memory.phase is phase:
                return turn
        raise AssertionError(f"never {phase}: {turn.decision.holds}")

    def due(self) -> bool:
        return bool(due_metrics(self.runner.rules(), self.runner.memory, self.now))

    def state(self) -> MetricState:
        return self.runner.memory.evidence.metrics["m"]

    def holds(self, turn: Turn) -> str:
        return "; ".join(metric_holds(turn.plan, self.runner.rules(), turn.observed, self.runner.memory, self.now))


def _good(at: float, place: str) -> MetricLook:
    look = mean_look(1, at, 6)
    return MetricLook("m", at, place, look.updated, look.controls)


def test_it_is_asked_once_something_is_updated_and_again_and_again() -> None:
    play = Play()
    play.turn()
    assert not play.due()
    assert play.state().rests.startswith("nothing is updated")
    play.until(Phase.SOAKING)
    assert play.due()
    turn = play.turn(60, [_good(play.now, "prod/1")])
    assert not play.due()
    assert play.holds(turn) == ""
    assert next_metric_at(play.runner.rules(), play.runner.memory, play.now) == play.now - 60 + 300
    assert turn.decision.wake_at <= play.now - 60 + 300


def test_silence_holds_the_gate_and_is_told() -> None:
    play = Play()
    turn = play.until(Phase.GATED)
    assert "metric m has not answered of prod/1 yet: silence holds" in play.holds(turn)
    for _ in range(20):
        turn = play.turn(600, [MetricLook("m", play.now, "prod/1", problem="answers 503")])
        assert turn.decision.memory.phase is Phase.GATED
    assert "metric m holds: answers 503; waits for approval 'metric/m/prod/1'" in play.holds(turn)
    play.turn(60, [_good(play.now, "prod/1")])
    assert play.runner.memory.wave == 1


def test_numbers_that_are_too_old_hold() -> None:
    play = Play()
    play.until(Phase.SOAKING)
    play.turn(60, [_good(play.now, "prod/1")])
    turn = play.until(Phase.GATED)
    assert "has given nothing new for" in play.holds(turn)


def test_a_person_passes_over_a_silent_metric() -> None:
    play = Play()
    play.until(Phase.GATED)
    play.runner.orders = Orders(approvals=frozenset({"metric/m/prod/1"}))
    play.turn()
    assert play.runner.memory.wave == 1


def test_by_clusters_it_rests_in_the_last_wave() -> None:
    play = Play()
    play.until(Phase.GATED)
    play.turn(60, [_good(play.now, "prod/1")])
    play.until(Phase.SUCCEEDED)
    assert play.state().rests.startswith("no cluster of the stage is left to compare with")


def test_by_labels_it_rests_where_the_last_units_are_updated_if_it_ever_gave_numbers() -> None:
    for seen in (True, False):
        play = Play(controls="c")
        play.until(Phase.GATED)
        if seen:
            play.turn(60, [_good(play.now, "prod/1")])
        else:
            play.runner.orders = Orders(approvals=frozenset({"metric/m/prod/1"}))
            play.turn()
        assert play.runner.memory.wave == 1
        play.until(Phase.GATED)
        look = _good(play.now, "prod/2")
        turn = play.turn(60, [MetricLook("m", play.now, "prod/2", look.updated, ())])
        assert (turn.decision.memory.phase is Phase.SUCCEEDED) == seen
        assert bool(play.state().rests) == seen


def test_a_gate_waits_until_its_metric_excludes_harm_or_a_person_passes_it() -> None:
    for approved in (False, True):
        play = Play([{"name": "g", "metric": {"name": "m"}}], toleratedRatio=2)
        turn = play.until(Phase.GATED)
        for _ in range(12):
            turn = play.turn(300, [_good(play.now, "prod/1")])
            if approved or turn.decision.memory.wave == 1:
                break
            waits = "gate g holds: harm is not excluded yet by metric m; waits for approval 'gate/g/prod/1'"
            assert waits in turn.decision.holds
        if approved:
            assert play.runner.memory.wave == 0
            play.runner.orders = Orders(approvals=frozenset({"gate/g/prod/1"}))
            play.turn()
        assert play.runner.memory.wave == 1
