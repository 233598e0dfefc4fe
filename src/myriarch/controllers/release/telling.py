"""What a release's status says: the engine's memory, counts by environment, and the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from myriarch.api.meta import API_VERSION
from myriarch.api.policy import ATTEMPTS_MAX
from myriarch.api.release import (
    TIMELINE_LIMIT,
    EarlierTry,
    EnvironmentTally,
    Phase,
    Release,
    ReleaseStatus,
    TimelineEntry,
)
from myriarch.base.clock import parse_rfc3339, rfc3339_micro
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.columns import ReleaseColumns
from myriarch.controllers.release.held_strata import STRATA_HELD, told_held, with_held_condition
from myriarch.controllers.release.holding import told_holds, told_moment
from myriarch.controllers.release.remembering import evidence_of, told_evidence
from myriarch.controllers.release.uncovering import Uncovering
from myriarch.engine.decision import Decision
from myriarch.engine.holds import FROZEN
from myriarch.engine.memory import Memory
from myriarch.engine.phases import ENDED, Event
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Value
from myriarch.engine.tries import NEVER_QUIET
from myriarch.runtime.events import About, EventRecorder, EventType

MESSAGE_LIMIT = 4000
ENTRY_MESSAGE_LIMIT = 400
"""Of each of up to 64 entries: the whole status keeps within 64 KiB. Events tell the same at more length."""
_HARM = frozenset({Event.HARM, Event.HARM_HELD, Event.HARM_PAUSES, Event.HARM_ABORTS, Event.HARM_HOLDS})


def memory_of(status: ReleaseStatus) -> Memory:
    """The engine's memory as the status holds it."""
    return Memory(
        phase=status.phase,
        stage=status.stage,
        wave=status.wave,
        since=parse_rfc3339(status.phase_since) if status.phase_since else 0.0,
        wave_only=status.wave_only,
        reason=status.reason,
        message=status.message,
        blame=status.blame,
        evidence=evidence_of(status),
        held=tuple(Value(each.attribute, each.value) for each in status.held),
        held_since=parse_rfc3339(status.held[-1].since) if status.held else 0.0,
        cause=status.cause,
        tried=len(status.tried),
        watched_until=parse_rfc3339(status.watched_until) if status.watched_until else 0.0,
    )


