"""A release in words: the lines that ``status``, ``watch`` and ``history`` share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myriarch.api.gates import GateResult
from myriarch.api.release import EnvironmentTally, Release, ReleaseStatus, TimelineEntry
from myriarch.base.clock import parse_rfc3339, rfc3339
from myriarch.base.durations import format_duration
from myriarch.cli.metric_view import metric_lines
from myriarch.cli.output import Column, Table, percent, render
from myriarch.controllers.release.pacing import proven_text

_LABEL_WIDTH = 12
LAST_GATES = 8
LAST_ENTRIES = 8
"""Timeline entries in the status; ``history NAME`` has all."""
LAST_UNCOVERED = 5


def describe(release: Release) -> str:
    """Where the release stands, why, what it waits for, and how it came there."""
    return "\n".join(_lines(release))


def _lines(release: Release) -> Iterator[str]:
    spec, status = release.spec, release.status
    yield _pair("Release", f"{release.metadata.namespace}/{release.name}")
    yield _pair("Moves", f"{spec.component} to {spec.revision}, policy {spec.policy}")
    yield from _pace(release)
    yield _pair("Phase", headline(release))
    if status.message:
        yield _pair("Why", f"{status.reason}: {status.message}" if status.reason else status.message)
    for index, line in enumerate(tried_lines(status)):
        yield _pair("" if index else "Tried", line)
    for index, hold in enumerate(status.holds):
        yield _pair("" if index else "Holds", hold)
    for index, result in enumerate(gates_here(release)):
        told = f"{result.name} at {result.place}: {result.verdict}: {result.message}"
        yield _pair("" if index else "Gates", f"{told} ({whole_seconds(result.at)})")
    for index, line in enumerate(metric_lines(status)):
        yield _pair("" if index else "Metrics", line)
    if status.blame:
        yield _pair("Blames", ", ".join(f"{key}={value}" for key, value in sorted(status.blame.items())))
    for index, stratum in enumerate(status.held):
        told = f"{stratum.attribute}={stratum.value}: {stratum.nodes} nodes, since {whole_seconds(stratum.since)}"
        yield _pair("" if index else "Held", told)
    yield from _uncovered(status)
    if status.started_at:
        yield _pair("Started", whole_seconds(status.started_at) + took(release))
    if status.environments:
        yield ""
        yield render(tallies(status.environments))
    if status.timeline:
        yield ""
        yield from (entry_line(entry) for entry in status.timeline[-LAST_ENTRIES:])


def tried_lines(status: ReleaseStatus) -> list[str]:
    """Which try this is, and why those before it were taken back; none where it is the first."""
    if not status.tried:
        return []
    most = status.policy.stages[0].attempts if status.policy is not None else len(status.tried) + 1
    told = [f"{each.place}, {whole_seconds(each.ended_at)}: {each.message}" for each in status.tried]
    return [f"now for the {_ordinal(len(status.tried) + 1)} time, of {most} at most", *told]


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")


def _pace(release: Release) -> Iterator[str]:
    """What makes it quicker than its policy says."""
    if release.spec.urgent is not None:
        yield _pair("Urgent", release.spec.urgent.reason)
    if release.spec.fixes:
        proven = release.status.proven
        told = f", which had passed {proven_text(proven)}" if proven else ""
        yield _pair("Fixes", release.spec.fixes + told)


def _uncovered(status: ReleaseStatus) -> Iterator[str]:
    """Values that no canary met: what the release can't know."""
    shown = status.uncovered[:LAST_UNCOVERED]
    for index, each in enumerate(shown):
        what = f"{each.attribute}={each.value}" if each.value else each.attribute
        yield _pair("" if index else "Uncovered", f"{what} in stage {each.stage}: {each.why}")
    if status.uncovered_count > len(shown):
        yield _pair("", f"and {status.uncovered_count - len(shown)} more")


def gates_here(release: Release) -> list[GateResult]:
    """What the gates of the current wave answered, and those before the next; all that is known where it ended."""
    status = release.status
    if status.ended_at:
        return status.gates[-LAST_GATES:]
    since = status.phase_since or ""
    return [each for each in status.gates if each.place == status.place or each.at >= since][-LAST_GATES:]


def headline(release: Release) -> str:
    """``Soaking, stage prod (2 of 2), wave 1 of 4``."""
    status = release.status
    parts = [str(status.phase)]
    if status.stage_name and status.started_at:
        stages = len(status.policy.stages) if status.policy else 0
        of = f" ({status.stage + 1} of {stages})" if stages else ""
        parts.append(f"stage {status.stage_name}{of}")
        parts.append(f"wave {status.wave + 1} of {status.waves}")
    if release.spec.paused and status.phase != "Paused":
        parts.append("pause ordered")
    if release.spec.order != "None":
        parts.append(f"{release.spec.order} ordered")
    return ", ".join(parts)


def took(release: Release) -> str:
    """``, took 2h3m`` once it has ended."""
    status = release.status
    if not (status.started_at and status.ended_at):
        return ""
    return f", took {format_duration(round(parse_rfc3339(status.ended_at) - parse_rfc3339(status.started_at)))}"


def tallies(environments: Sequence[EnvironmentTally]) -> Table:
    """Counts of nodes by environment."""
    names = ("clusters", "nodes", "begun", "updated", "failed", "unreachable", "reverted", "stuck")
    rows: list[list[object]] = [
        [each.environment, *(getattr(each, name) for name in names), percent(each.exposure)] for each in environments
    ]
    return Table((Column("environment"), *(Column(name) for name in names), Column("exposure")), rows)


def entry_line(entry: TimelineEntry) -> str:
    """One transition: when, to what, where, why."""
    place = f" {entry.stage}/{entry.wave + 1}" if entry.stage else ""
    why = ": ".join(part for part in (entry.reason, entry.message) if part)
    return f"{whole_seconds(entry.at)}  {entry.phase}{place}" + (f"  {why}" if why else "")


def whole_seconds(time: str) -> str:
    """An RFC 3339 time without its fraction."""
    return rfc3339(parse_rfc3339(time))


def progress_line(release: Release) -> str:
    """How far it has come, in one line; the same text while nothing changes."""
    status = release.status
    counts = [
        f"{each.environment} {each.updated}/{each.nodes} updated, {percent(each.exposure)} exposed"
        + (f", {each.failed} failed" if each.failed else "")
        + (f", {each.reverted} reverted" if each.reverted else "")
        for each in status.environments
    ]
    waits = f" (waits: {'; '.join(status.holds)})" if status.holds else ""
    return f"{headline(release)}: {'; '.join(counts) or 'nothing begun'}{waits}"


def _pair(label: str, value: str) -> str:
    return f"{label + ':' if label else '':<{_LABEL_WIDTH}} {value}"
