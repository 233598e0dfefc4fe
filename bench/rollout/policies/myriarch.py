"""Myriarch itself: the engine's plan and decisions over clusters, by the policies that ship with it.

The engine is the real one (``plan_release``, ``decide``); what the hub would observe of its clusters is read off the
world's columns. The agents' node level is not the real one, for speed: ``Members`` obeys the grant (ceiling, covering
nodes, revert) as ``agent/node_level.py`` does, and ``myriarch_agents.py`` does what agents do of their own accord.

A release of level cluster goes out by the policy for what moves a cluster as one. Whoever is asked for approval gives
it at once: a person knows nothing here that the policy doesn't. Harm that was found is accepted by nobody.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from myriarch.api.cause import Cause as Verdict
from myriarch.api.cause import Guilty as Named
from myriarch.api.release import Phase
from myriarch.engine.cover import cover_nodes
from myriarch.engine.decide import decide
from myriarch.engine.events import PAUSES_FOR_A_PERSON
from myriarch.engine.gates import wave_approval
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Observed, Orders
from myriarch.engine.phases import ENDED, EVERYWHERE
from myriarch.engine.plan import ReleasePlan, plan_release
from myriarch.engine.population import Bools, Ints
from myriarch.engine.rules import Rules, fleet_rules
from myriarch.engine.tries import tries_left
from rollout.effects import NEVER
from rollout.fleet import build_fleet
from rollout.members import REVERT, Members
from rollout.policies.myriarch_agents import Agents
from rollout.policies.myriarch_cause import Cause
from rollout.policies.myriarch_comparing import Comparing
from rollout.policies.myriarch_outages import Outages
from rollout.policies.myriarch_policies import OWN, Shipped, named
from rollout.policies.myriarch_strata import Strata, in_scenario_words, strata_of
from rollout.policies.myriarch_strikes import Strikes
from rollout.policy import Policy, Standing
from rollout.world import MOVING, NEW, RETURNING, World

EPOCH_SECONDS = 1_700_000_000.0
"""Releases begin then by the engine's clock; it is used for differences only."""

NO_VERDICT = Verdict(guilty=Named.NOBODY)
"""Of a release that was taken back though no agent told of failed nodes."""


@lru_cache(maxsize=8)
def planned(seed: int, whole: bool, name: str) -> tuple[ReleasePlan, Rules, Strata]:
    """The plan of a fleet by a policy (``named``): the same for every scenario."""
    policy, fleet = named(name, whole), build_fleet(seed)
    strata = strata_of(fleet, whole, policy.spec.coverage.pairs)
    members = [fleet.cluster_production == (stage.environment == policy.production) for stage in policy.spec.stages]
    groups = [[None] * len(stage.waves) for stage in policy.spec.stages]
    return plan_release(policy.spec, strata.population, members, groups), fleet_rules(policy.spec), strata


def every_approval(plan: ReleasePlan) -> frozenset[str]:
    """What people could be asked for before a stage begins and after a wave has soaked."""
    stages = {stage.name for stage in plan.stages}
    places = (Memory(stage=at, wave=wave) for at, stage in enumerate(plan.stages) for wave in range(len(stage.waves)))
    return frozenset(stages | {wave_approval(plan, place) for place in places})


