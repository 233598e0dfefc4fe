"""Which attribute values no canary of a release met, for its status.

Looked at while a covering wave soaks or waits at its gate, for then every cluster has done what it could; what was
found there stays told to the release's end, because the release went on without that evidence. The judgement is the
engine's (``engine/uncovered.py``); here the clusters are asked, and the reasons are put into words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from myriarch.api.policy import Coverage
from myriarch.api.release import Phase, ReleaseStatus
from myriarch.api.strata import pair_name, told_by_agents
from myriarch.api.uncovered import UNCOVERED_MAX, UncoveredValue
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.columns import ReleaseColumns
from myriarch.engine.decision import Decision
from myriarch.engine.phases import Event
from myriarch.engine.plan import ReleasePlan, StagePlan, WavePlan
from myriarch.engine.population import Bools, Value
from myriarch.engine.uncovered import unmet_values

WHY_LIMIT = 320
NAMED_CLUSTERS = 3
_JUDGED = frozenset({Phase.SOAKING, Phase.GATED})


@dataclass(frozen=True, slots=True)
class Uncovering:
    """What is looked at: one release over the fleet."""

    table: FleetTable
    columns: ReleaseColumns
    plan: ReleasePlan

    def told(self, before: ReleaseStatus, decision: Decision) -> tuple[list[UncoveredValue], int]:
        """What the status should say (at most ``UNCOVERED_MAX``), and how many values there are in all."""
        memory = decision.memory
        places = [(each.stage, each.wave) for each in decision.transitions if each.event is Event.WAVE_SETTLED]
        if memory.phase in _JUDGED:
            places.append((memory.stage, memory.wave))
        told, count = before.uncovered, before.uncovered_count
        coverage = before.policy.coverage if before.policy is not None else Coverage()
        for place in dict.fromkeys(places):
            stage = self.plan.stages[place[0]]
            wave = stage.waves[place[1]]
            if not len(wave.covering):
                continue
            others = [each for each in told if each.stage != stage.name]
            hidden = count - len(told) if others else 0
            every = [*others, *self._uncounted(stage, coverage), *self._unmet(stage, wave)]
            told, count = every[:UNCOVERED_MAX], len(every) + hidden
        return told, count

    def _unmet(self, stage: StagePlan, wave: WavePlan) -> Iterator[UncoveredValue]:
        population = self.plan.population
        heard = np.isinf(self.table.silent_since) & self.table.present
        met = heard & (self.columns.count("begun") > 0)
        lacking = {int(row): self._lacking(int(row)) for row in wave.covering}
        unmet = map(int, np.flatnonzero(unmet_values(wave, population, met, lacking)))
        for column in sorted(unmet, key=lambda each: str(population.values[each])):
            value = population.values[column]
            owing = [int(row) for row in wave.covering[wave.owed[:, column] > 0]]
            why = self._reasons(owing, heard)
            yield UncoveredValue(stage=stage.name, attribute=value.attribute, value=value.value, why=why)

    def _lacking(self, row: int) -> frozenset[Value]:
        """Values for which the cluster's agent finds no healthy node."""
        status = self.table.clusters[row].component(self.columns.component)
        if status is None or status.attempt != self.columns.attempt:
            return frozenset()
        return frozenset(Value(each.attribute, each.value) for each in status.uncovered)

    def _reasons(self, owing: list[int], heard: Bools) -> str:
        def why(row: int) -> str:
            if not heard[row]:
                return "is not heard"
            return "has no healthy node with it" if self._lacking(row) else "began no node"

        told = [f"{self.table.clusters[row].name} {why(row)}" for row in owing[:NAMED_CLUSTERS]]
        return "; ".join([*told, *(["…"] if len(owing) > NAMED_CLUSTERS else [])])[:WHY_LIMIT]

    def _uncounted(self, stage: StagePlan, coverage: Coverage) -> Iterator[UncoveredValue]:
        """Pairs that clusters of the stage were asked to count, and don't."""
        for name in map(pair_name, told_by_agents(coverage.pairs)):
            mute = [
                cluster.name
                for row, cluster in enumerate(self.table.clusters)
                if stage.members[row] and cluster.status.nodes and name not in cluster.status.strata
            ]
            if mute:
                named = ", ".join([*mute[:NAMED_CLUSTERS], *(["…"] if len(mute) > NAMED_CLUSTERS else [])])
                why = f"not counted by {len(mute)} clusters: {named}"[:WHY_LIMIT]
                yield UncoveredValue(stage=stage.name, attribute=name, value="", why=why)
