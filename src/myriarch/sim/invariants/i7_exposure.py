"""I7: until a wave's gate has passed, exposure is at most that wave's ceiling.

Two halves. Within a cluster: the nodes that have truly begun an attempt are no more than the largest ceiling
ever granted for it. Over the fleet: no cluster is granted more than the plan allows it in the wave that the
release has reached. Plans follow the fleet's size, and a ceiling once given is not taken back, so the largest
that any plan of the run allowed counts.
"""

from __future__ import annotations

import msgspec

from myriarch.api.cluster import Direction
from myriarch.api.release import Phase, Release
from myriarch.base.errors import UserFault
from myriarch.controllers.release.planning import plan_for
from myriarch.sim.invariants.checker import Checker, Scene
from myriarch.sim.ledger import starts
from myriarch.sim.truth import Nodes
from myriarch.sim.witness import Granted, Moved

_GROWS = frozenset({Phase.ADVANCING, Phase.SOAKING, Phase.GATED, Phase.WATCHING, Phase.PAUSED})


class Exposure(Checker):
    name = "I7"

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._allowed: dict[tuple[str, str], int] = {}
        self._sizes: dict[str, tuple[int, int, bytes]] = {}

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        for attempt in starts(before, after):
            begun = int((self.scene.ledger.account(after).began(attempt) & after.present).sum())
            ceiling = self._ceiling(after, attempt)
            if begun > ceiling:
                text = f"{after.cluster}: {begun} nodes have begun attempt {attempt}, at most {ceiling} were granted"
                self.broken(after.at, text)

    def _ceiling(self, nodes: Nodes, attempt: int) -> int:
        written = self.seen.grants.get((nodes.cluster, nodes.component), [])
        grants = [each.grant for each in written if each.grant.attempt == attempt]
        if any(grant.all_nodes for grant in grants):
            return nodes.size
        return max((grant.ceiling for grant in grants), default=0)

    def release_moved(self, moved: Moved, release: Release) -> None:
        if moved.entry.phase in _GROWS:
            self._plan(release)

    def granted(self, written: Granted) -> None:
        grant = written.grant
        release = self.seen.releases.get(grant.release)
        if release is None or release.status.attempt != grant.attempt or grant.direction is not Direction.FORWARD:
            return
        if release.status.phase not in _GROWS:
            return
        self._plan(release)
        allowed = self._allowed.get((grant.release, written.cluster), 0)
        known = self.seen.clusters[written.cluster].status.nodes
        there = int(self.witness.nodes(written.cluster, grant.component).present.sum())
        asked = min(known, there) if grant.all_nodes else grant.ceiling
        if asked > allowed:
            place = f"{release.status.stage_name}/{release.status.wave + 1}"
            text = (
                f"{grant.release}: {written.cluster} is granted {asked} nodes in {place}, whose plan allows {allowed}"
            )
            self.broken(written.at, text)

    def _plan(self, release: Release) -> None:
        """Raise what is allowed to what the plan says now, where the fleet or the place has changed."""
        key = f"{release.metadata.namespace}/{release.name}"
        clusters = list(self.seen.clusters.values())
        status = release.status
        told = [(cluster.status.nodes, cluster.status.strata) for cluster in clusters]
        size = (status.stage, status.wave, msgspec.msgpack.encode(told))
        if status.policy is None or self._sizes.get(key) == size:
            return
        self._sizes[key] = size
        try:
            plan = plan_for(clusters, status.policy, release.spec)
        except UserFault:
            return
        reached = plan.stages[: status.stage + 1]
        for number, stage in enumerate(reached):
            wave = stage.waves[status.wave if number == status.stage else -1]
            for name, ceiling in zip(plan.population.names, wave.ceiling.tolist(), strict=True):
                known = self._allowed.get((key, name), 0)
                self._allowed[key, name] = max(known, ceiling)
