"""The release controller: observe all clusters, ask the engine, remember, then tell the clusters.

The order is what makes a crash harmless: what the engine decided is first written into the release's status,
and only then into grants. Whoever takes over reads the status, observes the clusters and comes to the same
orders; grants are declarative, so writing them twice changes nothing.

What wakes a release is in ``waking.py``, how it begins in ``beginning.py``, what is kept between turns in
``running.py``, what is written of it in ``writing.py``.
"""

from __future__ import annotations

from functools import partial

import msgspec

from myriarch.api.component import Component
from myriarch.api.gates import GateResult
from myriarch.api.release import Order, Phase, Release
from myriarch.base.clock import Clock, parse_rfc3339
from myriarch.base.durations import parse_duration
from myriarch.client.client import Client
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release import ending, starting
from myriarch.controllers.release.beginning import Beginning
from myriarch.controllers.release.cars import stays_open
from myriarch.controllers.release.depending import Depending
from myriarch.controllers.release.errands import Errands
from myriarch.controllers.release.freezing import freezes_for
from myriarch.controllers.release.gating import Gating, answers_of, counted_approvals
from myriarch.controllers.release.granting import Granting
from myriarch.controllers.release.others import Others
from myriarch.controllers.release.questions import question_of
from myriarch.controllers.release.quiet import with_down
from myriarch.controllers.release.rendering import BundleRenderer
from myriarch.controllers.release.returning import Returning
from myriarch.controllers.release.running import Running, Runnings
from myriarch.controllers.release.sampling import Sampling
from myriarch.controllers.release.signalling import signals_of
from myriarch.controllers.release.strikes import heard_strikes
from myriarch.controllers.release.takeover import LOOK_SECONDS, Takeover
from myriarch.controllers.release.telling import memory_of
from myriarch.controllers.release.terms import hold_outdated
from myriarch.controllers.release.waking import Waking
from myriarch.controllers.release.writing import TELL_SECONDS, Writing
from myriarch.engine.decide import decide
from myriarch.engine.decision import Decision
from myriarch.engine.gate_standing import awaited_gates
from myriarch.engine.observed import Orders
from myriarch.engine.phases import ENDED
from myriarch.engine.plan import ReleasePlan
from myriarch.gates.asker import Asker
from myriarch.gates.fetch import Fetch
from myriarch.runtime.events import EventRecorder
from myriarch.runtime.queue import WorkQueue

RECHECK_SECONDS = 30.0
"""A release that can't start is looked at again this often, though every change of what it names wakes it too."""


