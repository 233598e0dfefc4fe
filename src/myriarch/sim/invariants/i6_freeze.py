"""I6: a freeze stops forward steps, and never a rollback."""

from __future__ import annotations

from myriarch.api.freezewindow import FreezeWindow
from myriarch.api.release import Phase, Release
from myriarch.engine.windows import freeze_at
from myriarch.sim.invariants.checker import LAG_SECONDS, Checker, Scene
from myriarch.sim.ledger import starts
from myriarch.sim.truth import Nodes
from myriarch.sim.witness import Moved

ROLLBACK_SECONDS = 12 * 3600.0
"""A rollback that no fault hinders takes no longer than this, frozen or not."""


class Freeze(Checker):
    name = "I6"

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._rolling_since: dict[str, float] = {}

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        if not self.seen.windows:
            return
        for attempt, nodes in starts(before, after).items():
            window = self._frozen_by(after)
            if window is not None:
                text = f"{after.cluster}: {len(nodes)} nodes began attempt {attempt} in freeze {window.name}"
                self.broken(after.at, text)

    def _frozen_by(self, nodes: Nodes) -> FreezeWindow | None:
        """The window that has held the cluster for so long that everyone must know."""
        known = nodes.at - LAG_SECONDS
        if self.troubles.hindered(nodes.cluster, known, nodes.at):
            return None
        cluster = self.seen.clusters[nodes.cluster]
        for window in self.seen.windows.values():
            spec = window.spec
            concerns = not spec.environments or cluster.spec.environment in spec.environments
            concerns &= not spec.components or nodes.component in spec.components
            concerns &= spec.selector is None or spec.selector.matches(cluster.metadata.labels)
            written = self.seen.windows_since[window.name]
            if concerns and written <= known and freeze_at(spec, known).active and freeze_at(spec, nodes.at).active:
                return window
        return None

    def release_moved(self, moved: Moved, release: Release) -> None:
        del release
        if moved.entry.phase is Phase.ROLLING_BACK:
            self._rolling_since.setdefault(moved.release, moved.at)
        else:
            self._rolling_since.pop(moved.release, None)

    def ended(self, at: float) -> None:
        for key, since in self._rolling_since.items():
            since = max(since, self.troubles.last_end())
            if at - since > ROLLBACK_SECONDS and self.seen.windows:
                self.broken(at, f"{key}: still rolling back after {at - since:.0f} s, in a freeze")
