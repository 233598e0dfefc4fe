"""The result of a simulation, for people."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.base.durations import format_duration
from myriarch.cli.output import Column, Table, percent, render
from myriarch.sim.result import ReleaseResult, Result

_COLUMNS = ("release", "phase", "exposure", "took", "on revision", "reverted", "stuck", "harm to decision")


def result_text(result: Result) -> str:
    """What became of each release, what was expected, and which promises held."""
    return "\n".join(_lines(result))


def _lines(result: Result) -> Iterator[str]:
    took = format_duration(round(result.virtual_seconds))
    yield f"{result.scenario}, seed {result.seed}: {result.clusters} clusters, {result.nodes} nodes, {took} virtual"
    yield ""
    yield render(Table(tuple(Column(title) for title in _COLUMNS), [_row(release) for release in result.releases]))
    for release in result.releases:
        if release.message:
            yield f"{release.name}: {release.message}"
    yield ""
    for expected in result.expectations:
        yield f"expected of {expected.release}: " + ("met" if expected.met else "; ".join(expected.found))
    broken = result.invariants_broken
    yield f"invariants: {len(result.invariants_checked)} checked, {len(broken)} broken"
    for violation in result.violations:
        yield f"  {violation.invariant} at +{violation.at_seconds:g} s: {violation.text}"
    yield f"trace: {result.trace} ({result.trace_lines} lines)"


def _row(release: ReleaseResult) -> list[object]:
    decided = release.first_harm_to_decision_seconds
    return [
        release.name,
        release.phase,
        ", ".join(f"{name} {percent(share)}" for name, share in release.exposure.items()),
        "" if release.virtual_seconds is None else format_duration(round(release.virtual_seconds)),
        f"{release.nodes_on_revision}/{release.nodes}",
        release.nodes_reverted,
        release.nodes_stuck,
        "" if decided is None else format_duration(round(decided)),
    ]
