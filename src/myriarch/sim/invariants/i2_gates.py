"""I2: a release never goes past a failed or unfinished gate or soak.

From the timeline: every transition is one of the table's, stages and waves come in order and only through a
passed gate, a wave soaks its time, approvals are there. From the truth: when a wave is called settled its
nodes have been moved and have soaked, and when its gate passes they don't fail.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.cluster import Cluster
from myriarch.api.policy import ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase, Release
from myriarch.base.clock import parse_rfc3339
from myriarch.base.durations import parse_duration
from myriarch.engine.amounts import parse_amount
from myriarch.engine.phases import EVERYWHERE, TRANSITIONS
from myriarch.sim.invariants.checker import LAG_SECONDS, Checker, Scene
from myriarch.sim.invariants.passed_gates import unheard_metrics, unpassed_gates
from myriarch.sim.invariants.settled import unsettled_reason
from myriarch.sim.truth import Nodes
from myriarch.sim.witness import Moved

GATE_PASSED = "GatePassed"
PLAIN_SHARE = 0.5
"""Of the nodes begun: no release may go on with more of them down, whatever the others show."""

_SLACK_SECONDS = 0.01
"""Times in the timeline are rounded to microseconds."""


class Gates(Checker):
    name = "I2"

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._place: dict[str, tuple[str, int]] = {}
        self._soaking_since: dict[str, float] = {}
        self._entered_at: dict[str, float] = {}

    def release_moved(self, moved: Moved, release: Release) -> None:
        entry = moved.entry
        if not any(s is moved.source and target is entry.phase for (s, _), target in TRANSITIONS.items()):
            self.broken(moved.at, f"{moved.release}: {moved.source} to {entry.phase} is no transition of the table")
        self._check_place(moved, release)
        if entry.phase is Phase.SOAKING:
            self._soaking_since[moved.release] = parse_rfc3339(entry.at)
            self._check_settled(moved, release)
        elif moved.source is Phase.SOAKING and entry.phase is Phase.GATED:
            self._check_soak(moved, release)
        if moved.source is Phase.GATED and (entry.reason == GATE_PASSED or entry.phase in EVERYWHERE):
            self._check_truth(moved, release)
        if entry.phase in EVERYWHERE and moved.source is Phase.GATED:
            self._check_gates(moved, release, (entry.stage, entry.wave), None)

    def _check_place(self, moved: Moved, release: Release) -> None:
        """Stage and wave change only by a passed gate, and by one step."""
        entry, policy = moved.entry, release.status.policy
        before = self._place.get(moved.release)
        now = (entry.stage, entry.wave)
        self._place[moved.release] = now
        self._entered_at.setdefault(moved.release, moved.at)
        if policy is None or before is None or before == now:
            return
        first = policy.stages[0]
        again = moved.source is Phase.ROLLING_BACK and entry.phase is Phase.PENDING
        if again and before[0] == first.name and now == (first.name, 0):
            if len(release.status.tried) >= first.attempts:
                self.broken(moved.at, f"{moved.release}: began stage {first.name} more than {first.attempts} times")
            self._entered_at[moved.release] = moved.at
            return
        if entry.reason != GATE_PASSED or moved.source is not Phase.GATED:
            self.broken(moved.at, f"{moved.release}: from {_name(before)} to {_name(now)} by {entry.reason}")
        names = [stage.name for stage in policy.stages]
        follows = now == (before[0], before[1] + 1)
        follows |= now[1] == 0 and names.index(now[0]) == names.index(before[0]) + 1
        if not follows:
            self.broken(moved.at, f"{moved.release}: {_name(now)} does not follow {_name(before)}")
        self._check_approvals(moved, release, policy, before, now)
        self._check_gates(moved, release, before, now)
        self._entered_at[moved.release] = moved.at

    def _check_gates(
        self, moved: Moved, release: Release, left: tuple[str, int], entered: tuple[str, int] | None
    ) -> None:
        since = self._entered_at.get(moved.release, moved.at)
        heard = [value for at, value in self.scene.metrics.answered if since <= at <= moved.at]
        for gate in (*unpassed_gates(release, left, entered), *unheard_metrics(release, left, heard)):
            self.broken(moved.at, f"{moved.release}: went on though gate {gate} had not passed")

    def _check_approvals(
        self, moved: Moved, release: Release, policy: ReleasePolicySpec, before: tuple[str, int], now: tuple[str, int]
    ) -> None:
        given = {approval.what for approval in release.spec.approvals}
        wave = _wave(policy, *before)
        if wave is not None and wave.approval and _name(before) not in given:
            self.broken(moved.at, f"{moved.release}: passed the gate of {_name(before)} without its approval")
        stage = next(stage for stage in policy.stages if stage.name == now[0])
        if stage.approval and now[0] != before[0] and now[0] not in given:
            self.broken(moved.at, f"{moved.release}: began stage {now[0]} without its approval")

    def _check_soak(self, moved: Moved, release: Release) -> None:
        policy, entry = release.status.policy, moved.entry
        if policy is None:
            return
        wave = _wave(policy, entry.stage, entry.wave)
        stage = next(stage for stage in policy.stages if stage.name == entry.stage)
        wanted = parse_duration((wave.soak if wave else None) or stage.soak)
        soaked = parse_rfc3339(entry.at) - self._soaking_since.get(moved.release, moved.at)
        if soaked < wanted - _SLACK_SECONDS:
            place = _name((entry.stage, entry.wave))
            self.broken(moved.at, f"{moved.release}: {place} soaked {soaked:.0f} s of {wanted:.0f} s")

    def _check_settled(self, moved: Moved, release: Release) -> None:
        policy = release.status.policy
        stage = next((each for each in policy.stages if each.name == moved.entry.stage), None) if policy else None
        for nodes in self._granted_nodes(release):
            if stage is None or not _belongs(self.seen.clusters[nodes.cluster], stage):
                continue
            reason = unsettled_reason(self.scene, nodes, release, moved.at)
            if reason:
                place = _name((moved.entry.stage, moved.entry.wave))
                self.broken(moved.at, f"{moved.release}: {place} was called settled, but {nodes.cluster}: {reason}")

    def _check_truth(self, moved: Moved, release: Release) -> None:
        """Nodes that have plainly failed for long, by stage, against the failure rule."""
        policy = release.status.policy
        if policy is None or any(approval.what.startswith("harm/") for approval in release.spec.approvals):
            return
        failed = begun = 0
        for nodes in self._granted_nodes(release):
            begun += int(nodes.begun(release.status.attempt).sum())
            failed += self._plainly_failed(nodes, release, policy, moved.at)
        limit = parse_amount(policy.failure.tolerance, "tolerance").floor(begun)
        if policy.analysis is not None:  # evidence judges, which knows no such share: but this is plain to anybody
            limit = max(limit, begun * PLAIN_SHARE)
        if failed >= policy.failure.minimum and failed > limit:
            text = f"{moved.release}: passed a gate though {failed} of {begun} nodes had failed ({limit:g} borne)"
            self.broken(moved.at, text)

    def _plainly_failed(self, nodes: Nodes, release: Release, policy: ReleasePolicySpec, at: float) -> int:
        if self.troubles.hindered(nodes.cluster, at - LAG_SECONDS, at):
            return 0
        codes = self.witness.fleet.world.component(nodes.component).revisions
        if release.spec.revision not in codes:
            return 0
        grace = parse_duration(policy.nodes.failure_grace) + LAG_SECONDS
        failed = nodes.begun(release.status.attempt) & nodes.present & ~nodes.ordered & (nodes.base["ready"] == 0)
        failed &= nodes.part["revision"] == codes.index(release.spec.revision)
        failed &= np.maximum(nodes.base["since"], nodes.part["done_at"]) <= at - grace
        return int(failed.sum())

    def _granted_nodes(self, release: Release) -> list[Nodes]:
        """Nodes of the clusters that hold a forward grant of this attempt, as they are."""
        component, attempt = release.spec.component, release.status.attempt
        found = []
        for name, cluster in self.seen.clusters.items():
            grant = cluster.grant(component)
            if grant is not None and grant.attempt == attempt and grant.direction != "Revert":
                found.append(self.witness.nodes(name, component))
        return found


def _wave(policy: ReleasePolicySpec, stage: str, wave: int) -> Wave | None:
    """None where the stage grows exponentially or has no waves of its own."""
    waves = next((each.waves for each in policy.stages if each.name == stage), [])
    return waves[wave] if wave < len(waves) else None


def _belongs(cluster: Cluster, stage: Stage) -> bool:
    """Whether the stage moves the cluster; what earlier stages left to newcomers holds no later wave."""
    if stage.environment is not None and cluster.spec.environment != stage.environment:
        return False
    return stage.selector is None or stage.selector.matches(cluster.metadata.labels)


def _name(place: tuple[str, int]) -> str:
    return f"{place[0]}/{place[1] + 1}"
