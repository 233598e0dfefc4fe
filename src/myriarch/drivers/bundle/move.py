"""One move of a bundle, from what stands to a revision: a few calls at a time, from the start after a crash.

Forward: everything is checked, the inventory is written with old and new, each stage is applied and waited for, and
what is no longer wanted is deleted last, when the new stands. Backward: nothing may keep the bundle from going back,
so what the other revision brought is deleted first, nothing is checked before, and admission webhooks get their old
shape before anything else. The inventory names the revision once all is Current.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.drivers.bundle.apply import Applier, KindNotServed
from myriarch.drivers.bundle.faults import Troubled
from myriarch.drivers.bundle.health import Health, refs_of, shown
from myriarch.drivers.bundle.inventory import Entry, Inventory, entries_of, save_inventory, union, with_uids
from myriarch.drivers.bundle.live import LiveObjects
from myriarch.drivers.bundle.objects import BundleObject, ObjectId, Stage, ordered, stages_of
from myriarch.drivers.bundle.payload import Adopt, BundlePayload, Wait
from myriarch.drivers.bundle.prune import prune
from myriarch.drivers.bundle.readiness import State, condition_of
from myriarch.drivers.bundle.render import Context
from myriarch.drivers.bundle.resources import Resources
from myriarch.drivers.mover import Done, Progress, Waiting

LOOK_AGAIN_SECONDS: Final = 2.0

APPLY_AGAIN_SECONDS: Final = 10.0
"""A stage that is waited for is applied again so often: what somebody deleted meanwhile would never come."""

_HOOKS: Final = frozenset({"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"})


@dataclass(frozen=True, slots=True)
class Tools:
    """What a move works with."""

    client: Client
    clock: Clock
    component: str
    resources: Resources
    applier: Applier
    live: LiveObjects
    health: Health


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a move goes: ``objects`` are prepared (namespaces, label), ``context`` is what they were rendered with."""

    revision: str
    payload: BundlePayload
    objects: Sequence[BundleObject]
    context: Context
    backward: bool


