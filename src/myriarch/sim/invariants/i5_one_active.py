"""I5: a component has one active release; one that has ended begins no node any more."""

from __future__ import annotations

from myriarch.api.release import Phase, Release
from myriarch.engine.phases import BACKWARD, UNDERWAY
from myriarch.sim.invariants.checker import LAG_SECONDS, Checker, Scene
from myriarch.sim.ledger import starts
from myriarch.sim.truth import Nodes
from myriarch.sim.witness import Moved

_ACTIVE = UNDERWAY | BACKWARD
_OVER = frozenset({Phase.ABORTED, Phase.SUPERSEDED, Phase.ROLLED_BACK, Phase.ROLLING_BACK, Phase.ROLLBACK_HELD})


class OneActive(Checker):
    name = "I5"

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._over_since: dict[str, float] = {}

    def release_written(self, at: float, release: Release) -> None:
        if release.status.phase not in _ACTIVE:
            return
        component = release.spec.component
        active = sorted(
            key
            for key, other in self.seen.releases.items()
            if other.spec.component == component and other.status.phase in _ACTIVE
        )
        if len(active) > 1:
            self.broken(at, f"{component}: {' and '.join(active)} are active at once")

    def release_moved(self, moved: Moved, release: Release) -> None:
        del release
        if moved.entry.phase in _OVER:
            self._over_since.setdefault(moved.release, moved.at)
        else:
            self._over_since.pop(moved.release, None)

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        for attempt, nodes in starts(before, after).items():
            key = self.seen.by_attempt.get((after.component, attempt), "")
            since = self._over_since.get(key)
            if since is None or after.at <= since + LAG_SECONDS:
                continue
            if not self.troubles.hindered(after.cluster, since, after.at):
                phase = self.seen.releases[key].status.phase
                text = f"{after.cluster}: {len(nodes)} nodes began {key} {after.at - since:.0f} s after it was {phase}"
                self.broken(after.at, text)
