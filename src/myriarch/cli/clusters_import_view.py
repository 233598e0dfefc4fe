"""What ``clusters import`` prints: a line a cluster, what it comes to, and what to do next. Never a secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from myriarch.api.cluster import Access
from myriarch.cli.output import Column, Table, render
from myriarch.imports.found import Findings
from myriarch.imports.planning import Action, Line

_DONE: Final = {Action.ADD: "added", Action.CHANGE: "changed", Action.SKIP: "skipped"}
_WOULD: Final = {Action.ADD: "would add", Action.CHANGE: "would change", Action.SKIP: "skipped"}
_FAILED: Final = "failed"
_COLUMNS: Final = ("name", "action", "access", "environment", "server", "version", "from", "why")
NAMES_SHOWN: Final = 5


def document(findings: Findings, lines: Sequence[Line], failed: Mapping[str, str], dry_run: bool) -> dict[str, Any]:
    """For programs."""
    return {
        "source": findings.source,
        "dryRun": dry_run,
        "clusters": [
            {
                "name": line.name,
                "action": _FAILED if line.name in failed else str(line.action),
                "access": line.access,
                "environment": line.environment,
                "server": line.server,
                "kubernetesVersion": line.version,
                "from": line.origin,
                "labels": line.manifest.get("metadata", {}).get("labels", {}),
                "why": failed.get(line.name, line.why),
            }
            for line in lines
        ],
    }


def told(lines: Sequence[Line], failed: Mapping[str, str], dry_run: bool, program: str) -> str:
    """For people."""
    rows = [_row(line, failed, dry_run) for line in lines]
    table = render(Table(tuple(Column(name) for name in _COLUMNS), rows))
    return "\n".join([table, "", *_summary(rows, lines, failed, dry_run, program)])


def _row(line: Line, failed: Mapping[str, str], dry_run: bool) -> list[object]:
    action = (_WOULD if dry_run else _DONE).get(line.action, str(line.action))
    why = line.why or "-"
    if line.name in failed and line.action in (Action.ADD, Action.CHANGE):
        action, why = _FAILED, failed[line.name]
    return [line.name, action, line.access, line.environment, line.server, line.version, line.origin, why]


def _summary(
    rows: Sequence[Sequence[object]], lines: Sequence[Line], failed: Mapping[str, str], dry_run: bool, program: str
) -> Iterator[str]:
    counts = Counter(str(row[1]) for row in rows)
    yield ", ".join(f"{count} {action}" for action, count in counts.items()) or "The source has no clusters."
    if dry_run:
        yield "Dry run: nothing was written."
        return
    added = [line for line in lines if line.action is Action.ADD and line.name not in failed]
    pull = [line.name for line in added if line.access == Access.PULL]
    if pull:
        yield f"Let the agents of those reached by pull join: {program} clusters join {_some(pull, ' | ')}"
    if added:
        names = _some([line.name for line in added], " ")
        yield f"They are only observed. Let releases reach them: {program} clusters manage {names}"


def _some(names: Sequence[str], between: str) -> str:
    return between.join(names[:NAMES_SHOWN]) + (f"{between}…" if len(names) > NAMES_SHOWN else "")