class Myriarch(Policy):
    name = OWN
    title = "Myriarch"
    names_attributes = True

    def __init__(self, world: World, members: Members, name: str = OWN) -> None:
        super().__init__(world, members)
        self.name = name
        self.shipped: Shipped = named(name, world.whole)
        self.plan, self.rules, self.strata = planned(world.fleet.seed, world.whole, name)
        self.orders = Orders(approvals=every_approval(self.plan))
        self.memory = Memory()
        analysis = self.shipped.spec.analysis
        self.outages = Outages(world, EPOCH_SECONDS) if analysis else None
        self.strikes = Strikes(world, self.strata, EPOCH_SECONDS) if analysis else None
        self._wake_at = NEVER
        self._begin()
        members.max_unavailable = self.agents.max_unavailable()

    def _begin(self) -> None:
        """An attempt begins: agents know nothing of an earlier one, and what failed with it is no evidence."""
        world, members, spec = self.world, self.members, self.shipped.spec
        analysis = spec.analysis
        self.agents = Agents(world, members, spec.nodes, comparing=analysis is not None)
        stages = [stage.members for stage in self.plan.stages]
        self.comparing = Comparing(world, members, self.strata, stages, analysis.tolerated_ratio) if analysis else None
        self.cause = Cause(world, EPOCH_SECONDS)
        self._covered: set[tuple[int, int]] = set()

    def wake_at(self) -> float:
        return self._wake_at

    def finished(self) -> bool:
        return self.memory.phase in ENDED

    def watches(self) -> bool:
        return self.standing is Standing.SUCCEEDED and not self.finished()

    def look(self) -> None:
        self.agents.look()
        observed = self.observed()
        self.cause.note(observed)
        decision = decide(self.plan, self.rules, observed, self.memory, EPOCH_SECONDS + self.world.now)
        self.memory = decision.memory
        self._wake_at = decision.wake_at - EPOCH_SECONDS
        if decision.tries_again:
            self.members.begin_anew()
            self._begin()
            return
        self.members.way = np.where(self.agents.self_reverted, REVERT, decision.way).astype(np.int8)
        self.members.ceiling = decision.ceiling
        if self.comparing is not None:
            self.comparing.begin()
        self._prefer_covering()
        self._note_standing(observed)

    def notice(self) -> None:
        self.cause.note(None)
        if self.strikes is not None:
            self.strikes.look()

    def observed(self) -> Observed:
        """What the hub knows: the clusters' reports."""
        world, members, agents = self.world, self.members, self.agents
        clusters = world.fleet.clusters
        zeros, no, yes = np.zeros(clusters, np.int64), np.zeros(clusters, np.bool_), np.ones(clusters, np.bool_)
        forward = (world.state == MOVING) | (world.state == NEW)
        return Observed(
            present=yes,
            reachable=yes,
            silent_seconds=np.zeros(clusters),
            asserted=members.way.copy(),
            granted=members.ceiling.copy(),
            echoed=yes,
            settled=agents.settled(),
            busy=no,
            begun=world.begun.copy(),
            updated=world.by_cluster((world.state == NEW) & (world.sick_since == NEVER)),
            failed=world.by_cluster(agents.failed),
            unavailable=zeros,
            down=world.by_cluster(~world.ready & ~world.moving),
            off_target=world.by_cluster(world.began & (forward | (world.state == RETURNING))),
            stuck=zeros,
            failed_seconds=np.zeros(clusters),
            self_reverted=agents.self_reverted & (members.way != REVERT),
            frozen=no,
            orders=self.orders,
            signals=self.cause.signals,
            compared=self.comparing.look() if self.comparing is not None else None,
            standings=self.outages.look() if self.outages is not None else None,
            strikes=self.strikes.look() if self.strikes is not None else None,
            tallies=self.strata.tallies(self.plan, world, agents.failed) if agents.failed.any() else (),
        )

    def _prefer_covering(self) -> None:
        """Nodes that cover the values a cluster owes are begun first."""
        place = (self.memory.stage, self.memory.wave)
        if place in self._covered or self.memory.phase is not Phase.ADVANCING:
            return
        self._covered.add(place)
        wave = self.plan.stages[place[0]].waves[place[1]]
        if len(wave.covering) and not self.world.whole:
            chosen = [self._cover(int(unit), owed) for unit, owed in zip(wave.covering, wave.owed, strict=True)]
            self.members.prefer(np.concatenate(chosen))

    def _cover(self, cluster: int, owed: Ints) -> Ints:
        rows = np.flatnonzero(self.world.fleet.cluster == cluster)
        member = self.strata.member(rows)
        able: Bools = self.world.ready[rows]
        chosen = cover_nodes(member, owed, np.arange(len(rows), dtype=np.uint64), able, ~able & False)
        return rows[chosen]

    def _note_standing(self, observed: Observed) -> None:
        phase = self.memory.phase
        if self.standing in (Standing.STOPPED, Standing.ROLLED_BACK):
            return
        if phase is Phase.ROLLING_BACK and tries_left(self.rules, self.memory):
            return
        if phase in (Phase.ROLLING_BACK, Phase.ROLLED_BACK):
            self._harmful(Standing.ROLLED_BACK, observed)
        elif phase is Phase.PAUSED and self.memory.reason in PAUSES_FOR_A_PERSON:
            self._harmful(Standing.STOPPED, observed)
        elif phase in EVERYWHERE and self.standing is Standing.RUNNING:
            self.succeed()
            self.accused = self.cause.accused(observed, None)

    def _harmful(self, standing: Standing, observed: Observed) -> None:
        self._decide(standing)
        self.why = self.memory.message
        self.blamed = in_scenario_words(self.memory.blame)
        self.accused = self.cause.accused(observed, self.memory.cause or NO_VERDICT)