@dataclass(frozen=True, slots=True)
class Telling:
    """Makes the next status of one release."""

    table: FleetTable
    columns: ReleaseColumns
    plan: ReleasePlan

    def next_status(self, before: ReleaseStatus, decision: Decision, now: float) -> ReleaseStatus:
        """``before`` brought up to the decision at ``now`` (Unix seconds)."""
        memory = decision.memory
        uncovered, uncovered_count = Uncovering(self.table, self.columns, self.plan).told(before, decision)
        status = msgspec.structs.replace(
            before,
            phase=memory.phase,
            stage=memory.stage,
            wave=memory.wave,
            stage_name=self.plan.stages[memory.stage].name,
            place=f"{self.plan.stages[memory.stage].name}/{memory.wave + 1}",
            waves=len(self.plan.stages[memory.stage].waves),
            phase_since=rfc3339_micro(memory.since) if memory.since else before.phase_since,
            wave_only=memory.wave_only,
            reason=memory.reason,
            message=memory.message[:MESSAGE_LIMIT],
            blame=dict(memory.blame),
            evidence=told_evidence(memory.evidence),
            held=told_held(before.held, decision),
            conditions=with_held_condition(before.conditions, memory.held, now),
            cause=memory.cause,
            watched_until=rfc3339_micro(memory.watched_until) if memory.watched_until else None,
            holds=list(decision.holds),
            holding=told_holds(before.holding, decision, now),
            wake_at=told_moment(decision.wake.at),
            wake_for=decision.wake.why,
            environments=self._environments(before),
            uncovered=uncovered,
            uncovered_count=uncovered_count,
            timeline=_timeline(before, decision, self.plan, now),
        )
        for transition in decision.transitions:
            harmed = transition.event in _HARM or transition.reason == NEVER_QUIET
            if harmed and status.harm_at is None:
                status.harm_at = rfc3339_micro(now)
        if memory.phase in ENDED and status.ended_at is None:
            status.ended_at = rfc3339_micro(now)
        if memory.phase is Phase.ROLLING_BACK:
            status.ended_at = None
        return status

    def with_try(self, before: ReleaseStatus, status: ReleaseStatus, attempt: int, now: float) -> ReleaseStatus:
        """``status`` of a release that is back and is tried again under the new ``attempt``: what the last try showed
        is kept in a few words, and no gate's answer counts for the next."""
        last = EarlierTry(
            attempt=before.attempt,
            place=before.place,
            ended_at=rfc3339_micro(now),
            message=before.message[:ENTRY_MESSAGE_LIMIT],
            blame=before.blame,
        )
        return msgspec.structs.replace(
            status,
            attempt=attempt,
            tried=[*before.tried, last][-ATTEMPTS_MAX:],
            harm_at=None,
            gates=[],
            conditions=[each for each in status.conditions if each.type != STRATA_HELD.type],
        )

    def _environments(self, before: ReleaseStatus) -> list[EnvironmentTally]:
        known = {tally.environment: tally for tally in before.environments}
        members = np.zeros(self.table.size, np.bool_)
        for stage in self.plan.stages:
            members |= stage.members
        involved = members | (self.columns.count("begun") > 0)
        return [self._tally(name, involved, known.get(name)) for name in self.table.environments(involved)]

    def _tally(self, environment: str, involved: Bools, before: EnvironmentTally | None) -> EnvironmentTally:
        table, columns = self.table, self.columns
        every = table.matching(environment, None) & table.present
        chosen = every & involved
        nodes = int(table.weight[every].sum())
        silent = chosen & ~np.isinf(table.silent_since) & (columns.count("begun") > 0)
        begun = int(columns.count("begun")[chosen].sum())
        exposure = round(begun / nodes, 9) if nodes else 0.0

        def total(name: str) -> int:
            return int(columns.count(name)[chosen].sum())

        return EnvironmentTally(
            environment=environment,
            clusters=int(chosen.sum()),
            nodes=nodes,
            granted=int(np.minimum(columns.count("granted"), table.weight)[chosen].sum()),
            begun=max(begun, before.begun if before else 0),
            updated=total("updated"),
            failed=total("failed"),
            unreachable=total("unreachable") + int(table.weight[silent].sum()),
            reverted=total("reverted"),
            off_target=total("off_target"),
            stuck=total("stuck"),
            exposure=min(max(exposure, before.exposure if before else 0.0), 1.0),
        )


def _timeline(before: ReleaseStatus, decision: Decision, plan: ReleasePlan, now: float) -> list[TimelineEntry]:
    """Old entries and the new transitions; where it is full, the oldest after the first go."""
    fresh = [
        TimelineEntry(
            at=rfc3339_micro(now),
            phase=transition.target,
            stage=plan.stages[transition.stage].name,
            wave=transition.wave,
            reason=transition.reason,
            message=transition.message[:ENTRY_MESSAGE_LIMIT],
        )
        for transition in decision.transitions
    ]
    entries = [*before.timeline, *fresh]
    if len(entries) <= TIMELINE_LIMIT:
        return entries
    return [entries[0], *entries[len(entries) - TIMELINE_LIMIT + 1 :]]


def record(recorder: EventRecorder, release: Release, decision: Decision) -> None:
    """An event for each transition, a warning where it is of harm: ``kubectl describe`` shows them."""
    metadata = release.metadata
    about = About(API_VERSION, release.kind, release.name, metadata.namespace or "", metadata.uid or "")
    for transition in decision.transitions:
        kind = EventType.WARNING if transition.event in _HARM else EventType.NORMAL
        text = f"{transition.source} to {transition.target}: {transition.message}"
        recorder.record(about, kind, transition.reason, text)


def urgent(before: ReleaseStatus, after: ReleaseStatus) -> bool:
    """Whether something changed that must not wait: the engine's memory, or that it is frozen."""
    if _frozen(before) != _frozen(after) or _counted(before) != _counted(after):
        return True
    return any(getattr(before, name) != getattr(after, name) for name in _URGENT)


def _counted(status: ReleaseStatus) -> list[int]:
    """A cluster that was out is judged by what it was then."""
    outages = status.evidence.outages if status.evidence is not None else None
    return outages.counted if outages is not None else []


def _frozen(status: ReleaseStatus) -> list[str]:
    """A person who stops the fleet looks at once whether it took."""
    return [hold for hold in status.holds if hold.startswith(FROZEN)]


_URGENT: tuple[Any, ...] = ("phase", "stage", "wave", "phase_since", "reason", "attempt", "ended_at", "policy", "held")
