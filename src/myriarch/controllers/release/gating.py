"""The gates of releases: asked when the engine wants them asked, beside the turns, never within one.

A turn must not wait for strangers: a rollback may be due. So questions are asked in tasks of their own; an answer is
kept until the next turn, which it wakes, and that turn writes it into the release's status together with what the
engine makes of it. After a crash the status says what was answered; a question whose answer was not written yet is
asked again, under the same identity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from myriarch.api.gates import GATE_RESULTS_MAX, Gate, GateResult, Verdict
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Approval, Phase, Release, ReleaseStatus
from myriarch.base.clock import Clock, parse_rfc3339, rfc3339_micro
from myriarch.client.resource import ObjectKey
from myriarch.controllers.release.errands import Errands
from myriarch.engine.gate_rules import STALE_INTERVALS
from myriarch.engine.gate_standing import Awaited
from myriarch.engine.observed import GateAnswer
from myriarch.gates.asker import Asker
from myriarch.gates.question import Question, clean, result_of

_APPROVAL: Final = "gate/"


class _Asked(NamedTuple):
    release: ObjectKey
    gate: str
    place: str


class Gating:
    """``errands`` do the asking."""

    def __init__(self, asker: Asker, clock: Clock, errands: Errands) -> None:
        self._clock = clock
        self._asker = asker
        self._errands = errands
        self._fresh: dict[_Asked, GateResult] = {}

    def results(self, release: Release, now: float) -> list[GateResult]:
        """What the gates of the release have answered by now, oldest first, within the bound of a status."""
        key = _key(release)
        known = {(each.name, each.place): each for each in release.status.gates}
        for asked in [asked for asked in self._fresh if asked.release == key]:
            fresh, told = self._fresh[asked], known.get((asked.gate, asked.place))
            if told is not None and told.at >= fresh.at:
                del self._fresh[asked]
            else:
                known[asked.gate, asked.place] = fresh
        if release.status.phase is Phase.ROLLING_BACK and release.status.wave_only:
            known = {each: _asked_anew(result, release.status.place) for each, result in known.items()}
        for result in _approvals(release, now):
            known.setdefault((result.name, result.place), result)
        return sorted(known.values(), key=lambda each: (each.at, each.name, each.place))[-GATE_RESULTS_MAX:]

    def due(self, release: Release, gates: Sequence[Awaited], now: float) -> list[Awaited]:
        """Of the gates that count now those that are to be asked, and are not being asked."""
        key = _key(release)
        return [
            gate
            for gate in gates
            if gate.ask_at <= now and not self._errands.under_way(key, _Asked(key, gate.rule.name, gate.place))
        ]

    def ask(self, release: Release, awaited: Awaited, question: Question, before: GateResult | None) -> None:
        """Begin to ask; the release gets a turn once the answer is there."""
        policy = release.status.policy
        gate = next((each for each in policy.gates if each.name == question.gate), None) if policy else None
        if gate is None:
            return
        asked = _Asked(_key(release), question.gate, question.place)
        self._errands.begin(asked.release, asked, self._ask(asked, gate, awaited, question, before))

    def forget(self, key: ObjectKey) -> None:
        """The release is gone, or another's to decide."""
        for asked in [each for each in self._fresh if each.release == key]:
            del self._fresh[asked]

    async def _ask(
        self, asked: _Asked, gate: Gate, awaited: Awaited, question: Question, before: GateResult | None
    ) -> None:
        answer = await self._asker.ask(gate, question)
        now = self._clock.now()
        rule = awaited.rule
        if before is not None:
            age_limit = STALE_INTERVALS * rule.interval_seconds + rule.timeout_seconds
            before = before if now - parse_rfc3339(before.at) <= age_limit else None
        self._fresh[asked] = result_of(question, answer, before, rule.samples, now)


def _asked_anew(result: GateResult, place: str) -> GateResult:
    """What a gate said of a wave that is taken back says nothing of the wave's next try."""
    if result.place != place or result.answer is Verdict.HOLD:
        return result
    message = clean(f"the wave is taken back; before: {result.verdict}: {result.message}")
    return msgspec.structs.replace(result, verdict=Verdict.HOLD, answer=Verdict.HOLD, agreeing=0, message=message)


def answers_of(results: Sequence[GateResult]) -> Mapping[tuple[str, str], GateAnswer]:
    """As the engine wants them."""
    return {
        (each.name, each.place): GateAnswer(each.verdict, each.answer, each.message, parse_rfc3339(each.at))
        for each in results
    }


def verdict_changed(before: ReleaseStatus, after: ReleaseStatus) -> bool:
    """Whether a gate says something else than what is written: that must not be lost."""
    return _verdicts(before) != _verdicts(after)


def _verdicts(status: ReleaseStatus) -> dict[tuple[str, str], Verdict]:
    return {(each.name, each.place): each.verdict for each in status.gates}


def counted_approvals(approvals: Sequence[Approval], policy: ReleasePolicySpec | None) -> frozenset[str]:
    """What is approved: of the approvals of a gate only those by whom, and with the reason, that it asks for."""
    gates = {gate.name: gate for gate in policy.gates} if policy is not None else {}
    return frozenset(each.what for each in approvals if _counts(each, gates))


def _counts(approval: Approval, gates: Mapping[str, Gate]) -> bool:
    gate = gates.get(_gate_and_place(approval.what)[0])
    if gate is None or gate.approval is None:
        return True
    given = bool(approval.reason.strip()) or not gate.approval.reason_required
    return given and (not gate.approval.by or approval.by in gate.approval.by)


def _gate_and_place(what: str) -> tuple[str, str]:
    if not what.startswith(_APPROVAL):
        return "", ""
    name, _, place = what.removeprefix(_APPROVAL).partition("/")
    return name, place


def _approvals(release: Release, now: float) -> list[GateResult]:
    """Who approved which gate, and why: the evidence of a gate that waits for a person."""
    policy = release.status.policy
    gates = {gate.name: gate for gate in policy.gates} if policy is not None else {}
    found = []
    for approval in release.spec.approvals:
        name, place = _gate_and_place(approval.what)
        if name in gates and gates[name].approval is not None and _counts(approval, gates):
            said = clean(f"approved by {approval.by or 'somebody'}" + f": {approval.reason}" * bool(approval.reason))
            at = approval.at or rfc3339_micro(now)
            found.append(GateResult(name=name, place=place, verdict=Verdict.PASS, message=said, at=at, answered=1))
    return found


def _key(release: Release) -> ObjectKey:
    return ObjectKey(release.metadata.namespace or "", release.name)
