"""The plan of a release: which units take part in each wave, and how many nodes of each may begin.

A plan is a function of the policy, the population and the seed (which is in ``population.order``): nothing
of it is stored, it is made anew whenever the population changes. Ceilings never fall from wave to wave. A covering
wave takes the units of ``cover.py``, one of so many units a stratified sample (``sampling.py``); either takes whole
gangs (``gangs.py``).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from myriarch.api.policy import COVER, Coverage, ReleasePolicySpec, Stage, Wave
from myriarch.base.durations import parse_duration
from myriarch.engine.amounts import parse_amount
from myriarch.engine.cover import cover_units, share_out
from myriarch.engine.gangs import bundles, whole_gangs, with_gangs
from myriarch.engine.population import Bools, Ints, Population
from myriarch.engine.sampling import next_in_order

COVER_SLACK = 1.5
"""A covering ceiling allows this many times the nodes that one attribute alone needs: values overlap unevenly."""


class WavePlan(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One wave. ``ceiling`` int64[n]: nodes of each unit that may have begun by its end (0: takes no part).

    ``owed`` int64[k, v] tells each of the ``covering`` units int64[k] how many canaries of each value it owes.
    """

    name: str
    ceiling: Ints
    soak_seconds: float
    approval: bool
    covering: Ints
    owed: Ints

    @property
    def nodes(self) -> int:
        """Ceiling on the nodes that may have begun by the end of the wave."""
        return int(self.ceiling.sum())


