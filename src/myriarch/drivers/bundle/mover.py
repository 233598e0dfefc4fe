"""Moves bundles: a set of Kubernetes objects that a cluster takes as one.

Where the bundle stands is what its inventory says; how it fares is what its objects say. Between moves the objects
are watched: one that isn't Current is a symptom of the whole cluster, one that differs from what was applied has
drifted, and is told of and put right (unless the payload says ``drift: Report``, or the cluster is only observed).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import msgspec

from myriarch.api.revision import Revision
from myriarch.base.errors import MyriarchError, Retryable, UserFault
from myriarch.client.errors import ApiError
from myriarch.client.informer import Informer
from myriarch.client.objects import Raw
from myriarch.drivers.bundle.apply import Applier
from myriarch.drivers.bundle.drift import Corrections, Drift, correctable, find_drift, fought, told
from myriarch.drivers.bundle.faults import Troubled, troubled_by
from myriarch.drivers.bundle.health import Ailing, Health, refs_of
from myriarch.drivers.bundle.inventory import (
    EMPTY,
    Inventory,
    key_of,
    load_inventory,
    read_inventory,
    save_inventory,
    with_uids,
)
from myriarch.drivers.bundle.live import LiveObjects
from myriarch.drivers.bundle.move import Goal, Move, Tools
from myriarch.drivers.bundle.objects import BUNDLE_LABEL, BundleObject, label_of, ordered
from myriarch.drivers.bundle.parameters import values_of
from myriarch.drivers.bundle.payload import TIMEOUT_DEFAULT_SECONDS, BundlePayload, OnDrift, read_payload
from myriarch.drivers.bundle.readiness import State
from myriarch.drivers.bundle.render import Context, render
from myriarch.drivers.bundle.resources import CONFIG_MAPS, Resources
from myriarch.drivers.driver import Symptom, Trouble
from myriarch.drivers.mover import Done, Ground, Progress, Stuck

CHECK_SECONDS: Final = 30.0
"""Health is looked at so often even if nothing is told."""

DRIFT_SECONDS: Final = 600.0
"""Everything is compared so often; what is told to have changed, sooner."""

COMPARE_SECONDS: Final = 5.0
"""At least so long from one comparison to the next; twice as long after each that found nothing."""

GATHER_SECONDS: Final = 1.0
"""Changes mostly come in groups."""


class BundleMover:
    """The bundle of one component in one cluster."""

    whole = True

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._component = ground.component.metadata.name
        resources = Resources(ground.client)
        selector = f"{BUNDLE_LABEL}={label_of(self._component)}"
        live = LiveObjects(ground.client, ground.clock, selector, self._on_change)
        health = Health(ground.client, resources, live, ground.nodes)
        applier = Applier(ground.client, resources, self._component)
        self._tools = Tools(ground.client, ground.clock, self._component, resources, applier, live, health)
        key = key_of(self._component)
        self._informer = Informer(
            ground.client,
            CONFIG_MAPS,
            Raw,
            ground.clock,
            namespace=key.namespace,
            field_selector=f"metadata.name={key.name}",
            on_error=self._on_error,
        )
        self._informer.on_change(self._on_inventory)
        self._inventory = EMPTY
        self._missed: tuple[Raw | None, Raw | None] | None = None
        self._move: Move | None = None
        self._one_at_a_time = asyncio.Lock()
        self._wake = asyncio.Event()
        self._trouble: Trouble | None = None
        self._drift: Trouble | None = None
        self._blindness: Trouble | None = None
        self._corrections = Corrections()
        self._compare_at = 0.0
        self._compare_wait = COMPARE_SECONDS
        self._compared_at = 0.0
        self._symptom: tuple[int, float] = (Symptom.HEALTHY, 0.0)

    async def run(self) -> None:
        """Watch until cancelled."""
        watching = asyncio.create_task(self._informer.run(), name=f"bundle {self._component}")
        try:
            await self._informer.wait_synced()
            self._blindness = None
            while True:
                with suppress(
                    Retryable, ApiError
                ):  # Looked at again soon; what moves the bundle tells of lasting errors.
                    async with self._one_at_a_time:
                        await self._look()
                if self._missed is not None:
                    self._on_inventory(*self._missed)
                await self._sleep()
        finally:
            watching.cancel()
            await asyncio.gather(watching, self._tools.live.close(), return_exceptions=True)

    async def wait_synced(self) -> None:
        await self._informer.wait_synced()

    def holds(self, node: str) -> bool:
        return True

    def at(self, node: str) -> str | None:
        """The revision that the inventory names; '' where the bundle was never whole."""
        return self._inventory.revision

    def symptom(self, node: str, now: float) -> tuple[int, float]:
        return self._symptom

    def trouble(self) -> Trouble | None:
        return self._blindness or self._trouble or self._drift

    async def bring(self, node: str, revision: Revision, *, backward: bool) -> Progress:
        async with self._one_at_a_time:
            try:
                progress = await self._bring(revision, backward)
            except MyriarchError as error:
                self._move = None  # Begun afresh next time, from what is there then.
                troubled = error if isinstance(error, Troubled) else troubled_by(error, "the bundle")
                if troubled is None:
                    raise
                self._trouble = troubled.trouble
                return Stuck(str(troubled))
        self._trouble = None
        return progress

    async def _bring(self, revision: Revision, backward: bool) -> Progress:
        name = revision.metadata.name
        move = self._move
        if move is None or move.goal.revision != name or move.goal.backward != backward:
            inventory = await self._load()
            if inventory.revision == name and not inventory.applying:
                return Done()
            move = self._move = await self._start(revision, inventory, backward)
        try:
            progress = await move.step()
        finally:
            self._inventory = move.inventory
        if isinstance(progress, Done):
            self._move = None
            self._drift = None
            self._compare_at = self._ground.clock.now() + DRIFT_SECONDS
            self._compare_wait = COMPARE_SECONDS
            await self._judge()
        return progress

    async def _load(self) -> Inventory:
        try:
            return await load_inventory(self._ground.client, self._component) or EMPTY
        except ValueError as error:
            name = key_of(self._component)
            cure = f"Delete ConfigMap {name} to have the bundle applied anew; nothing older is pruned then."
            raise Troubled("InventoryUnreadable", f"{error}. {cure}") from None

    async def _start(self, revision: Revision, inventory: Inventory, backward: bool) -> Move:
        values = values_of(self._ground.component.spec.parameters, self._ground.labels)
        context = Context(values, await self._tools.resources.kube_version())
        payload, objects = await self._rendered(revision, context)
        goal = Goal(revision.metadata.name, payload, objects, context, backward)
        return Move(self._tools, goal, inventory)

    async def _rendered(self, revision: Revision, context: Context) -> tuple[BundlePayload, list[BundleObject]]:
        payload = read_payload(revision.spec.payload, self._ground.component.spec.target.namespace)
        objects = await render(payload, self._component, context)
        return payload, await self._tools.applier.prepare(objects, payload.namespace)

    async def _sleep(self) -> None:
        """Until something changes, or it is time."""
        timer = asyncio.create_task(self._ground.clock.sleep(CHECK_SECONDS))
        woken = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait((timer, woken), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            woken.cancel()
        await self._ground.clock.sleep(GATHER_SECONDS)
        self._wake.clear()

    async def _look(self) -> None:
        """Judge the objects; compare them where that is due."""
        if not self._inventory.entries:
            return
        self._tools.live.want(await refs_of(self._tools.resources, self._inventory.entries))
        await self._judge()
        now = self._ground.clock.now()
        settled = self._inventory.revision and not self._inventory.applying and self._move is None
        if settled and self._ground.writable() and now >= self._compare_at:
            self._compare_at, self._compared_at = now + DRIFT_SECONDS, now
            await self._compare()
            self._compare_wait = COMPARE_SECONDS if self._drift else min(self._compare_wait * 2, DRIFT_SECONDS)

    async def _judge(self) -> None:
        inventory = self._inventory
        ailing = await self._tools.health.ailing(inventory.entries, inventory.began)
        code, since = self._symptom_of(ailing, inventory)
        if code != self._symptom[0]:
            self._symptom = code, since
            self._ground.changed(None)

    def _symptom_of(self, ailing: list[Ailing], inventory: Inventory) -> tuple[int, float]:
        now = self._ground.clock.now()
        if any(each.readiness.state is State.FAILED for each in ailing):
            return Symptom.CRASHED, now
        if not inventory.applying:
            return (Symptom.NOT_READY, now) if ailing else (Symptom.HEALTHY, 0.0)
        deadline = inventory.began + self._timeout_seconds(inventory.applying)
        return (Symptom.UPDATE_TIMEOUT, deadline) if now > deadline else (Symptom.HEALTHY, 0.0)

    def _timeout_seconds(self, name: str) -> float:
        revision = self._ground.revisions.get(name)
        try:
            return read_payload(revision.spec.payload).timeout_seconds if revision else TIMEOUT_DEFAULT_SECONDS
        except UserFault:
            return TIMEOUT_DEFAULT_SECONDS

    async def _compare(self) -> None:
        """Find drift; tell it, and put right what may be."""
        revision = self._ground.revisions.get(self._inventory.revision)
        if revision is None:
            return
        before = self._drift
        try:
            payload, objects = await self._rendered(revision, self._inventory.context)
            drifts = await find_drift(self._tools.applier, ordered(objects), self._inventory)
            self._drift = await self._treat(drifts, payload)
        except (Troubled, UserFault) as error:
            troubled = error if isinstance(error, Troubled) else troubled_by(error, "the bundle")
            self._drift = troubled.trouble if troubled else None
        if self._drift != before:
            self._ground.changed(None)

    async def _treat(self, drifts: list[Drift], payload: BundlePayload) -> Trouble | None:
        if not drifts:
            return None
        if payload.drift is OnDrift.REPORT:
            return told(drifts, corrected=False)
        now, again = self._ground.clock.now(), []
        uids = {}
        for drift in drifts:
            live = await self._tools.applier.get(drift.made)
            mine = correctable(drift, live, self._component, self._inventory)
            if not mine or not self._corrections.allows(drift.made.id, now):
                again.append(drift)
                continue
            self._corrections.note(drift.made.id, now)
            stored = await self._tools.applier.apply_one(drift.made, force=True)
            uids[drift.made.id] = stored["metadata"]["uid"]
        entries = with_uids(self._inventory.entries, uids)
        if entries != self._inventory.entries:
            changed = msgspec.structs.replace(self._inventory, entries=entries)
            self._inventory = await save_inventory(self._ground.client, self._component, changed)
        return fought(again) if again else told(drifts, corrected=True)

    def _on_error(self, error: ApiError) -> None:
        """Why the inventory can't be read, until it was."""
        troubled = troubled_by(error, "the bundle's inventory")
        if troubled is not None and not self._informer.has_synced:
            self._blindness = Trouble(troubled.trouble.reason, troubled.trouble.message, blocks=True)

    def _on_inventory(self, old: Raw | None, new: Raw | None) -> None:
        """What another wrote, or we did before a crash; our own writes are known already, and may come late."""
        if self._one_at_a_time.locked() or self._move is not None:
            self._missed = (old, new)
            self._wake.set()
            return
        self._missed = None
        try:
            found = EMPTY if new is None else read_inventory(new)
        except ValueError:
            return  # Told when the bundle is moved.
        if _older(found, self._inventory):
            return
        moved = found.revision != self._inventory.revision
        self._inventory = found
        self._wake.set()
        if moved:
            self._ground.changed(None)

    def _on_change(self, old: Raw | None, new: Raw | None) -> None:
        """An object of the bundle changed: judge it soon; compare, unless only its status changed."""
        self._wake.set()
        if old is None or new is None or _content(old) != _content(new):
            soon = max(self._ground.clock.now() + GATHER_SECONDS, self._compared_at + self._compare_wait)
            self._compare_at = min(self._compare_at, soon)


def _older(found: Inventory, known: Inventory) -> bool:
    """Whether a watch tells of a state before one that we wrote."""
    one, other = found.resource_version, known.resource_version
    return one.isdecimal() and other.isdecimal() and int(one) < int(other)


def _content(live: Raw) -> tuple[object, object, object]:
    """What changes when an object's content does; where there is no generation, the object but for its status."""
    metadata = live["metadata"]
    generation = metadata.get("generation")
    body = None if generation else {k: v for k, v in live.items() if k not in ("status", "metadata")}
    return generation or body, metadata.get("labels"), metadata.get("annotations")
