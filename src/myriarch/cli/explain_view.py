"""An explanation on one screen: 24 lines of 100 columns, whatever a release waits for.

Detail gives way first: the evidence of each hold, then lines of long sentences, then further holds, of which the number
is told. ``-o json`` has everything.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from myriarch.api.holds import HoldEntry, HoldKind
from myriarch.base.clock import parse_rfc3339, rfc3339
from myriarch.cli.explanation import Explanation, Held
from myriarch.cli.output import percent
from myriarch.cli.plan_forecast import about
from myriarch.cli.release_view import tried_lines
from myriarch.engine.holds import FROZEN
from myriarch.engine.phases import ENDED

WIDTH: Final = 100
LINES: Final = 24
LABEL: Final = 12
WIDE: Final = 50
"""A command that is longer pushes only what stands behind itself aside."""

COMMANDS: Final = 8
ENVIRONMENTS: Final = 3

WORDS: Final[dict[HoldKind, str]] = {
    HoldKind.FREEZE: "freeze",
    HoldKind.AGENTS: "old agents",
    HoldKind.BUDGET: "budget",
    HoldKind.UNSETTLED: "clusters",
    HoldKind.SILENCE: "silence",
    HoldKind.SOAK: "soak",
    HoldKind.SUSPICION: "suspicion",
    HoldKind.GATE: "gate",
    HoldKind.APPROVAL: "approval",
    HoldKind.PAUSE: "pause",
    HoldKind.HARM: "harm",
    HoldKind.RELEASE: "turn",
    HoldKind.BACK: "rollback",
    HoldKind.STUCK: "stuck",
    HoldKind.WATCH: "watch",
    HoldKind.OTHER: "reason",
}

SAID: Final = {
    HoldKind.FREEZE: f"{FROZEN}: ",
    HoldKind.AGENTS: f"{FROZEN}: ",
    HoldKind.APPROVAL: "waits for approval ",
    HoldKind.SUSPICION: "soaks on, ",
    HoldKind.GATE: "gate ",
}
"""How sentences begin that say what the word before them says."""


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much is told: lines of a sentence, lines of evidence of a hold, holds."""

    lines: int
    evidence: int
    holds: int


DETAILS: Final = (
    _Detail(4, 4, 32),
    _Detail(3, 3, 32),
    _Detail(2, 2, 32),
    _Detail(2, 1, 8),
    _Detail(1, 1, 6),
    _Detail(1, 0, 6),
    _Detail(1, 0, 3),
    _Detail(1, 0, 1),
)


def explanation_text(told: Explanation, now: float) -> str:
    """One screen; ``now`` in Unix seconds."""
    lines: list[str] = []
    for detail in DETAILS:
        lines = list(_lines(told, now, detail))
        if len(lines) <= LINES:
            break
    return "\n".join(line[:WIDTH].rstrip() for line in lines[:LINES])


def _lines(told: Explanation, now: float, detail: _Detail) -> Iterator[str]:
    release = told.release
    spec = release.spec
    yield from _labelled(
        "Release", f"{release.metadata.namespace}/{release.name}: {spec.component} to {spec.revision}", 1
    )
    yield from _labelled("Stands at", told.where + _for(told.since, now), detail.lines)
    if told.why:
        yield from _labelled("Because", told.why, max(detail.lines, 2))
    for number, line in enumerate(_reached(told)):
        yield from _labelled("" if number else "Reached", line, 1)
    for number, line in enumerate(tried_lines(release.status)):
        yield from _labelled("" if number else "Tried", line, 2)
    if release.status.held:
        yield from _labelled("Goes without", _left_out(told), max(detail.lines, 2))
    if release.status.phase in ENDED:
        yield from _labelled("Waits for", "nothing: it has ended", 1)
    for number, held in enumerate(told.holds[: detail.holds]):
        yield from _held(held, now, detail, first=number == 0)
    if len(told.holds) > detail.holds:
        yield f"{'':{LABEL}} and {len(told.holds) - detail.holds} more: -o json tells all"
    if release.status.phase not in ENDED:
        yield from _labelled("Looks again", _next(told, now), 2)
    yield from _commands(told)


