"""Writes what the engine decided into the clusters' grants, and renews those that still go forward."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from myriarch.api.cluster import Cluster, CoverValue, Direction, Grant
from myriarch.api.component import Component
from myriarch.api.hold import HeldValue
from myriarch.api.meta import API_VERSION, ObjectMeta
from myriarch.api.policy import COVER, NodeRules, ReleasePolicySpec, Wave
from myriarch.api.release import Release
from myriarch.base.clock import parse_rfc3339, rfc3339
from myriarch.base.durations import parse_duration
from myriarch.base.errors import MyriarchError
from myriarch.client.client import Client, PatchKind
from myriarch.client.errors import NotFound
from myriarch.client.refs import CLUSTERS
from myriarch.controllers.fleet_table import FleetTable, shared_values
from myriarch.controllers.release.columns import DIRECTIONS, ReleaseColumns
from myriarch.controllers.release.freezing import Freezes
from myriarch.controllers.release.held_strata import values_on_nodes
from myriarch.controllers.release.terms import node_terms
from myriarch.controllers.release.unseen import Unseen
from myriarch.engine.decision import Decision
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Way
from myriarch.engine.pairs import on_nodes
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools
from myriarch.runtime.fence import current_term

WRITES_AT_ONCE = 32
WHOLE = "100%"


class _Answer(msgspec.Struct):
    """What is read of the answer to a write."""

    metadata: ObjectMeta


def field_manager(component: str) -> str:
    """The field manager that owns a component's grants."""
    return f"myriarch-{component}"


