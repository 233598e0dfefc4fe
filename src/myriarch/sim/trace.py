"""The trace of a run: every decision and every change of state, a line each.

Same scenario and seed, same trace, byte for byte. So nothing that differs between two runs of the same
program may be in it: no uids, no versions, no wall time. Lines are hashed as they come; they are kept only
where somebody wants to read them.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from myriarch.api.cluster import ComponentStatus
from myriarch.api.release import Release
from myriarch.sim.truth import Nodes
from myriarch.sim.witness import Granted, Moved


class Trace:
    """``start`` is the run's begin, Unix seconds; ``keep`` the lines, or only their hash."""

    def __init__(self, start: float, *, keep: bool) -> None:
        self._start = start
        self._hash = blake2b(digest_size=16)
        self._keep = keep
        self.lines: list[str] = []
        self.count = 0

    @property
    def digest(self) -> str:
        """Hex digest of all lines so far."""
        return self._hash.hexdigest()

    def line(self, at: float, text: str) -> None:
        line = f"+{at - self._start:.3f} {text}\n"
        self._hash.update(line.encode())
        self.count += 1
        if self._keep:
            self.lines.append(line)

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        part, base = after.part, after.base
        old = before.size
        changed = np.ones(after.size, np.bool_)
        changed[:old] = (before.part != part[:old]) | (before.base != base[:old])
        shown = []
        for index in np.flatnonzero(changed).tolist():
            row, node = part[index], base[index]
            ready = "?" if node["ready"] < 0 else "+" if node["ready"] else "-"
            gone = "" if node["present"] else " gone"
            shown.append(f"{index}{ready}{row['revision']}>{row['target']}@{row['attempt']}.{row['move']}{gone}")
        if shown:
            self.line(after.at, f"nodes {after.cluster} {after.component} {' '.join(shown)}")

    def granted(self, written: Granted) -> None:
        grant = written.grant
        ceiling = "all" if grant.all_nodes else str(grant.ceiling)
        text = f"attempt={grant.attempt} {grant.direction} {grant.revision} ceiling={ceiling}"
        proven = " proven" if grant.proven else ""
        until = grant.forward_until or "-"
        self.line(written.at, f"grant {written.cluster} {grant.component} {text} until={until}{proven}")

    def reported(self, at: float, cluster: str, status: ComponentStatus) -> None:
        counts = " ".join(
            f"{name}={getattr(status, name)}"
            for name in (
                "begun",
                "updating",
                "updated",
                "failed",
                "unreachable",
                "off_target",
                "reverted",
                "stuck_count",
            )
        )
        settled = "settled" if status.settled else "unsettled"
        text = f"attempt={status.attempt} {status.direction} {status.observed_ceiling} {settled} {counts}"
        self.line(at, f"report {cluster} {status.component} {text}")

    def release_moved(self, moved: Moved, release: Release) -> None:
        entry = moved.entry
        place = f"{entry.stage}/{entry.wave + 1}"
        self.line(
            moved.at, f"release {moved.release} {moved.source}>{entry.phase} {place} {entry.reason}: {entry.message}"
        )

    def release_written(self, at: float, release: Release) -> None:
        status = release.status
        tallies = " ".join(
            f"{t.environment}:{t.begun}/{t.updated}/{t.failed}/{t.exposure:g}" for t in status.environments
        )
        name = f"{release.metadata.namespace}/{release.name}"
        self.line(at, f"status {name} {status.phase} {status.stage}/{status.wave} {status.reason} {tallies}")
