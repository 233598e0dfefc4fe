"""What one release observes of every cluster, as columns, row by row beside the fleet table's."""

from __future__ import annotations

from typing import Final

import numpy as np

from myriarch.api.cluster import Cluster, ComponentStatus, Direction, Grant
from myriarch.api.hold import HELD_MAX
from myriarch.base.clock import parse_rfc3339
from myriarch.controllers.fleet_table import FleetTable, shared_values
from myriarch.controllers.release.compared import Comparisons
from myriarch.controllers.release.told_values import ToldValues
from myriarch.controllers.release.understanding import understands_hold
from myriarch.engine.evidence import Compared
from myriarch.engine.observed import FailureNote, Observed, Orders, Tally, Way
from myriarch.engine.plan import ReleasePlan, StagePlan
from myriarch.engine.population import Bools, Floats, Ints, Population, Value

WAYS: Final = {Direction.FORWARD: Way.FORWARD, Direction.HOLD: Way.HOLD, Direction.REVERT: Way.REVERT}
DIRECTIONS: Final = {way: direction for direction, way in WAYS.items()}

_TOLD = ("granted", "holding")
_COUNTS = (*_TOLD, "begun", "updated", "failed", "off_target", "stuck", "unreachable", "reverted", "heard")
STUCK_NOTED: Final = 3
UNAWARE: Final = HELD_MAX + 1
"""In the place of numbers of held strata where the agent knows nothing of them: it is told of none."""


_FLAGS = ("echoed", "settled", "self_reverted")


