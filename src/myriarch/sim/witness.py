"""Sees everything that happens in a run, in order, and tells the checkers and the trace.

It listens in two places: to the server's store, where every write of a hub object passes, and to the fleet,
whose columns are the truth. It takes part in nothing. Both call it synchronously, so whoever it tells sees
the world exactly as the write, or the move, left it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from myriarch.api.cluster import Cluster, ComponentStatus, Grant
from myriarch.api.component import Component
from myriarch.api.freezewindow import FreezeWindow
from myriarch.api.release import Phase, Release, TimelineEntry
from myriarch.apiserver.record import Change
from myriarch.fleet.fleet import Fleet
from myriarch.sim.truth import Nodes, look


@dataclass(frozen=True, slots=True)
class Moved:
    """A transition of a release: one entry of its timeline, and the phase before it."""

    at: float
    release: str
    source: Phase
    entry: TimelineEntry


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant as it was written."""

    at: float
    cluster: str
    grant: Grant


class Listener(Protocol):
    """Whoever wants to know. All times are Unix seconds."""

    def nodes_changed(self, before: Nodes, after: Nodes) -> None: ...

    def granted(self, written: Granted) -> None: ...

    def reported(self, at: float, cluster: str, status: ComponentStatus) -> None: ...

    def release_moved(self, moved: Moved, release: Release) -> None: ...

    def release_written(self, at: float, release: Release) -> None: ...


@dataclass
class Seen:
    """What the hub's objects say now, and all grants ever written. Releases are keyed namespace/name.

    ``settled_at``: when a cluster first called a component's attempt and ceiling settled.
    """

    releases: dict[str, Release] = field(default_factory=dict)
    clusters: dict[str, Cluster] = field(default_factory=dict)
    components: dict[str, Component] = field(default_factory=dict)
    windows: dict[str, FreezeWindow] = field(default_factory=dict)
    windows_since: dict[str, float] = field(default_factory=dict)
    grants: dict[tuple[str, str], list[Granted]] = field(default_factory=dict)
    by_attempt: dict[tuple[str, int], str] = field(default_factory=dict)
    settled_at: dict[tuple[str, str, int, int], float] = field(default_factory=dict)

    def release_of(self, component: str, attempt: int) -> Release | None:
        """The release that was given ``attempt``."""
        return self.releases.get(self.by_attempt.get((component, attempt), ""))


_CLUSTER = msgspec.json.Decoder(Cluster)
_RELEASE = msgspec.json.Decoder(Release)
_COMPONENT = msgspec.json.Decoder(Component)
_WINDOW = msgspec.json.Decoder(FreezeWindow)


class Witness:
    """``components`` are those whose nodes are watched."""

    def __init__(self, fleet: Fleet, components: Sequence[str], now: Callable[[], float]) -> None:
        self.seen = Seen()
        self.fleet = fleet
        self.components = tuple(components)
        self.now = now
        self._listeners: list[Listener] = []
        self._nodes: dict[tuple[str, str], Nodes] = {}
        fleet.subscribe(self._fleet_changed)

    def tell(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def nodes(self, cluster: str, component: str) -> Nodes:
        """The nodes as last seen."""
        known = self._nodes.get((cluster, component))
        if known is None:
            known = self._nodes[cluster, component] = look(self.fleet, cluster, component, self.now())
        return known

    def harmed_share(self) -> float:
        """Of all nodes, the share on which the effect of some revision shows now."""
        harmed = sum(int((each.harmed & each.present & each.part["started"]).sum()) for each in self._nodes.values())
        return harmed / max(self.fleet.node_count, 1)

    def look_at_all(self) -> None:
        """Take the first snapshot of every cluster, before anything moves."""
        for plan in self.fleet.plans:
            for component in self.components:
                self.nodes(plan.name, component)

    def _fleet_changed(self, cluster: str, _names: Sequence[str]) -> None:
        for component in self.components:
            before = self._nodes.get((cluster, component))
            after = self._nodes[cluster, component] = look(self.fleet, cluster, component, self.now())
            if before is not None:
                for listener in self._listeners:
                    listener.nodes_changed(before, after)

    def stored(self, change: Change) -> None:
        """A listener of the store."""
        bucket = change.record.key.bucket
        take = self._takers().get(bucket.resource) if bucket.cluster == "hub" else None
        if take is not None:
            take(change)

    def _takers(self) -> dict[str, Callable[[Change], None]]:
        return {
            "clusters.myriarch.io": self._cluster,
            "releases.myriarch.io": self._release,
            "components.myriarch.io": self._component,
            "freezewindows.myriarch.io": self._window,
        }

    def _cluster(self, change: Change) -> None:
        new = _CLUSTER.decode(change.record.data)
        old = self.seen.clusters.get(new.name)
        self.seen.clusters[new.name] = new
        for grant in new.spec.components:
            if old is None or old.grant(grant.component) != grant:
                written = Granted(self.now(), new.name, grant)
                self.seen.grants.setdefault((new.name, grant.component), []).append(written)
                for listener in self._listeners:
                    listener.granted(written)
        for status in new.status.components:
            if status.settled:
                key = (new.name, status.component, status.attempt, status.observed_ceiling)
                self.seen.settled_at.setdefault(key, self.now())
            if old is None or old.component(status.component) != status:
                for listener in self._listeners:
                    listener.reported(self.now(), new.name, status)

    def _release(self, change: Change) -> None:
        new = _RELEASE.decode(change.record.data)
        key = f"{new.metadata.namespace}/{new.name}"
        old = self.seen.releases.get(key)
        self.seen.releases[key] = new
        if new.status.attempt:
            self.seen.by_attempt[new.spec.component, new.status.attempt] = key
        phase = old.status.phase if old else Phase.PENDING
        for entry in _fresh(old, new):
            moved = Moved(self.now(), key, phase, entry)
            phase = entry.phase
            for listener in self._listeners:
                listener.release_moved(moved, new)
        for listener in self._listeners:
            listener.release_written(self.now(), new)

    def _component(self, change: Change) -> None:
        new = _COMPONENT.decode(change.record.data)
        self.seen.components[new.name] = new

    def _window(self, change: Change) -> None:
        new = _WINDOW.decode(change.record.data)
        if change.type == "DELETED":
            self.seen.windows.pop(new.name, None)
            self.seen.windows_since.pop(new.name, None)
            return
        self.seen.windows[new.name] = new
        self.seen.windows_since.setdefault(new.name, self.now())


def _fresh(old: Release | None, new: Release) -> list[TimelineEntry]:
    """Entries of the timeline that were not there before; a full timeline has lost old ones."""
    known = old.status.timeline if old else []
    if not known:
        return list(new.status.timeline)
    last, entries = known[-1], new.status.timeline
    for index in range(len(entries) - 1, -1, -1):
        if entries[index] == last:
            return entries[index + 1 :]
    return list(entries)