class Move:
    """``step`` until it says Done. ``inventory`` is the newest that it wrote."""

    def __init__(self, tools: Tools, goal: Goal, inventory: Inventory) -> None:
        self.goal = goal
        self.inventory = inventory
        self._tools = tools
        self._stages: list[Stage] = stages_of(goal.objects)
        if goal.backward:
            self._stages.insert(0, self._standing_hooks())
        self._generations: dict[ObjectId, int] = {}
        self._applied: dict[ObjectId, str] = {}
        self._stage = 0
        self._apply_at = 0.0
        self._begun = False

    async def step(self) -> Progress:
        """One idempotent step. Raises Troubled, or what is worth trying again."""
        if not self._begun:
            await self._begin()
        if self.goal.backward and (waiting := await self._prune()):
            return waiting
        while self._stage < len(self._stages):
            if waiting := await self._advance(self._stages[self._stage]):
                return waiting
            self._stage += 1
            self._apply_at = 0.0
        if waiting := await self._wait_for_others():
            return waiting
        if not self.goal.backward and (waiting := await self._prune()):
            return waiting
        entries = with_uids(entries_of(ordered(self.goal.objects), self.inventory), self._applied)
        await self._save(revision=self.goal.revision, applying="", entries=entries, context=self.goal.context)
        return Done()

    def _standing_hooks(self) -> Stage:
        uid_of = self.inventory.uid_of
        return tuple(made for made in self.goal.objects if made.id.kind in _HOOKS and uid_of(made.id))

    async def _begin(self) -> None:
        """Check, then say what is going to be applied before any of it is."""
        goal, inventory = self.goal, self.inventory
        if not goal.backward:
            await self._tools.applier.check(ordered(goal.objects), inventory, goal.payload.adopt)
        entries = union(entries_of(goal.objects, inventory), inventory.entries)
        began = inventory.began if inventory.applying == goal.revision else self._tools.clock.now()
        await self._save(revision=inventory.revision, applying=goal.revision, entries=entries, began=began)
        self._begun = True

    async def _advance(self, stage: Stage) -> Progress | None:
        """Apply the stage, unless that is done; None once all of it is Current."""
        entries = entries_of(stage, self.inventory)
        if self._tools.clock.now() >= self._apply_at:
            try:
                self._note(await self._tools.applier.apply(stage, force=self.goal.payload.adopt is Adopt.FORCE))
            except KindNotServed as error:
                return self._not_yet(f"{error}", failed=False)
            self._apply_at = self._tools.clock.now() + APPLY_AGAIN_SECONDS
            listed = with_uids(self.inventory.entries, self._applied)
            if listed != self.inventory.entries:
                await self._save(entries=listed)
            self._tools.live.want(await refs_of(self._tools.resources, self.inventory.entries))
        ailing = await self._tools.health.ailing(entries, self.inventory.began, self._generations)
        if not ailing:
            return None
        failed = [each for each in ailing if each.readiness.state is State.FAILED]
        return self._not_yet(shown(failed or ailing), failed=bool(failed))

    def _note(self, stored: dict[ObjectId, Raw]) -> None:
        for key, live in stored.items():
            self._applied[key] = live["metadata"]["uid"]
            # Kinds without a generation are seen as soon as they are there at all.
            self._generations[key] = live["metadata"].get("generation", 1)

    async def _wait_for_others(self) -> Progress | None:
        for wait in self.goal.payload.wait_for:
            missing = await self._missing(wait)
            if missing:
                return self._not_yet(missing, failed=False)
        return None

    async def _missing(self, wait: Wait) -> str:
        """What is missing of what is waited for; '' where nothing is."""
        group, _, version = wait.api_version.rpartition("/")
        what = f"{wait.kind} {wait.name}"
        ref = await self._tools.resources.find(group, version, wait.kind)
        if ref is None:
            return f"{what}: its kind is not served"
        try:
            namespace = (wait.namespace or self.goal.payload.namespace) if ref.namespaced else ""
            live = await self._tools.client.get(ref, Raw, wait.name, namespace)
        except NotFound:
            return f"{what}: it is not there"
        if wait.condition and condition_of(live, wait.condition).get("status") != "True":
            return f"{what}: its condition {wait.condition} is not True"
        return ""

    async def _prune(self) -> Progress | None:
        """Delete what the revision doesn't hold; None once it is gone, or none of it is to be deleted."""
        if not self.goal.payload.prune:
            return None
        tools, wanted = self._tools, {made.id for made in self.goal.objects}
        spare = [entry for entry in self.inventory.entries if entry.id not in wanted]
        dangerous = self.goal.payload.prune_dangerous
        pending = await prune(tools.client, tools.resources, tools.component, spare, dangerous=dangerous)
        if not pending:
            return None
        return self._not_yet(f"{pending[0].id} is being deleted", failed=False)

    def _not_yet(self, reason: str, *, failed: bool) -> Progress:
        """Waiting. Raises Troubled where that has failed, or takes too long."""
        waited = self._tools.clock.now() - self.inventory.began
        if failed:
            raise Troubled("ObjectFailed", f"{reason}. See the object's own conditions and events.")
        if waited > self.goal.payload.timeout_seconds:
            cure = "See its conditions and events; if it only needs longer, raise the payload's timeout."
            limit = f"{self.goal.payload.timeout_seconds:.0f} s"
            raise Troubled("NotReadyInTime", f"Not Current within {limit}: {reason}. {cure}")
        return Waiting(reason, LOOK_AGAIN_SECONDS)

    async def _save(
        self,
        *,
        entries: tuple[Entry, ...],
        revision: str | None = None,
        applying: str | None = None,
        began: float | None = None,
        context: Context | None = None,
    ) -> None:
        """Write the inventory with these changes."""
        now = self.inventory
        changed = msgspec.structs.replace(
            now,
            revision=now.revision if revision is None else revision,
            applying=now.applying if applying is None else applying,
            began=now.began if began is None else began,
            context=context or now.context,
            entries=entries,
        )
        self.inventory = await save_inventory(self._tools.client, self._tools.component, changed)
