"""Why a release is not moving: what its status holds of it, what clusters show beside it, what a person can do.

All of it is read off what the hub has; nothing is judged anew, so that nobody is told another story than the engine
acts by. ``explain_evidence`` asks the clusters, ``explain_commands`` knows what helps, ``explain_view`` fits it on one
screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from myriarch.api.cluster import Cluster
from myriarch.api.holds import HoldEntry, HoldKind
from myriarch.api.release import Phase, Release
from myriarch.base.clock import parse_rfc3339
from myriarch.cli.explain_commands import Command, commands_for
from myriarch.cli.explain_evidence import evidence_of
from myriarch.cli.release_view import headline
from myriarch.engine.hold import Hold, hold_of
from myriarch.engine.phases import BACKWARD, ENDED

UNSEEN = "no controller has looked at it yet: does one run?"


@dataclass(frozen=True, slots=True)
class Held:
    """One hold with its ``evidence``: what clusters say of it, a line each."""

    entry: HoldEntry
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """``where``: phase and place. ``why``: the reason of the phase. ``since``: when it began, Unix seconds (0: not
    known). ``wake_at``: when it is looked at again though nothing happens (0: only when something does), and
    ``wake_for`` why."""

    release: Release
    where: str
    why: str
    since: float
    holds: tuple[Held, ...]
    wake_at: float
    wake_for: str
    commands: tuple[Command, ...]


def explain(release: Release, clusters: Sequence[Cluster], program: str) -> Explanation:
    """``clusters`` are all of the hub; ``program`` is how commands are called."""
    status = release.status
    entries = held_entries(release)
    ended = status.phase in ENDED
    return Explanation(
        release=release,
        where=headline(release),
        why=_why(release),
        since=parse_rfc3339(status.phase_since or release.metadata.creation_timestamp or "1970-01-01T00:00:00Z"),
        holds=tuple(Held(entry, evidence_of(entry, release, clusters)) for entry in entries),
        wake_at=parse_rfc3339(status.wake_at) if status.wake_at and not ended else 0.0,
        wake_for="" if ended else status.wake_for,
        commands=tuple(commands_for(release, entries, program)),
    )


def held_entries(release: Release) -> list[HoldEntry]:
    """The holds of a release: those of its status, and what else keeps it from starting."""
    status = release.status
    told = {entry.message: entry for entry in status.holding}
    known = any(text in told for text in status.holds)
    entries = [told.get(text) or _entry(hold_of(text)) for text in status.holds]
    if known or not status.holds:  # else they are of an older turn
        entries += [entry for entry in status.holding if entry.kind in _ONLY_TOLD]
    if status.phase in ENDED:
        return []
    if status.attempt == 0 and not entries:
        entries.append(_before_start(release))
    return sorted(entries, key=lambda entry: _RANKS.get(entry.kind, 0))


_ONLY_TOLD = frozenset({HoldKind.STUCK, HoldKind.WATCH})
"""Nothing waits for these."""

_RANKS = {HoldKind.UNSETTLED: 1, HoldKind.STUCK: 2}
"""What a hold comes of is told before what comes of it."""


def _entry(hold: Hold) -> HoldEntry:
    return HoldEntry(kind=hold.kind, message=hold.message, approval=hold.approval)


def _before_start(release: Release) -> HoldEntry:
    """A release that could not start yet says why in its reason and message."""
    status = release.status
    if not status.message:
        return HoldEntry(kind=HoldKind.OTHER, message=UNSEEN)
    kind = HoldKind.OTHER if status.reason.startswith("Invalid") else HoldKind.RELEASE
    return HoldEntry(kind=kind, message=status.message)


def _why(release: Release) -> str:
    """What brought it where it stands, where that isn't told by its holds already."""
    status = release.status
    if not status.message or (status.attempt == 0 and status.phase is Phase.PENDING):
        return ""
    if status.phase in ENDED or status.phase in BACKWARD or status.phase in (Phase.PAUSED, Phase.WATCHING):
        return status.message
    return ""