def _held(held: Held, now: float, detail: _Detail, *, first: bool) -> Iterator[str]:
    text = f"{WORDS[held.entry.kind]}: {_sentence(held.entry, now)}"
    yield from _labelled("Waits for" if first else "", text, detail.lines)
    for line in held.evidence[: detail.evidence]:
        yield _shortened(f"{'':{LABEL}}   - {line}")


def _sentence(entry: HoldEntry, now: float) -> str:
    """What is waited for, and its times: in words that don't say again what kind of hold it is."""
    since = parse_rfc3339(entry.since) if entry.since else 0.0
    if entry.kind is HoldKind.SOAK and since and entry.until:
        until = parse_rfc3339(entry.until)
        return f"{about(until - since)} in all, {about(max(until - now, 0.0))} to go, until {entry.until}"
    message = entry.message.removeprefix(SAID.get(entry.kind, ""))
    return message + _for(since, now) + (f", until {entry.until} at most" if entry.until else "")


def _reached(told: Explanation) -> Iterator[str]:
    """How far it has come, a line for each environment where it began."""
    for tally in [each for each in told.release.status.environments if each.begun][:ENVIRONMENTS]:
        counts = f"{tally.updated} of {tally.nodes} nodes updated, {tally.begun} begun ({percent(tally.exposure)})"
        more = [f"{value} {name}" for name, value in (("failed", tally.failed), ("reverted", tally.reverted)) if value]
        yield f"{tally.environment}: {', '.join([counts, *more])}"


def _left_out(told: Explanation) -> str:
    """Strata that the release harms: they are taken back, and the rest goes on."""
    held = [f"{each.attribute}={each.value} ({each.nodes} nodes)" for each in told.release.status.held]
    return f"{', '.join(held)}: harmed, so held"


def _next(told: Explanation, now: float) -> str:
    changes = "whenever a cluster, a gate or a person changes something"
    if not told.wake_at:
        return changes
    left = told.wake_at - now
    when = f"in {about(left)}, at {rfc3339(told.wake_at)}" if left > 0 else "now"
    return f"{when}: {told.wake_for}; and {changes}"


def _commands(told: Explanation) -> Iterator[str]:
    width = max((len(each.command) for each in told.commands if len(each.command) <= WIDE), default=0)
    for number, each in enumerate(told.commands[:COMMANDS]):
        label = "You can" if number == 0 else ""
        yield _shortened(f"{label:{LABEL}} {each.command:{width}}  {each.does}")


def _for(since: float, now: float) -> str:
    """`` for 12m``; empty where it is not known, or the hub's clock is another."""
    return f", for {about(now - since)}" if 0 < since < now else ""


def _labelled(label: str, text: str, lines: int) -> Sequence[str]:
    wrapped = textwrap.wrap(text, WIDTH - LABEL - 1, max_lines=max(lines, 1), placeholder=" …", break_on_hyphens=False)
    return [f"{label if index == 0 else '':{LABEL}} {line}" for index, line in enumerate(wrapped)]


def _shortened(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def explanation_document(told: Explanation) -> dict[str, Any]:
    """The same for programs, whole."""
    status = told.release.status
    return {
        "release": f"{told.release.metadata.namespace}/{told.release.name}",
        "phase": str(status.phase),
        "place": status.place,
        "since": rfc3339(told.since) if told.since else None,
        "reason": status.reason,
        "message": status.message,
        "held": [
            {"stratum": f"{each.attribute}={each.value}", "nodes": each.nodes, "since": each.since}
            for each in status.held
        ],
        "holds": [
            {
                "kind": str(held.entry.kind),
                "message": held.entry.message,
                "since": held.entry.since,
                "until": held.entry.until,
                "units": held.entry.units,
                "approval": held.entry.approval,
                "evidence": list(held.evidence),
            }
            for held in told.holds
        ],
        "wakeAt": rfc3339(told.wake_at) if told.wake_at else None,
        "wakeFor": told.wake_for,
        "commands": [{"command": each.command, "does": each.does} for each in told.commands],
    }
