"""Grants that were written, and that our own cache of clusters doesn't show yet.

A watch tells of a write some time after it was answered, and the next turn may come before. Without a memory of its
own it would write the same again: harmless, and on a busy API server a good part of all writes. What is kept is void
as soon as anything newer of the cluster is seen, so that nobody ever relies on it against what a watch says.
"""

from __future__ import annotations

from collections.abc import Iterable

from myriarch.api.cluster import Cluster, Grant


class Unseen:
    """Of one release."""

    def __init__(self) -> None:
        self._written: dict[str, tuple[Cluster, Grant]] = {}

    def __len__(self) -> int:
        return len(self._written)

    def note(self, cluster: Cluster, grant: Grant) -> None:
        """``grant`` was written, and changed the cluster that was last seen as ``cluster``."""
        self._written[cluster.name] = cluster, grant

    def grant(self, cluster: Cluster) -> Grant | None:
        """What was written to it since it was seen like this."""
        known = self._written.get(cluster.name)
        return known[1] if known is not None and known[0] is cluster else None

    def look(self, clusters: Iterable[Cluster]) -> None:
        """Forget what ``clusters``, all that are known, show by now, or ought to."""
        if self._written:
            self._written = {
                cluster.name: self._written[cluster.name] for cluster in clusters if self.grant(cluster) is not None
            }