@dataclass(frozen=True, slots=True)
class Granting:
    """Everything that the grants of one release are made from."""

    client: Client
    table: FleetTable
    columns: ReleaseColumns
    plan: ReleasePlan
    policy: ReleasePolicySpec
    component: Component
    release: Release
    key: str
    freezes: Freezes
    unseen: Unseen

    async def write(self, decision: Decision, now: float) -> int:
        """Write every grant that differs from the decision or must be renewed; how many were written, now or so
        lately that the clusters don't show it yet.

        Raises the first error after trying all: what was written stands, the rest is decided anew.
        """
        self.unseen.look(self.table.clusters)
        unseen = len(self.unseen)
        due = [
            (self.table.clusters[row], grant)
            for row in map(int, self._candidates(decision, now))
            if (grant := self._grant(row, decision, now)) is not None
        ]
        await apply_grants(self.client, due, on_written=self.unseen.note)
        return unseen + len(due)

    def _candidates(self, decision: Decision, now: float) -> np.ndarray[Any, np.dtype[np.int64]]:
        asserted, granted = self.columns.asserted, self.columns.count("granted")
        size = len(decision.way)
        differs = (decision.way != asserted[:size]) | (decision.ceiling > granted[:size])
        if decision.holding is not None:
            differs |= decision.holding > self.columns.count("holding")[:size]
        # Who has nothing left to do keeps what it has; but where a freeze is coming, nobody may have too much time.
        forward = (decision.way == Way.FORWARD) & ~self.columns.taken_back[:size]
        forward &= self._overdue(now, size)
        there = self.table.present[:size] & (decision.way != Way.NONE)
        return np.flatnonzero(there & (differs | forward))

    def _overdue(self, now: float, size: int) -> Bools:
        """Grants whose time may have to change, bool[n]: as ``_expiring``, of all clusters at once."""
        duration = parse_duration(self.policy.grant_duration)
        until, end = self.columns.forward_until[:size], np.minimum(now + duration, self.freezes.next_start[:size])
        renewable = ~self.columns.settled[:size] & (until < end - 1)
        overdue: Bools = (until > end + 1) | (renewable & (until - now < duration / 2))
        return overdue

    def _grant(self, row: int, decision: Decision, now: float) -> Grant | None:
        """The grant that the cluster should have, or None where the one it has will do."""
        cluster = self.table.clusters[row]
        held = self.unseen.grant(cluster) or cluster.grant(self.component.name)
        ours = held is not None and held.attempt == self.columns.attempt and held.release == self.key
        direction = DIRECTIONS[Way(int(decision.way[row]))]
        ceiling = int(decision.ceiling[row])
        hold = self._hold(row, decision, held if ours else None)
        same = ours and held is not None and held.direction is direction and self._granted(held, cluster) >= ceiling
        same = same and held is not None and held.hold == hold
        if same and held is not None and (direction is not Direction.FORWARD or not self._expiring(held, row, now)):
            return None
        if ours and held is not None:
            ceiling = max(ceiling, held.ceiling)
        rules, budgets = node_terms(self.policy, cluster)
        return Grant(
            component=self.component.name,
            revision=self.release.spec.revision,
            rollback_to=self._rollback_to(cluster, held),
            attempt=self.columns.attempt,
            direction=direction,
            ceiling=ceiling,
            all_nodes=ceiling >= cluster.status.nodes and self._takes_newcomers(row, decision.memory),
            cover=_without(self._cover(row, ceiling, held if ours else None), hold),
            hold=hold,
            forward_until=self._until(row, direction, now),
            release=self.key,
            priority=self.release.spec.priority,
            rules=rules,
            budgets=budgets,
            tolerated_ratio=self.policy.analysis.tolerated_ratio if self.policy.analysis is not None else 0.0,
        )

    def _hold(self, row: int, decision: Decision, held: Grant | None) -> list[HeldValue]:
        """The strata that the cluster is to leave out by now, as its agent knows them; none is ever given free."""
        if decision.holding is None:
            return held.hold if held is not None else []
        return values_on_nodes(decision.memory.held[: int(decision.holding[row])], self.table.clusters[row])

    def _rollback_to(self, cluster: Cluster, held: Grant | None) -> str:
        """The cluster's own last-known-good: what it was proven at, or what an unproven grant would go back to."""
        proven = self.component.proven_in(cluster.spec.environment)
        if held is None:
            return proven
        stands = held.proven or (held.release != self.key and self._proved(cluster, held, proven))
        return (held.revision if stands else held.rollback_to) or proven

    def _proved(self, cluster: Cluster, held: Grant, proven: str) -> bool:
        """Whether another release's grant led to what is proven now, though the grant has not been told so yet."""
        status = cluster.component(self.component.name)
        taken_back = status is not None and status.reverted_attempt == held.attempt
        return held.revision == proven and held.direction is not Direction.REVERT and not taken_back

    @staticmethod
    def _granted(held: Grant, cluster: Cluster) -> int:
        return max(held.ceiling, cluster.status.nodes) if held.all_nodes else held.ceiling

    def _expiring(self, held: Grant, row: int, now: float) -> bool:
        """Whether the grant has more time than it may have, for a freeze that was not known then; or, where there is
        something left to do, less than half of it."""
        if held.forward_until is None:
            return False
        until, end = parse_rfc3339(held.forward_until), self._end(row, now)
        if until > end + 1:
            return until > now
        renewable = not self.columns.settled[row] and until < end - 1
        return renewable and until - now < parse_duration(self.policy.grant_duration) / 2

    def _takes_newcomers(self, row: int, memory: Memory) -> bool:
        """Whether the cluster's wave is of whole clusters: then nodes that join it take part too. A cluster so small
        that a narrower wave contains all its nodes doesn't widen that wave when it grows."""
        for index in range(memory.stage + 1):
            if self.plan.stages[index].members[row]:
                waves = self.policy.stages[index].waves or [Wave()]
                last = len(waves) - 1
                wave = waves[min(memory.wave, last) if index == memory.stage else last]
                return wave.nodes == WHOLE and wave.exposure in (None, WHOLE)
        return False

    def _end(self, row: int, now: float) -> float:
        return min(now + parse_duration(self.policy.grant_duration), float(self.freezes.next_start[row]))

    def _until(self, row: int, direction: Direction, now: float) -> str | None:
        match direction:
            case Direction.FORWARD:
                return rfc3339(self._end(row, now))
            case Direction.HOLD:
                return rfc3339(now)
            case Direction.REVERT:
                return None

    def _cover(self, row: int, ceiling: int, held: Grant | None) -> list[CoverValue]:
        """What the first nodes must cover: kept until the ceiling rises beyond the covering wave's."""
        if held is not None and held.ceiling == ceiling:
            return held.cover
        wave = self._covering_wave(row, ceiling)
        if wave is None:
            return []
        position = int(np.flatnonzero(wave[0] == row)[0])
        owed = wave[1][position]
        shared = shared_values(self.table.clusters[row])
        wanted: dict[tuple[str, str], int] = {}
        for column in map(int, np.flatnonzero(owed)):
            value = on_nodes(self.plan.population.values[column], shared)
            if value is not None:
                key = (value.attribute, value.value)
                wanted[key] = max(wanted.get(key, 0), int(owed[column]))
        # In which order values were met differs from one API server to another: by name it doesn't.
        return [CoverValue(attribute=name, value=value, nodes=nodes) for (name, value), nodes in sorted(wanted.items())]

    def _covering_wave(self, row: int, ceiling: int) -> tuple[Any, Any] | None:
        for stage, spec in zip(self.plan.stages, self.policy.stages, strict=True):
            for index, wave in enumerate(stage.waves):
                covers = index < len(spec.waves) and spec.waves[index].nodes == COVER
                if covers and wave.ceiling[row] == ceiling and row in wave.covering:
                    return wave.covering, wave.owed
        return None