class ReleaseColumns:
    """Columns of one release (``key`` namespace/name, ``component``, ``attempt``)."""

    def __init__(self, table: FleetTable, key: str, component: str, attempt: int) -> None:
        self._table = table
        self.key = key
        self.component = component
        self.attempt = attempt
        self._capacity = max(table.size, 1)
        self._counts: dict[str, Ints] = {name: np.zeros(self._capacity, np.int64) for name in _COUNTS}
        self._flags: dict[str, Bools] = {name: np.zeros(self._capacity, np.bool_) for name in _FLAGS}
        self._asserted = np.zeros(self._capacity, np.int8)
        self._forward_until = np.full(self._capacity, np.inf)
        self._telling: dict[int, ComponentStatus] = {}
        self._comparing: dict[int, ComponentStatus] = {}
        self._comparisons = Comparisons()
        self._values = ToldValues()
        self._multiplied: tuple[Population, Floats] | None = None
        for row in range(table.size):
            self.update(row)

    def count(self, name: str) -> Ints:
        """int64[n]: one of granted, begun, updated, failed, off_target, stuck, unreachable, reverted; holding: how many
        held strata it was told of; heard: of how many it speaks."""
        return self._counts[name][: self._table.size]

    @property
    def asserted(self) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
        return self._asserted[: self._table.size]

    @property
    def forward_until(self) -> Floats:
        """float64[n]: until when each may go forward (Unix seconds; infinite where nothing is said)."""
        return self._forward_until[: self._table.size]

    @property
    def settled(self) -> Bools:
        return self._flags["settled"][: self._table.size]

    @property
    def taken_back(self) -> Bools:
        """Clusters that took the attempt back by themselves: it is never asserted there again."""
        return self._flags["self_reverted"][: self._table.size]

    def update(self, row: int) -> None:
        """Read a cluster's grant and status anew."""
        if row >= self._capacity:
            self._grow()
        cluster = self._table.clusters[row]
        grant, status = cluster.grant(self.component), cluster.component(self.component)
        ours = grant is not None and grant.attempt == self.attempt and grant.release == self.key
        self._read_grant(row, cluster, grant if ours else None)
        heard = status is not None and status.attempt == self.attempt and self.attempt > 0
        self._read_status(row, grant if ours else None, status if heard else None)

    def _read_grant(self, row: int, cluster: Cluster, grant: Grant | None) -> None:
        if grant is None:
            self._asserted[row] = Way.NONE
            self._counts["granted"][row] = self._counts["holding"][row] = 0
            self._forward_until[row] = np.inf
            return
        self._asserted[row] = WAYS[grant.direction]
        self._forward_until[row] = parse_rfc3339(grant.forward_until) if grant.forward_until else np.inf
        ceiling = max(grant.ceiling, cluster.status.nodes) if grant.all_nodes else grant.ceiling
        self._counts["granted"][row] = ceiling
        self._counts["holding"][row] = len(grant.hold) if understands_hold(cluster) else UNAWARE

    def _read_status(self, row: int, grant: Grant | None, status: ComponentStatus | None) -> None:
        counts, flags = self._counts, self._flags
        if status is None:
            for name in _COUNTS[len(_TOLD) :]:
                counts[name][row] = 0
            for name in _FLAGS:
                flags[name][row] = False
            self._telling.pop(row, None)
            self._values.set(row, None)
            return
        self._values.set(row, status)
        for name in ("begun", "updated", "failed", "off_target", "unreachable", "reverted"):
            counts[name][row] = getattr(status, name)
        counts["stuck"][row] = status.stuck_count
        aware = understands_hold(self._table.clusters[row])
        counts["heard"][row] = status.observed_hold if aware else UNAWARE
        echoed = (
            grant is not None
            and status.observed_ceiling == grant.ceiling
            and (status.observed_hold == len(grant.hold) or not aware)
            and (status.direction is Direction.REVERT) == (grant.direction is Direction.REVERT)
        )
        flags["echoed"][row] = echoed
        flags["settled"][row] = echoed and status.settled
        flags["self_reverted"][row] = status.reverted_attempt == self.attempt
        if status.comparisons:  # kept when the cluster is gone: what was seen was seen
            self._comparing[row] = status
        if status.failures:
            self._telling[row] = status
        else:
            self._telling.pop(row, None)

    def _grow(self) -> None:
        more = self._capacity
        for column in (self._counts, self._flags):
            for name, array in column.items():
                column[name] = np.concatenate([array, np.zeros(more, array.dtype)])
        self._asserted = np.concatenate([self._asserted, np.zeros(more, np.int8)])
        self._forward_until = np.concatenate([self._forward_until, np.full(more, np.inf)])
        self._capacity += more

    def observed(
        self, plan: ReleasePlan, frozen: Bools, thaw_at: float, reason: str, orders: Orders, now: float, held: int = 0
    ) -> Observed:
        """The columns as the engine wants them at ``now`` (Unix seconds). Where so many strata are ``held``, what
        clusters say of failures counts for nothing until they have heard of all."""
        table, size = self._table, self._table.size
        silent = np.maximum(now - table.silent_since, 0.0)
        counted = {name: self.count(name).copy() for name in _COUNTS}
        return Observed(
            present=table.present.copy(),
            reachable=np.isinf(table.silent_since),
            silent_seconds=np.where(np.isinf(silent), 0.0, silent),
            asserted=self.asserted.copy(),
            granted=counted["granted"],
            echoed=self._flags["echoed"][:size].copy(),
            settled=self.settled.copy(),
            busy=np.zeros(size, np.bool_),
            begun=counted["begun"],
            updated=counted["updated"],
            failed=counted["failed"],
            unavailable=np.zeros(size, np.int64),
            off_target=counted["off_target"],
            stuck=counted["stuck"],
            failed_seconds=np.zeros(size, np.float64),
            self_reverted=self._flags["self_reverted"][:size] & (self.asserted != Way.REVERT),
            frozen=frozen,
            thaw_at=thaw_at,
            freeze_reason=reason,
            tallies=self._tallies(plan, held) if self._telling else (),
            failures=self._notes(plan, held),
            holding=counted["holding"] if held else None,
            heard_of=counted["heard"] if held else None,
            stuck_notes=self._stuck_notes(),
            orders=orders,
            compared=self._compared(plan) if self._comparing else None,
            standings=table.standings,
        )

    def at_most_begun(self, population: Population) -> Ints:
        """int64[n, v]: so many nodes of each value may have begun."""
        return self._values.at_most_begun(population, self.count("begun"))

    def _stuck_notes(self) -> tuple[str, ...]:
        """Of a few clusters, a node that can't be brought back and what keeps it, as their agents say."""
        rows = np.flatnonzero(self.count("stuck"))[:STUCK_NOTED]
        clusters = [self._table.clusters[int(row)] for row in rows if self._table.present[row]]
        statuses = [(cluster.name, cluster.component(self.component)) for cluster in clusters]
        return tuple(f"{name}: {status.stuck[0]}" for name, status in statuses if status is not None and status.stuck)

    def _tellers(self, held: int) -> list[int]:
        """Clusters whose word on failures counts."""
        heard = self.count("heard")
        return [row for row in sorted(self._telling) if heard[row] >= held and self._asserted[row] != Way.REVERT]

    def _tallies(self, plan: ReleasePlan, held: int) -> tuple[Tally, ...]:
        """Updated and failed nodes by value for each stage: told where something failed, else estimated."""
        population = plan.population
        column = {value: index for index, value in enumerate(population.values)}
        share: Floats = self.count("updated") / np.maximum(population.weight, 1)
        telling = self._tellers(held)
        quiet = [row for row in sorted(self._values.told) if row not in self._telling and self._table.present[row]]
        estimated = share.copy()
        share[[*telling, *quiet]] = 0.0
        tallies = []
        for stage in plan.stages:
            updated: Floats = (share * stage.members * self._table.present) @ self._strata(population)
            failed = np.zeros(len(population.values), np.int64)
            for row in quiet:
                if stage.members[row]:
                    updated += self._values.updated(row, population, estimated[row])
            for row in telling:
                if stage.members[row] and self._table.present[row]:
                    self._add_tally(row, column, updated, failed)
                    self._add_shared(row, stage, column, updated, failed)
            tallies.append(Tally(updated, failed))
        return tuple(tallies)

    def _compared(self, plan: ReleasePlan) -> Compared:
        home = np.full(len(plan.population.weight), len(plan.stages), np.int64)
        for index, stage in enumerate(plan.stages):
            home[stage.members] = index
        told = ((self._table.clusters[row], self._comparing[row], int(home[row])) for row in sorted(self._comparing))
        return self._comparisons.compared(told, plan.population.values, len(plan.stages))

    def _strata(self, population: Population) -> Floats:
        """As floats, which numpy multiplies far faster; kept while the population stays the same."""
        if self._multiplied is None or self._multiplied[0] is not population:
            self._multiplied = (population, population.strata.astype(np.float64))
        return self._multiplied[1]

    def _add_tally(self, row: int, column: dict[Value, int], updated: Floats, failed: Ints) -> None:
        for tally in self._telling[row].tallies:
            index = column.get(Value(tally.attribute, tally.value))
            if index is not None:
                updated[index] += tally.updated
                failed[index] += tally.failed

    def _add_shared(self, row: int, stage: StagePlan, column: dict[Value, int], updated: Floats, failed: Ints) -> None:
        """What all nodes of the cluster share fails with any of them; not what all clusters of the stage share."""
        status = self._telling[row]
        for attribute, value in shared_values(self._table.clusters[row]).items():
            index = column.get(Value(attribute, value))
            if index is not None and stage.wanted[index]:
                updated[index] += status.updated + status.failed
                failed[index] += status.failed

    def _notes(self, plan: ReleasePlan, held: int) -> tuple[FailureNote, ...]:
        """Failed nodes for people, stage by stage."""
        notes = []
        for index, stage in enumerate(plan.stages):
            for row in self._tellers(held):
                if stage.members[row] and self._table.present[row]:
                    for group in self._telling[row].failures:
                        nodes = tuple(group.nodes)
                        notes.append(FailureNote(group.symptom, group.attributes, group.count, nodes, index))
        return tuple(notes)