class ReleaseController:
    """``coalesce_seconds``: changes of clusters are looked at together, this long after the first."""

    def __init__(
        self,
        client: Client,
        caches: Caches,
        clock: Clock,
        recorder: EventRecorder,
        takeover: Takeover,
        fetch: Fetch,
        *,
        coalesce_seconds: float,
        seed: int = 0,
    ) -> None:
        self._client = client
        self._caches = caches
        self._clock = clock
        self._coalesce_seconds = coalesce_seconds
        self._table = FleetTable()
        self._takeover = takeover
        self._runnings = Runnings(self._table)
        self._returning = Returning(caches, self._table, self._runnings)
        self._depending = Depending(caches, self._table, self._runnings, lambda key: self.queue.add(key))
        self._writing = Writing(client, caches, self._table, recorder)
        self._beginning = Beginning(client, caches, self._table, clock, self._writing)
        self.queue: WorkQueue[ObjectKey] = WorkQueue(clock, seed=seed)
        self.errands = Errands(self.queue.add)
        self._gating = Gating(Asker(client, clock, fetch, BundleRenderer(caches)), clock, self.errands)
        self._sampling = Sampling(client, clock, fetch, self._table, self.errands)
        self._others = Others(caches, self._table, self._runnings)
        Waking(caches, self._table, self._runnings, self.queue, coalesce_seconds=coalesce_seconds)

    async def reconcile(self, key: ObjectKey) -> float | None:
        """One turn of one release; seconds until the next that time alone asks for."""
        release = self._caches.releases.get(key.name, key.namespace)
        if release is None:
            self.errands.forget(key)
            self._gating.forget(key)
            self._sampling.forget(key)
            self._runnings.forget(str(key))
            return await self._forgotten(str(key))
        if not await self._takeover.done(release.spec.component):
            return LOOK_SECONDS
        component = self._caches.components.get(release.spec.component)
        holds = component is not None and component.status.active_release == starting.key_of(release)
        if release.status.attempt == 0 and not starting.is_over(release):
            started = await self._beginning.begin(release, component)
            if started is None:
                return RECHECK_SECONDS
            release = started
        elif not holds and (starting.is_over(release) or not await self._beginning.take_again(release, component)):
            self._runnings.forget(str(key))
            if component is None and not starting.is_over(release):
                holds_for = f"component {release.spec.component} was deleted: create it again, and the release goes on"
                await self._writing.write(release, msgspec.structs.replace(release.status, holds=[holds_for]))
            return None
        if release.status.attempt == 0 and component is not None:
            await ending.give_back(self._client, component, release, set(), self._clock.now())
            return None
        return await self._turn(release, self._clock.now())

    async def _forgotten(self, key: str) -> float | None:
        """The release ``key`` was deleted: its clusters hold, and its component is let go."""
        for component in self._caches.components.cache.values():
            if component.status.active_release == key:
                if not await self._takeover.done(component.name):
                    return LOOK_SECONDS
                if await ending.hold_all(self._client, self._table, component.name, key, self._clock.now()):
                    return self._coalesce_seconds
                rest = starting.releasing(component, "", self._clock.now())
                await starting.patch_status(self._client, component, {"activeRelease": "", **rest})
        return None

    async def _turn(self, release: Release, now: float) -> float | None:
        component = self._caches.components.get(release.spec.component)
        policy = release.status.policy
        if component is None or policy is None:
            return RECHECK_SECONDS
        running = self._runnings.of(release)
        plan = self._runnings.plan(running, release)
        held = release.status.held
        freezes = hold_outdated(freezes_for(self._caches, self._table, release, now), policy, self._table, held)
        freezes = self._depending.hold(freezes, release, running, plan)
        orders = self._orders(release, component)
        columns = running.columns
        observed = columns.observed(plan, freezes.frozen, freezes.changes_at, freezes.reason, orders, now, len(held))
        results = self._gating.results(release, now)
        looks = self._sampling.looks(release)
        observed = msgspec.structs.replace(observed, gates=answers_of(results), metrics=looks, waits=freezes.waits)
        if running.rules.lets_in_gently and release.status.started_at:
            returned = self._table.heard_since > parse_rfc3339(release.status.started_at)
            observed = msgspec.structs.replace(observed, returned=returned)
        gather = partial(signals_of, self._caches, self._table, release, now)
        strikes = heard_strikes(self._table, release, columns, plan.population)
        observed = msgspec.structs.replace(observed, signals=gather, strikes=strikes)
        observed = with_down(observed, release, running.rules, self._table)
        observed = self._returning.observed(observed, release, running, now)
        observed = self._others.observed(observed, release)
        limited, rules = self._others.limited(plan, running.rules)
        decision = decide(limited, rules, observed, memory_of(release.status), now)
        if self._others.note(running, decision):
            for other in self._others.keys(release):
                self.queue.add_after(other, self._coalesce_seconds)
        if decision.tries_again:
            return await self._try_again(release, component, running, decision, now)
        release = await self._writing.remember(release, running, plan, decision, results, now)
        self._ask_gates(release, component, running, decision, results, now)
        key = starting.key_of(release)
        unseen = running.unseen
        granting = Granting(self._client, self._table, columns, plan, policy, component, release, key, freezes, unseen)
        written = await granting.write(decision, now)
        if decision.memory.phase in ENDED:
            if not written:
                await self._let_go(release, component, plan)
            return self._coalesce_seconds if written else None
        wake_at = min(decision.wake_at, freezes.changes_at, self._renewal(decision, policy.grant_duration, now))
        wake_at = min(wake_at, self._returning.until(release, now))
        if running.untold:
            wake_at = min(wake_at, running.told_at + TELL_SECONDS)
        return None if wake_at == float("inf") else max(wake_at - now, self._coalesce_seconds)

    async def _try_again(
        self, release: Release, component: Component, running: Running, decision: Decision, now: float
    ) -> float:
        """All is back: the next turn sees the clusters under a new attempt, in which nothing has begun."""
        key = ObjectKey(release.metadata.namespace or "", release.name)
        attempt = await starting.another_attempt(self._client, component)
        await self._writing.remember(release, running, decision.plan, decision, [], now, attempt)
        self.errands.forget(key)
        self._gating.forget(key)
        self._sampling.forget(key)
        return self._coalesce_seconds

    def _ask_gates(
        self,
        release: Release,
        component: Component,
        running: Running,
        decision: Decision,
        results: list[GateResult],
        now: float,
    ) -> None:
        """Begin to ask the gates and metrics that are due; each answer brings a turn of its own."""
        plan, observed = decision.plan, decision.observed
        known = {(each.name, each.place): each for each in results}
        awaited = awaited_gates(plan, running.rules, observed, decision.memory)
        for gate in self._gating.due(release, awaited, now):
            before = known.get((gate.rule.name, gate.place))
            place = gate.stage, gate.wave
            question = question_of(release, component, self._table, decision, gate.rule.name, place, before)
            self._gating.ask(release, gate, question, before)
        self._sampling.ask(release, component, decision, now)

    async def _let_go(self, release: Release, component: Component, plan: ReleasePlan) -> None:
        """Every grant says how the release ended: write what it proved, and let the component go."""
        revision = self._caches.revisions.get(release.spec.revision)
        await ending.record_proof(self._client, revision, release)
        whole = ending.whole_environments(self._table, plan, release.status.held)
        await ending.give_back(self._client, component, release, whole, self._clock.now())

    @staticmethod
    def _renewal(decision: Decision, grant_duration: str, now: float) -> float:
        """When grants may need renewing, while the release goes forward, or takes newcomers along."""
        if decision.memory.phase not in (Phase.ADVANCING, Phase.WATCHING):
            return float("inf")
        return now + parse_duration(grant_duration) / 2

    def _orders(self, release: Release, component: Component) -> Orders:
        newer = starting.newer_release(self._caches, release)
        return Orders(
            paused=release.spec.paused,
            abort=release.spec.order is Order.ABORT,
            roll_back=release.spec.order is Order.ROLL_BACK and (newer is None or newer.status.attempt == 0),
            superseded=starting.key_of(newer) if newer is not None else "",
            approvals=counted_approvals(release.spec.approvals, release.status.policy),
            reversible=component.spec.reversible,
            stays_open=stays_open(self._caches, release),
        )
