"""The release controller: observe all clusters, ask the engine, remember, then tell the clusters.

The order is what makes a crash harmless: what the engine decided is first written into the release's status,
and only then into grants. Whoever takes over reads the status, observes the clusters and comes to the same
orders; grants are declarative, so writing them twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component
from myriarch.api.gates import GateResult
from myriarch.api.release import Order, Phase, Release, ReleaseStatus
from myriarch.base.clock import Clock, parse_rfc3339, rfc3339_micro
from myriarch.base.durations import parse_duration
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.refs import RELEASES
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release import ending, starting
from myriarch.controllers.release.columns import ReleaseColumns
from myriarch.controllers.release.freezing import freezes_for
from myriarch.controllers.release.gating import Gating, answers_of, counted_approvals, verdict_changed
from myriarch.controllers.release.granting import Granting
from myriarch.controllers.release.planning import plan_table
from myriarch.controllers.release.questions import question_of
from myriarch.controllers.release.rendering import BundleRenderer
from myriarch.controllers.release.takeover import LOOK_SECONDS, Takeover
from myriarch.controllers.release.telling import Telling, memory_of, record, urgent
from myriarch.controllers.release.terms import hold_outdated
from myriarch.controllers.release.unseen import Unseen
from myriarch.engine.decide import decide
from myriarch.engine.decision import Decision
from myriarch.engine.gate_standing import awaited_gates
from myriarch.engine.observed import Orders
from myriarch.engine.phases import ENDED
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.rules import Rules, fleet_rules
from myriarch.gates.asker import Asker
from myriarch.gates.fetch import Fetch
from myriarch.runtime.events import EventRecorder
from myriarch.runtime.fence import current_term
from myriarch.runtime.queue import WorkQueue

FIELD_MANAGER = "myriarch-release"
RECHECK_SECONDS = 30.0
"""A release that can't start is looked at again this often, though every change of what it names wakes it too."""

NAMED_CLUSTERS = 3
TELL_SECONDS = 30.0
"""Counts that decide nothing are told at most this often."""


