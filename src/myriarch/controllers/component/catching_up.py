"""Clusters that were away while a release proved a revision: they come to it a few at a time.

When a partition ends, hundreds of clusters may be behind at once. No release judges them any more, so they don't all
move together: each is heard, gets its grant, and has moved its nodes before its place is given to the next. One that
falls silent again, or does not answer, loses its place. Places are kept in memory only: after a crash a few more
clusters than usual are let in.
"""

from __future__ import annotations

from typing import Final

from myriarch.api.cluster import Cluster, Grant
from myriarch.controllers.fleet_table import silent_since

AT_ONCE: Final = 10
"""So many clusters catch up at the same time."""

AGAIN_SECONDS: Final = 60.0
"""Nobody tells when a place is free: it is looked for so often while clusters wait."""

ANSWER_SECONDS: Final = 600.0
"""A cluster that has not told of its grant after so long keeps no place."""


class CatchingUp:
    """The clusters of one component. Each round begins with ``begin``, shows all of them, and ends with ``let_in``."""

    def __init__(self, component: str) -> None:
        self._component = component
        self._places: dict[str, float] = {}
        self._kept: dict[str, float] = {}
        self._ready: list[tuple[Cluster, Grant]] = []
        self._now = 0.0
        self.waiting = False

    def begin(self, now: float) -> None:
        """Look anew, at ``now`` (Unix seconds)."""
        self._now, self._kept, self._ready, self.waiting = now, {}, [], False

    def takes(self, cluster: Cluster, grant: Grant | None) -> bool:
        """Whether ``grant``, the standing one that the cluster should get, is to catch up by: it waits for its turn."""
        held, since = cluster.grant(self._component), self._places.get(cluster.name)
        if held is None or not held.proven:
            return False
        behind = grant is not None and grant.revision != held.revision
        if since is not None and _heard(cluster) and self._moves(cluster, held, since, behind=behind):
            self._kept[cluster.name] = since
        elif behind and grant is not None and _heard(cluster):
            self._ready.append((cluster, grant))
        self.waiting |= behind
        return behind

    def _moves(self, cluster: Cluster, held: Grant, since: float, *, behind: bool) -> bool:
        told = cluster.component(self._component)
        if behind or told is None or told.revision != held.revision:  # what was granted is not seen, or not answered
            return self._now - since < ANSWER_SECONDS
        return told.updating > 0  # once settled, a standing grant stays so: that tells nothing

    def let_in(self) -> list[tuple[Cluster, Grant]]:
        """Those whose turn it is, by name."""
        self._ready.sort(key=lambda pair: pair[0].name)
        turn = self._ready[: max(AT_ONCE - len(self._kept), 0)]
        self._places = self._kept | {cluster.name: self._now for cluster, _ in turn}
        return turn


def _heard(cluster: Cluster) -> bool:
    return silent_since(cluster) == float("inf")