def _without(cover: list[CoverValue], hold: list[HeldValue]) -> list[CoverValue]:
    """Canaries of what is held are not owed."""
    held = {(each.attribute, each.value) for each in hold}
    return [each for each in cover if (each.attribute, each.value) not in held]


async def apply_grants(
    client: Client,
    due: Sequence[tuple[Cluster, Grant]],
    *,
    only_unchanged: bool = False,
    on_written: Callable[[Cluster, Grant], None] = lambda _cluster, _grant: None,
) -> None:
    """Apply a grant to each cluster; with ``only_unchanged`` a cluster that changed since it was read is a Conflict.

    Every grant is written in the current term; a first one is always written to an unchanged cluster then, because the
    API server has no older term to compare with (``takeover.py``). ``on_written`` hears of what changed a cluster.

    Raises the first error after trying all: what was written stands, the rest is decided anew.
    """
    pending = iter(due)

    async def write_some(pending: Iterator[tuple[Cluster, Grant]]) -> list[MyriarchError]:
        failures: list[MyriarchError] = []
        for cluster, grant in pending:
            try:
                if await _apply(client, cluster, grant, only_unchanged):
                    on_written(cluster, grant)
            except MyriarchError as error:
                failures.append(error)
        return failures

    # They take from one line, so that a slow answer holds up nobody but itself.
    failed = await asyncio.gather(*(write_some(pending) for _ in range(min(WRITES_AT_ONCE, len(due)))))
    for failures in failed:
        if failures:
            raise failures[0]


async def _apply(client: Client, cluster: Cluster, grant: Grant, only_unchanged: bool) -> bool:
    """Whether it changed the cluster."""
    if term := current_term():
        grant = msgspec.structs.replace(grant, term=term)
    applied = grant_object(cluster.name, grant)
    if only_unchanged or (term and cluster.grant(grant.component) is None):
        applied["metadata"]["resourceVersion"] = cluster.metadata.resource_version
    try:
        answer = await client.patch(
            CLUSTERS,
            _Answer,
            cluster.name,
            applied,
            patch_kind=PatchKind.APPLY,
            field_manager=field_manager(grant.component),
            force=True,
        )
    except NotFound:
        return False
    return answer.metadata.resource_version != cluster.metadata.resource_version


def grant_object(cluster: str, grant: Grant) -> dict[str, Any]:
    """What is applied: the cluster's name and this one grant.

    Its rules are written out: an API server takes those that it filled in itself for the manager's own, and where the
    next apply leaves them all out it makes a null of them, which it then refuses.
    """
    written = msgspec.to_builtins(grant)
    written["rules"] = {**_USUAL_RULES, **written["rules"]}
    return {
        "apiVersion": API_VERSION,
        "kind": "Cluster",
        "metadata": {"name": cluster},
        "spec": {"components": [written]},
    }


_USUAL_RULES: Final = {
    field.encode_name: field.default
    for field in msgspec.structs.fields(NodeRules)
    if field.default is not None and field.default is not msgspec.NODEFAULT
}
