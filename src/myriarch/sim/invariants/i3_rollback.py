"""I3: a rollback ends with every reachable node at its own last-known-good, or names the stuck ones.

The last-known-good is the revision that the node stood at before its first advance that was never proven, by
the ledger's own account. Nodes out of reach revert when they return: they are judged at the end of the run.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.release import Phase, Release
from myriarch.sim.invariants.checker import LAG_SECONDS, Checker
from myriarch.sim.truth import Bools, Nodes
from myriarch.sim.witness import Moved

SETTLE_SECONDS = 3600.0
"""At the end of a run, a node that has been in reach for so long must be back."""


class Rollback(Checker):
    name = "I3"

    def release_moved(self, moved: Moved, release: Release) -> None:
        if moved.entry.phase is not Phase.ROLLED_BACK or not release.status.attempt:
            return
        named = sum(tally.stuck for tally in release.status.environments)
        off = 0
        places: list[str] = []
        for nodes in self._touched(release):
            if self.troubles.hindered(nodes.cluster, moved.at - LAG_SECONDS, moved.at):
                continue
            astray = self._astray(nodes, release, moved.at - LAG_SECONDS)
            off += int(astray.sum())
            places += [f"{nodes.cluster}-n{index:04d}" for index in np.flatnonzero(astray)[:3]]
        if off > named:
            text = (
                f"{moved.release}: rolled back, but {off} nodes are not ({', '.join(places[:5])}); {named} named stuck"
            )
            self.broken(moved.at, text)

    def ended(self, at: float) -> None:
        for key, release in self.seen.releases.items():
            if release.status.phase is not Phase.ROLLED_BACK or not release.status.attempt:
                continue
            for nodes in self._touched(release):
                if self.troubles.hindered(nodes.cluster, at - SETTLE_SECONDS, at):
                    continue
                astray = self._astray(nodes, release, at - SETTLE_SECONDS) & ~nodes.stuck
                if astray.any():
                    first = int(np.flatnonzero(astray)[0])
                    text = f"{key}: {int(astray.sum())} nodes of {nodes.cluster} never came back, such as n{first:04d}"
                    self.broken(at, text)

    def _touched(self, release: Release) -> list[Nodes]:
        component = release.spec.component
        return [self.witness.nodes(plan.name, component) for plan in self.witness.fleet.plans]

    def _astray(self, nodes: Nodes, release: Release, calm_since: float) -> Bools:
        """Nodes of this attempt, in reach since ``calm_since``, that don't stand at their last-known-good."""
        account = self.scene.ledger.account(nodes)
        attempt = release.status.attempt
        mine = account.began(attempt) & nodes.present & nodes.reachable & (nodes.part["attempt"] == attempt)
        mine &= (account.upset_at <= calm_since) & ((nodes.base["since"] <= calm_since) | nodes.ready)
        off: Bools = mine & (nodes.part["revision"] != account.known_good)
        return off
