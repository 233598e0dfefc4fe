"""What a person can do about a release, as commands to copy: first what lifts its holds, then what always goes.

Nobody but a person decides, so every command stands with what it does; none is recommended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from myriarch.api.holds import HoldEntry, HoldKind
from myriarch.api.release import Order, Phase, Release
from myriarch.engine.phases import BACKWARD, ENDED

STOP_WINDOW: Final = "stop: "
DEFAULT_NAMESPACE: Final = "default"
_RELEASE: Final = re.compile(r"\brelease (?:(?P<namespace>[a-z0-9.-]+)/)?(?P<name>[a-z0-9][a-z0-9.-]*)")
_CLUSTER: Final = re.compile(r"\((?P<name>[a-z0-9][a-z0-9.-]*)[,)]|\bcluster (?P<one>[a-z0-9][a-z0-9.-]*)")


@dataclass(frozen=True, slots=True)
class Command:
    """One command, and what it does."""

    command: str
    does: str


def commands_for(release: Release, entries: Sequence[HoldEntry], program: str) -> Iterator[Command]:
    """In the order in which they help; each once."""
    seen: set[str] = set()
    for command in (*_lifting(release, entries, program), *_always(release, program)):
        if command.command not in seen:
            seen.add(command.command)
            yield command


def _call(release: Release, program: str, verb: str, rest: str = "") -> str:
    return f"{program} release {verb} {release.name}{rest}{_in(release.metadata.namespace)}"


def _in(namespace: str | None) -> str:
    """Where commands look by themselves needs no words."""
    return "" if namespace in (None, "", DEFAULT_NAMESPACE) else f" -n {namespace}"


def _lifting(release: Release, entries: Sequence[HoldEntry], program: str) -> Iterator[Command]:
    for entry in entries:
        if entry.kind is HoldKind.HARM and entry.approval:
            yield Command(_call(release, program, "resume", " --reason WHY"), "accepts the failures and goes on")
        elif entry.approval:
            does = "lets it go back" if entry.approval == "rollback" else "approves"
            yield Command(_call(release, program, "approve", f" {entry.approval} --reason WHY"), does)
        else:
            yield from _by_kind(release, entry, program)


def _by_kind(release: Release, entry: HoldEntry, program: str) -> Iterator[Command]:
    match entry.kind:
        case HoldKind.PAUSE:
            yield Command(_call(release, program, "resume"), "lets it go on")
        case HoldKind.FREEZE if STOP_WINDOW in entry.message:
            yield Command(f"{program} stop --lift", "lets the fleet move forward again")
        case HoldKind.FREEZE:
            yield Command("kubectl get freezewindows", "shows the windows; an Override bypasses them")
        case HoldKind.AGENTS:
            yield Command(f"{program} clusters", "shows the versions of agents")
        case HoldKind.RELEASE:
            found = _RELEASE.search(entry.message)
            if found is not None:
                namespace = found["namespace"] or release.metadata.namespace
                yield Command(f"{program} release explain {found['name']}{_in(namespace)}", "says why that one waits")
        case HoldKind.UNSETTLED | HoldKind.SILENCE | HoldKind.BACK | HoldKind.STUCK | HoldKind.BUDGET:
            named = _CLUSTER.search(entry.message)
            if named is not None:
                name = named["name"] or named["one"]
                yield Command(f"{program} clusters describe {name}", "shows the cluster and what its agent says")
        case _:
            return


def _always(release: Release, program: str) -> Iterator[Command]:
    status, spec = release.status, release.spec
    phase = status.phase
    if phase in ENDED:
        yield from _ended(release, program)
        return
    if status.attempt == 0:
        yield Command(_call(release, program, "abort"), "gives it up before it begins")
        return
    if phase not in BACKWARD:
        if not spec.paused and phase is not Phase.PAUSED:
            yield Command(_call(release, program, "pause"), "holds forward steps")
        if spec.order is Order.NONE:
            yield Command(_call(release, program, "rollback"), "brings every node back")
    if spec.order is not Order.ABORT:
        yield Command(_call(release, program, "abort"), "ends it where it is")


def _ended(release: Release, program: str) -> Iterator[Command]:
    match release.status.phase:
        case Phase.SUCCEEDED:
            yield Command(_call(release, program, "rollback"), "starts a release of the revision before it")
        case Phase.ABORTED if release.status.attempt:
            yield Command(_call(release, program, "rollback"), "brings its nodes back")
        case Phase.SUPERSEDED:
            found = _RELEASE.search(release.status.message)
            if found is not None:
                namespace = found["namespace"] or release.metadata.namespace
                yield Command(f"{program} release explain {found['name']}{_in(namespace)}", "explains the one after it")
    yield Command(_call(release, program, "history"), "tells every step that it took")