@dataclass(slots=True)
class _Running:
    """What is kept of a release between turns; all of it can be made anew."""

    columns: ReleaseColumns
    rules: Rules
    plan: ReleasePlan | None = None
    topology: int = -1
    told_at: float = 0.0
    untold: bool = False
    unseen: Unseen = field(default_factory=Unseen)


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
        self._recorder = recorder
        self._caches = caches
        self._clock = clock
        self._coalesce_seconds = coalesce_seconds
        self._table = FleetTable()
        self._takeover = takeover
        self._running: dict[str, _Running] = {}
        self.queue: WorkQueue[ObjectKey] = WorkQueue(clock, seed=seed)
        self.gating = Gating(Asker(client, clock, fetch, BundleRenderer(caches)), clock, self.queue.add)
        caches.clusters.add_handlers(self._cluster_changed, self._cluster_changed, self._cluster_gone)
        caches.releases.on_change(self._release_changed)
        caches.components.add_handlers(self._component_changed, self._component_changed)
        for informer in (caches.components, caches.revisions, caches.policies, caches.windows, caches.overrides):
            informer.on_change(self._named_changed)

    # What wakes a release

    def _cluster_changed(self, _old: Cluster | None, new: Cluster | None) -> None:
        assert new is not None
        row = self._table.set(new)
        self._row_changed(row)

    def _cluster_gone(self, old: Cluster | None, _new: Cluster | None) -> None:
        assert old is not None
        self._row_changed(self._table.remove(old.name))

    def _row_changed(self, row: int) -> None:
        for running in self._running.values():
            running.columns.update(row)
        for key, release in self._caches.releases.cache.items():
            if not starting.is_over(release):
                self.queue.add_after(key, self._coalesce_seconds)

    def _release_changed(self, old: Release | None, new: Release | None) -> None:
        release = new or old
        assert release is not None
        self.queue.add(ObjectKey(release.metadata.namespace or "", release.name))
        if old is not None and new is not None and old.spec == new.spec and new.status.phase not in ENDED:
            return
        for key, other in self._caches.releases.cache.items():
            if other.spec.component == release.spec.component:
                self.queue.add(key)

    def _component_changed(self, _old: Component | None, new: Component | None) -> None:
        """Its release may be gone: then nobody else would let the component go."""
        assert new is not None
        if new.status.active_release:
            self.queue.add(ObjectKey(*new.status.active_release.split("/", 1)))

    def _named_changed(self, _old: Any, _new: Any) -> None:
        for key, release in self._caches.releases.cache.items():
            if not starting.is_over(release):
                self.queue.add(key)

    # One release

    async def reconcile(self, key: ObjectKey) -> float | None:
        """One turn of one release; seconds until the next that time alone asks for."""
        release = self._caches.releases.get(key.name, key.namespace)
        if release is None:
            self.gating.forget(key)
            self._running.pop(str(key), None)
            return await self._forgotten(str(key))
        if not await self._takeover.done(release.spec.component):
            return LOOK_SECONDS
        component = self._caches.components.get(release.spec.component)
        holds = component is not None and component.status.active_release == starting.key_of(release)
        if release.status.attempt == 0 and not starting.is_over(release):
            started = await self._start(release, component)
            if started is None:
                return RECHECK_SECONDS
            release = started
        elif not holds and (starting.is_over(release) or not await self._take_again(release, component)):
            self._running.pop(str(key), None)
            if component is None and not starting.is_over(release):
                holds_for = f"component {release.spec.component} was deleted: create it again, and the release goes on"
                await self._write(release, msgspec.structs.replace(release.status, holds=[holds_for]))
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

    async def _take_again(self, release: Release, component: Component | None) -> bool:
        """Take the component for a release that was aborted and is to be rolled back; whether that could be."""
        newer = starting.newer_release(self._caches, release)
        outdated = newer is not None and newer.status.attempt > 0
        if component is None or component.status.active_release or outdated:
            return False
        await starting.claim(self._client, component, release, self._clock.now())
        return True

    async def _start(self, release: Release, component: Component | None) -> Release | None:
        """Check, take the component, and write the policy as it is now; None where it must wait."""
        status = release.status
        newer = starting.newer_release(self._caches, release)
        if newer is not None or release.spec.order is not Order.NONE:
            phase = Phase.SUPERSEDED if newer is not None else Phase.ABORTED
            message = f"superseded by release {starting.key_of(newer)}" if newer else "ended by order before it began"
            ended = rfc3339_micro(self._clock.now())
            await self._write(release, msgspec.structs.replace(status, phase=phase, message=message, ended_at=ended))
            return None
        fault = starting.find_fault(self._caches, self._table, release)
        waits = self._waits(release, component)
        if fault is not None or component is None or waits:
            reason = fault.reason if fault else starting.WAITING
            message = fault.message if fault else waits
            await self._write(release, msgspec.structs.replace(status, reason=reason, message=message))
            return None
        policy = self._caches.policies.get(release.spec.policy)
        assert policy is not None
        key = starting.key_of(release)
        if component.status.active_release == key:  # of a deleted release of this name, or of a crash just here
            await ending.hold_all(self._client, self._table, component.name, key, self._clock.now())
        attempt = await starting.claim(self._client, component, release, self._clock.now())
        now = rfc3339_micro(self._clock.now())
        begun = msgspec.structs.replace(
            status, attempt=attempt, policy=policy.spec, seed=release.spec.seed, started_at=now, reason="", message=""
        )
        return await self._write(release, begun)

    def _waits(self, release: Release, component: Component | None) -> str:
        """What else a sound release waits for before it may start, or ''."""
        if component is None:
            return ""
        blocking = starting.holder(component, release)
        if blocking:
            return f"waits until release {blocking} lets the component go"
        if untold := starting.unreported(self._table, self._clock.now()):
            return f"waits for clusters that have not told of their nodes yet: {_named(untold)}"
        policy = self._caches.policies.get(release.spec.policy)
        if policy is None:
            return ""
        if mute := starting.uncounted(self._table, policy.spec, release, self._clock.now()):
            return f"waits for clusters that have not counted the policy's pairs of attributes yet: {_named(mute)}"
        return ""

    async def _turn(self, release: Release, now: float) -> float | None:
        component = self._caches.components.get(release.spec.component)
        policy = release.status.policy
        if component is None or policy is None:
            return RECHECK_SECONDS
        running = self._run_of(release)
        plan = self._plan(running, release)
        freezes = hold_outdated(freezes_for(self._caches, self._table, release, now), policy, self._table)
        orders = self._orders(release, component)
        columns = running.columns
        observed = columns.observed(plan, freezes.frozen, freezes.changes_at, freezes.reason, orders, now)
        results = self.gating.results(release, now)
        observed = msgspec.structs.replace(observed, gates=answers_of(results))
        if running.rules.lets_in_gently and release.status.started_at:
            returned = self._table.heard_since > parse_rfc3339(release.status.started_at)
            observed = msgspec.structs.replace(observed, returned=returned)
        decision = decide(plan, running.rules, observed, memory_of(release.status), now)
        release = await self._remember(release, running, plan, decision, results, now)
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
        if running.untold:
            wake_at = min(wake_at, running.told_at + TELL_SECONDS)
        return None if wake_at == float("inf") else max(wake_at - now, self._coalesce_seconds)

    def _ask_gates(
        self,
        release: Release,
        component: Component,
        running: _Running,
        decision: Decision,
        results: list[GateResult],
        now: float,
    ) -> None:
        """Begin to ask the gates that are due; each answer brings a turn of its own."""
        plan, observed = decision.plan, decision.observed
        known = {(each.name, each.place): each for each in results}
        awaited = awaited_gates(plan, running.rules, observed, decision.memory)
        for gate in self.gating.due(release, awaited, now):
            before = known.get((gate.rule.name, gate.place))
            question = question_of(release, component, self._table, plan, observed, gate, before)
            self.gating.ask(release, gate, question, before)

    async def _let_go(self, release: Release, component: Component, plan: ReleasePlan) -> None:
        """Every grant says how the release ended: write what it proved, and let the component go."""
        revision = self._caches.revisions.get(release.spec.revision)
        await ending.record_proof(self._client, revision, release)
        whole = ending.whole_environments(self._table, plan)
        await ending.give_back(self._client, component, release, whole, self._clock.now())

    @staticmethod
    def _renewal(decision: Decision, grant_duration: str, now: float) -> float:
        """When grants may need renewing, while the release goes forward."""
        if decision.memory.phase is not Phase.ADVANCING:
            return float("inf")
        return now + parse_duration(grant_duration) / 2

    def _run_of(self, release: Release) -> _Running:
        key = starting.key_of(release)
        running = self._running.get(key)
        if running is None or running.columns.attempt != release.status.attempt:
            columns = ReleaseColumns(self._table, key, release.spec.component, release.status.attempt)
            assert release.status.policy is not None
            running = self._running[key] = _Running(columns, fleet_rules(release.status.policy))
        return running

    def _plan(self, running: _Running, release: Release) -> ReleasePlan:
        if running.plan is None or running.topology != self._table.topology:
            assert release.status.policy is not None
            running.plan = plan_table(self._table, release.status.policy, release.spec.selector, release.status.seed)
            running.topology = self._table.topology
        return running.plan

    def _orders(self, release: Release, component: Component) -> Orders:
        newer = starting.newer_release(self._caches, release)
        return Orders(
            paused=release.spec.paused,
            abort=release.spec.order is Order.ABORT,
            roll_back=release.spec.order is Order.ROLL_BACK and (newer is None or newer.status.attempt == 0),
            superseded=starting.key_of(newer) if newer is not None else "",
            approvals=counted_approvals(release.spec.approvals, release.status.policy),
            reversible=component.spec.reversible,
        )

    # Remembering

    async def _remember(
        self,
        release: Release,
        running: _Running,
        plan: ReleasePlan,
        decision: Decision,
        results: list[GateResult],
        now: float,
    ) -> Release:
        """Write the status where it must be told now."""
        status = Telling(self._table, running.columns, plan).next_status(release.status, decision, now)
        status = msgspec.structs.replace(status, gates=results)
        if status == release.status:
            return release
        must = urgent(release.status, status) or verdict_changed(release.status, status)
        if not must and now - running.told_at < TELL_SECONDS:
            running.untold = status.environments != release.status.environments
            return release
        running.told_at, running.untold = now, False
        written = await self._write(release, status)
        record(self._recorder, release, decision)
        return written

    async def _write(self, release: Release, status: ReleaseStatus) -> Release:
        """The release with its new status; what the cache holds until the watch brings it is this."""
        if status == release.status:
            return release
        if term := current_term():
            status = msgspec.structs.replace(status, term=term)
        before, after = msgspec.to_builtins(release.status), msgspec.to_builtins(status)
        patch = {**dict.fromkeys(before), "phase": str(status.phase), **after}
        namespace = release.metadata.namespace or ""
        try:
            written = await self._client.patch(
                RELEASES,
                Release,
                release.name,
                {"metadata": {"resourceVersion": release.metadata.resource_version}, "status": patch},
                namespace=namespace,
                subresource="status",
                field_manager=FIELD_MANAGER,
            )
        except NotFound:
            return release
        self._caches.releases.cache[ObjectKey(namespace, release.name)] = written
        return written


def _named(clusters: list[str]) -> str:
    return ", ".join([*clusters[:NAMED_CLUSTERS], *(["…"] if len(clusters) > NAMED_CLUSTERS else [])])
