"""The verdict on a live release, as its status holds it: who is to blame for the failures that it met."""

from __future__ import annotations

from typing import Any

import msgspec

from myriarch.api.cause import Cause, Guilty
from myriarch.api.release import Release
from myriarch.cli.output import Column, Table, render

_WORDS = {
    Guilty.SELF: "the release itself",
    Guilty.OTHER: "another release",
    Guilty.AMBIENT: "an outage",
    Guilty.UNDECIDED: "nobody can tell: it may be the release, it may be a rival",
    Guilty.NOBODY: "nobody who could be found",
}


def verdict_document(release: Release) -> dict[str, Any]:
    """The verdict and the attributes in common, for programs."""
    cause = release.status.cause
    return {
        "release": f"{release.metadata.namespace}/{release.name}",
        "attributes": dict(release.status.blame),
        "cause": None if cause is None else msgspec.to_builtins(cause),
    }


def verdict_text(release: Release) -> str:
    """The same for people."""
    status = release.status
    lines = []
    if status.cause is None:
        lines.append("No harm was judged: nobody is accused.")
    else:
        lines += [*_told(status.cause), "", render(_table(status.cause))]
    if status.blame:
        lines.append("In common: " + ", ".join(f"{key}={value}" for key, value in sorted(status.blame.items())))
    return "\n".join(lines)


def _told(cause: Cause) -> list[str]:
    culprit = f"{_WORDS[cause.guilty]}: {cause.name}" if cause.name else _WORDS[cause.guilty]
    nodes = "node" if cause.unexplained == 1 else "nodes"
    left = f"{cause.unexplained} failed {nodes} of this release that nobody else explains"
    return [f"To blame: {culprit}", cause.message, left]


def _table(cause: Cause) -> Table:
    titles = ("suspect", "ruling", "score", "incidents", "nodes")
    rows = [[each.name, each.ruling, f"{each.score:.0f}", each.incidents, each.nodes] for each in cause.suspects]
    return Table(tuple(Column(title) for title in titles), rows)
