"""I11: a node that joins, or comes back, ends at the proven revision or at its grant.

Judged at the end of the run, for nodes that have been in reach and at rest for long. A node on which a
revision's own effect has shown may have been taken back, and stays there.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.cluster import Grant
from myriarch.api.release import Phase
from myriarch.sim.invariants.checker import Checker
from myriarch.sim.truth import Bools, Nodes

REST_SECONDS = 3600.0


class Standing(Checker):
    name = "I11"

    def ended(self, at: float) -> None:
        for component in self.witness.components:
            if any(self._is_active(component, key) for key in self.seen.releases):
                continue
            for plan in self.witness.fleet.plans:
                if not self.troubles.hindered(plan.name, at - REST_SECONDS, at):
                    self._check(plan.name, plan.environment, self.witness.nodes(plan.name, component), at)

    def _is_active(self, component: str, key: str) -> bool:
        release = self.seen.releases[key]
        ended = (Phase.SUCCEEDED, Phase.ROLLED_BACK, Phase.ABORTED, Phase.SUPERSEDED)
        return release.spec.component == component and release.status.phase not in ended

    def _check(self, cluster: str, environment: str, nodes: Nodes, at: float) -> None:
        component = self.seen.components.get(nodes.component)
        if component is None:
            return
        names = self.witness.fleet.world.component(nodes.component).revisions
        proven = component.proven_in(environment)
        grant = self.seen.clusters[cluster].grant(nodes.component)
        allowed = {proven} | self._by_grant(grant)
        codes = [code for code, name in enumerate(names) if name in allowed]
        account = self.scene.ledger.account(nodes)
        joined = nodes.base["joined_at"] > self.scene.start
        astray: Bools = nodes.present & nodes.ready & ~nodes.ordered & ~account.ever_harmed & joined
        astray &= (account.upset_at < at - REST_SECONDS) & (nodes.base["since"] < at - REST_SECONDS)
        astray &= ~np.isin(nodes.part["revision"], codes)
        if astray.any():
            first = int(np.flatnonzero(astray)[0])
            stands = names[int(nodes.part["revision"][first])]
            text = f"{cluster}: {int(astray.sum())} newcomers, such as n{first:04d}, stand at {stands}, not {proven}"
            self.broken(at, text)

    def _by_grant(self, grant: Grant | None) -> set[str]:
        """What a grant that was left standing (aborted, superseded) allows besides the proven revision."""
        return set() if grant is None else {grant.revision, grant.rollback_to}