class StagePlan(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One stage. ``members`` bool[n]: the units that it moves; ``wanted`` int64[v]: canaries that its covering waves
    owe each value (0: none of its own), where so many nodes have it."""

    name: str
    environment: str
    members: Bools
    waves: tuple[WavePlan, ...]
    approval: bool
    weight: int
    wanted: Ints


class ReleasePlan(msgspec.Struct, frozen=True, eq=False, gc=False):
    """All stages, over one population."""

    stages: tuple[StagePlan, ...]
    population: Population


def plan_release(
    spec: ReleasePolicySpec,
    population: Population,
    members: Sequence[Bools],
    groups: Sequence[Sequence[Bools | None]],
) -> ReleasePlan:
    """Plan every stage. ``members[s]`` bool[n]; ``groups[s][w]`` bool[n] where a wave names a group, else None."""
    stages = tuple(
        _plan_stage(stage, spec.coverage, population, members[i], groups[i]) for i, stage in enumerate(spec.stages)
    )
    return ReleasePlan(stages, population)


def _plan_stage(
    stage: Stage, coverage: Coverage, population: Population, members: Bools, groups: Sequence[Bools | None]
) -> StagePlan:
    by_hash = np.argsort(population.order, kind="stable")
    ranked = by_hash[members[by_hash]]
    builder = _StageBuilder(stage, coverage, population, members, ranked)
    waves = tuple(builder.wave(wave, group) for wave, group in zip(*_waves(stage, len(ranked), groups), strict=True))
    weight = int(population.weight[members].sum())
    return StagePlan(stage.name, stage.environment or "", members, waves, stage.approval, weight, builder.wanted)


def _waves(stage: Stage, units: int, groups: Sequence[Bools | None]) -> tuple[Sequence[Wave], Sequence[Bools | None]]:
    if stage.exponential is None:
        waves = stage.waves or [Wave()]
        return waves, list(groups) or [None] * len(waves)
    grown: list[Wave] = []
    size = float(stage.exponential.start)
    while size < units:
        grown.append(Wave(clusters=int(size)))
        size = max(size * stage.exponential.factor, size + 1)
    grown[1:] = grown[max(stage.exponential.proven - 1, 1) :]
    return [*grown, Wave()], [None] * (len(grown) + 1)


class _StageBuilder:
    """Builds the waves of one stage in order; each wave contains the one before."""

    def __init__(self, stage: Stage, coverage: Coverage, population: Population, members: Bools, ranked: Ints) -> None:
        self.stage = stage
        self.population = population
        self.members = members
        self.ranked = ranked
        self.taking_part = np.zeros(population.size, np.bool_)
        self.ceiling = np.zeros(population.size, np.int64)
        self.wanted = wanted_canaries(coverage, population, members)
        self._covering: Ints | None = None
        self._bundle = bundles(population)

    def wave(self, wave: Wave, group: Bools | None) -> WavePlan:
        self._let_in(wave, group)
        covering, owed = np.empty(0, np.int64), np.empty((0, len(self.population.values)), np.int64)
        if wave.nodes == COVER:
            covering = self.ranked[self.taking_part[self.ranked]]
            owed = share_out(self.population.strata, self.wanted, covering)
            wished = np.zeros_like(self.ceiling)
            wished[covering] = self._cover_ceilings(owed, covering)
            if self._bundle is not None:  # who is here for its gang's sake covers nothing by itself
                wished[covering] = np.maximum(wished[covering], np.minimum(1, self.population.weight[covering]))
        else:
            wished = self._node_ceilings(wave)
        wished = np.maximum(wished, self.ceiling)
        self.ceiling = self._keep_gangs(self._cap(wished, wave))
        soak = parse_duration(wave.soak or self.stage.soak)
        return WavePlan(wave.name, self.ceiling.copy(), soak, wave.approval, covering, owed)

    def _keep_gangs(self, capped: Ints) -> Ints:
        if self._bundle is None:
            return capped
        return whole_gangs(self._bundle, capped, self.ceiling, self.members & (self.population.weight > 0))

    def _let_in(self, wave: Wave, group: Bools | None) -> None:
        self._let_in_alone(wave, group)
        if self._bundle is not None:
            self.taking_part = with_gangs(self._bundle, self.taking_part, self.members)

    def _let_in_alone(self, wave: Wave, group: Bools | None) -> None:
        if group is not None:
            self.taking_part |= group & self.members
        elif wave.clusters == COVER:
            self.taking_part[self._cover_set()] = True
        else:
            count = parse_amount(wave.clusters, "clusters").at_most(len(self.ranked))
            missing = count - int(self.taking_part.sum())
            if missing > 0:
                self.taking_part[next_in_order(self.population, self.ranked, self.taking_part)[:missing]] = True

    def _cover_set(self) -> Ints:
        if self._covering is None:
            p = self.population
            self._covering = cover_units(p.strata, self.wanted, p.order, p.weight, self.members)
        return self._covering

    def _cover_ceilings(self, owed: Ints, covering: Ints) -> Ints:
        attributes = [v.attribute for v in self.population.values]
        totals = [owed[:, [a == name for a in attributes]].sum(axis=1) for name in dict.fromkeys(attributes)]
        largest = np.max(np.stack(totals), axis=0) if totals else np.ones(len(covering))
        return np.minimum(np.ceil(largest * COVER_SLACK).astype(np.int64), self.population.weight[covering])

    def _node_ceilings(self, wave: Wave) -> Ints:
        amount, weight = parse_amount(wave.nodes, "nodes"), self.population.weight
        if amount.count is not None:
            wished = np.minimum(weight, amount.count)
        else:
            assert amount.share is not None
            wished = np.minimum(weight, np.maximum((weight * amount.share + 1e-9).astype(np.int64), 1))
        return np.where(self.taking_part, wished, 0)

    def _cap(self, wished: Ints, wave: Wave) -> Ints:
        """Scale growth beyond the last wave so that the sum keeps the wave's exposure."""
        if wave.exposure is None:
            return wished
        total = int(self.population.weight[self.members].sum())
        room = parse_amount(wave.exposure, "exposure").at_most(total) - int(self.ceiling.sum())
        growth = wished - self.ceiling
        if growth.sum() <= max(room, 0):
            return wished
        share = growth * (max(room, 0) / growth.sum())
        whole = share.astype(np.int64)
        left = max(room, 0) - int(whole.sum())
        growing = np.flatnonzero(growth > whole)
        by_rest = np.lexsort((self.population.order[growing], (whole - share)[growing]))
        whole[growing[by_rest[:left]]] += 1
        capped: Ints = self.ceiling + np.minimum(whole, growth)
        return capped


def wanted_canaries(coverage: Coverage, population: Population, members: Bools) -> Ints:
    """int64[v]: canaries wanted for each value. What all units of the stage share is met by any canary, and asks for
    none of its own."""
    wanted = np.asarray([coverage.wanted(v.attribute) for v in population.values], np.int64)
    weight = population.weight[members]
    common = [
        column
        for column, value in enumerate(population.values)
        if value.attribute in population.shared and (population.strata[members, column] == weight).all()
    ]
    if common and (population.strata[members].any(axis=0) & (wanted > 0)).sum() > len(common):
        wanted[common] = 0
    return wanted


def plan_nodes(population: Population, ceiling: Ints) -> ReleasePlan:
    """The plan of one grant within a cluster: one stage, one wave, ``ceiling`` int64[n] of 0 or 1 a node.

    Its gate stays shut: whether the cluster goes on is the hub's to say, by a higher ceiling.
    """
    none, nothing = np.empty(0, np.int64), np.zeros(len(population.values), np.int64)
    wave = WavePlan("grant", ceiling, 0.0, True, none, np.empty((0, len(population.values)), np.int64))
    stage = StagePlan("cluster", "", np.ones(population.size, np.bool_), (wave,), False, population.size, nothing)
    return ReleasePlan((stage,), population)
