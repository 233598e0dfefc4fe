"""The controller of release trains: makes a Release for every car, passes orders on, and tells where the cars stand.

What couples the cars while they go forward is read by the release controller itself (``release/cars.py``): nothing has
to be written for a car to wait for the one before. Releases have names of their own making and are owned by the train,
so a crash between two of them is made good by the next turn.
"""

from __future__ import annotations

from typing import Any

import msgspec

from myriarch.api.meta import API_VERSION, ObjectMeta, OwnerReference
from myriarch.api.release import Order, Release, ReleaseSpec
from myriarch.api.releasetrain import ReleaseTrain, ReleaseTrainStatus, TrainPhase
from myriarch.base.clock import Clock, rfc3339_micro
from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists, NotFound
from myriarch.client.objects import Raw
from myriarch.client.refs import RELEASES, TRAINS
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.controllers.merging import merging
from myriarch.controllers.release.cars import ENDED_TRAINS, at_end, car_release, cars_of, owner_name, release_name
from myriarch.controllers.releasetrain.deciding import Step, next_step
from myriarch.controllers.releasetrain.fault import train_fault
from myriarch.controllers.releasetrain.telling import car_row, conditions_of, is_paused
from myriarch.runtime.queue import WorkQueue

FIELD_MANAGER = "myriarch-releasetrain"
RECHECK_SECONDS = 30.0
MESSAGE_LIMIT = 1000

Cars = list[tuple[str, Release | None]]


class TrainController:
    """Keys are trains."""

    def __init__(self, client: Client, caches: Caches, clock: Clock, *, seed: int = 0) -> None:
        self._client = client
        self._caches = caches
        self._clock = clock
        self.queue: WorkQueue[ObjectKey] = WorkQueue(clock, seed=seed)
        caches.trains.on_change(self._train_changed)
        caches.releases.on_change(self._release_changed)
        caches.release_written.append(self._release_changed)

    def _train_changed(self, old: ReleaseTrain | None, new: ReleaseTrain | None) -> None:
        if old is None or new is None or old.spec != new.spec:
            for key in self._caches.trains.cache:
                self.queue.add(key)

    def _release_changed(self, old: Release | None, new: Release | None) -> None:
        release = new or old
        assert release is not None
        if name := owner_name(release):
            self.queue.add(ObjectKey(release.metadata.namespace or "", name))

    async def reconcile(self, key: ObjectKey) -> float | None:
        """One turn of one train; seconds until the next that time alone asks for."""
        train = self._caches.trains.get(key.name, key.namespace)
        if train is None or train.status.phase in ENDED_TRAINS:
            return None
        now = self._clock.now()
        cars: Cars = [(name, car_release(self._caches, train, name)) for name in cars_of(self._caches, train)]
        fault = train_fault(self._caches, train) if not any(car for _, car in cars) else None
        if fault is not None and train.spec.order is Order.NONE:
            status = msgspec.structs.replace(train.status, reason=fault[0], message=fault[1][:MESSAGE_LIMIT])
            await self._write(train, status)
            return RECHECK_SECONDS
        step = next_step(train, cars, self._newer(train), now)
        if step.phase is TrainPhase.RUNNING:
            await self._pass_on_pause(train, cars)
        # A train that runs takes the place of older ones: they must see so before its releases take their cars'.
        await self._write(train, self._status(train, cars, step, now))
        if step.phase is TrainPhase.RUNNING:
            await self._make(train, cars)
        for name, order in step.orders.items():
            await self._patch(train, name, {"order": str(order)})
        return None if step.wake_at == float("inf") else max(step.wake_at - now, 1.0)

    def _newer(self, train: ReleaseTrain) -> str:
        """The train made later that moves one of this one's components, or ''. One that never began takes no place."""
        mine = {car.component for car in train.spec.cars}
        later = [
            each
            for each in self._caches.trains.cache.values()
            if _age(each) > _age(train)
            and each.status.phase is not TrainPhase.PENDING
            and mine & {car.component for car in each.spec.cars}
        ]
        found = min(later, key=_age, default=None)
        return f"{found.metadata.namespace}/{found.name}" if found is not None else ""

    async def _make(self, train: ReleaseTrain, cars: Cars) -> None:
        revisions = {car.component: car.revision for car in train.spec.cars}
        for name, made in cars:
            if made is None:
                await self._create(train, name, revisions[name])

    async def _create(self, train: ReleaseTrain, component: str, revision: str) -> None:
        namespace, spec = train.metadata.namespace or "", train.spec
        owner = OwnerReference(
            api_version=API_VERSION,
            kind=train.kind,
            name=train.name,
            uid=train.metadata.uid or "",
            controller=True,
        )
        made = Release(
            metadata=ObjectMeta(
                name=release_name(train.name, component), namespace=namespace, owner_references=[owner]
            ),
            spec=ReleaseSpec(
                component=component,
                revision=revision,
                policy=spec.policy,
                selector=spec.selector,
                seed=spec.seed,
                paused=spec.paused,
            ),
        )
        try:
            await self._client.create(RELEASES, made, field_manager=FIELD_MANAGER)
        except AlreadyExists:
            return

    async def _pass_on_pause(self, train: ReleaseTrain, cars: Cars) -> None:
        """A pause of the train is one of every car; a car that a person paused stays so while the train isn't."""
        if is_paused(train) == train.spec.paused:
            return
        for name, car in cars:
            if car is not None and car.spec.paused != train.spec.paused:
                await self._patch(train, name, {"paused": train.spec.paused})

    def _status(self, train: ReleaseTrain, cars: Cars, step: Step, now: float) -> ReleaseTrainStatus:
        front = next((name for name, car in cars if car is None or not at_end(car)), "")
        ended = step.phase in ENDED_TRAINS
        return msgspec.structs.replace(
            train.status,
            phase=step.phase,
            reason=step.reason,
            message=step.message[:MESSAGE_LIMIT],
            car="" if ended else front,
            cars=[car_row(train, name, car) for name, car in cars],
            started_at=train.status.started_at or rfc3339_micro(now),
            ended_at=rfc3339_micro(now) if ended else None,
            conditions=conditions_of(train, step.phase, step.message[:MESSAGE_LIMIT], now),
        )

    async def _patch(self, train: ReleaseTrain, component: str, spec: dict[str, Any]) -> None:
        name, namespace = release_name(train.name, component), train.metadata.namespace or ""
        try:
            await self._client.patch(
                RELEASES, Raw, name, {"spec": spec}, namespace=namespace, field_manager=FIELD_MANAGER
            )
        except NotFound:
            return

    async def _write(self, train: ReleaseTrain, status: ReleaseTrainStatus) -> None:
        if status == train.status:
            return
        before, after = msgspec.to_builtins(train.status), msgspec.to_builtins(status)
        patch = {
            "metadata": {"resourceVersion": train.metadata.resource_version},
            "status": {**merging(before, after), "phase": str(status.phase)},
        }
        namespace = train.metadata.namespace or ""
        try:
            written = await self._client.patch(
                TRAINS,
                ReleaseTrain,
                train.name,
                patch,
                namespace=namespace,
                subresource="status",
                field_manager=FIELD_MANAGER,
            )
        except NotFound:
            return
        self._caches.trains.cache[ObjectKey(namespace, train.name)] = written


def _age(train: ReleaseTrain) -> tuple[str, str, str]:
    """Creation is told in whole seconds: within one, by when they began, and by name."""
    metadata = train.metadata
    return metadata.creation_timestamp or "", train.status.started_at or "~", f"{metadata.namespace}/{train.name}"
