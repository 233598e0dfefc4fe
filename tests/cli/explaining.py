"""Stories of releases that wait, as ``release explain`` tells them: the commands of ``tests/stories``, and two more.

``explain`` shows the release of the toy world as its status and its clusters would show it; ``status``, with a
ReleaseStatus, shows one that never came so far. What is told is compared as it is printed, line by line.
"""

from __future__ import annotations

from typing import Any

import msgspec
from tests.engine.runner import Turn
from tests.engine.world import State, Unit
from tests.stories.interpreter import Interpreter

from myriarch.api.cluster import Cluster, ClusterSpec, ClusterStatus, ComponentStatus, Direction, Grant
from myriarch.api.meta import Condition, ObjectMeta
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import EnvironmentTally, Phase, Release, ReleaseSpec, ReleaseStatus
from myriarch.base.clock import rfc3339
from myriarch.base.conditions import CONNECTED
from myriarch.cli.explain_view import LINES, WIDTH, explanation_text
from myriarch.cli.explanation import Explanation, explain
from myriarch.controllers.release.holding import told_holds, told_moment
from myriarch.engine.observed import Way

NOW = 1_767_600_000.0
_DIRECTIONS = {Way.FORWARD: Direction.FORWARD, Way.HOLD: Direction.HOLD, Way.REVERT: Direction.REVERT}


class Explaining(Interpreter):
    """Turns are taken in silence; what is explained is kept in ``told``."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Explanation] = []
        self._known: ReleaseStatus | None = None

    def do_fleet(self, words: list[str], text: str) -> None:
        super().do_fleet(words, text)
        self._known = None

    def do_run(self, words: list[str]) -> list[str]:
        """run [DURATION], and the status is told as a controller does."""
        super().do_run(words)
        self._known = self._status(self.runner.ask(self.runner.memory))
        return []

    def do_explain(self, words: list[str]) -> list[str]:
        """explain: what ``release explain`` prints now."""
        turn = self.runner.ask(self.runner.memory)
        clusters = [_cluster(unit) for unit in turn.units if unit.told[0] is not Way.NONE]
        return self._show(self._status(turn), clusters, turn.now)

    def do_status(self, words: list[str], text: str = "{}") -> list[str]:
        """status, with fields of a ReleaseStatus: what is printed of such a release."""
        return self._show(msgspec.yaml.decode(text, type=ReleaseStatus), [], NOW)

    def _show(self, status: ReleaseStatus, clusters: list[Cluster], now: float) -> list[str]:
        spec = ReleaseSpec(component="agent", revision="v2", policy="careful")
        made = rfc3339(now - 60) if status.attempt == 0 else None
        metadata = ObjectMeta(name="r1", namespace="default", creation_timestamp=made)
        told = explain(Release(metadata=metadata, spec=spec, status=status), clusters, "myriarch")
        self.told.append(told)
        lines = explanation_text(told, now).splitlines()
        assert len(lines) <= LINES
        assert all(len(line) <= WIDTH for line in lines)
        return lines

    def _status(self, turn: Turn) -> ReleaseStatus:
        decision, plan, policy = turn.decision, turn.plan, self.runner.policy
        assert isinstance(policy, ReleasePolicySpec)
        memory = decision.memory
        stage = plan.stages[memory.stage]
        return ReleaseStatus(
            phase=memory.phase,
            attempt=1,
            stage=memory.stage,
            wave=memory.wave,
            stage_name=stage.name,
            place=f"{stage.name}/{memory.wave + 1}",
            waves=len(stage.waves),
            phase_since=rfc3339(memory.since) if memory.since else None,
            policy=policy,
            started_at=None if memory.phase is Phase.PENDING else rfc3339(turn.now),
            reason=memory.reason,
            message=memory.message,
            blame=dict(memory.blame),
            holds=list(decision.holds),
            holding=told_holds(self._known.holding if self._known else [], decision, turn.now),
            wake_at=told_moment(decision.wake.at),
            wake_for=decision.wake.why,
            environments=[_tally(turn.units)],
            gates=list(self.runner.sources.results.values()),
        )


def _tally(units: tuple[Unit, ...]) -> EnvironmentTally:
    def total(state: State) -> int:
        return sum(unit.said.states.count(state) for unit in units)

    nodes, begun = sum(len(unit.nodes) for unit in units), sum(unit.said.begun for unit in units)
    counts: dict[str, Any] = {"updated": total(State.NEW), "failed": total(State.FAILED), "reverted": total(State.BACK)}
    return EnvironmentTally(environment="production", nodes=nodes, begun=begun, exposure=begun / nodes, **counts)


def _cluster(unit: Unit) -> Cluster:
    """As the hub has it: its grant, and what it said last."""
    way, ceiling = unit.told
    direction = _DIRECTIONS[way]
    grant = Grant(
        component="agent", revision="v2", attempt=1, direction=direction, ceiling=ceiling, release="default/r1"
    )
    said = unit.said
    stuck = ["n1 (drain refused)"] if said.stuck else []
    status = ComponentStatus(
        component="agent",
        attempt=1 if said.way is not Way.NONE else 0,
        observed_ceiling=said.ceiling,
        settled=said.settled,
        begun=said.begun,
        updated=said.states.count(State.NEW),
        failed=said.states.count(State.FAILED),
        off_target=said.begun - said.states.count(State.BACK),
        stuck=stuck,
        stuck_count=said.stuck,
    )
    silent = Condition(
        type=CONNECTED.type,
        status="True" if unit.reachable else "False",
        reason="Heard" if unit.reachable else "Silent",
        message="",
        last_transition_time=rfc3339(unit.silent_since) if not unit.reachable else None,
    )
    return Cluster(
        metadata=ObjectMeta(name=unit.name),
        spec=ClusterSpec(environment="production", components=[grant]),
        status=ClusterStatus(nodes=len(unit.nodes), components=[status], conditions=[silent]),
    )
