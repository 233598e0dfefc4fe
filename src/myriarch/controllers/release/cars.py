"""What the train of a release asks of it: to wait for the car before, stage by stage, and to stay open to the end.

A car that has come to its end (its last wave has passed every gate) stays where it is until all the others have come
to theirs: an ended release could no longer be rolled back with them. Then the last car ends first, so that no car has
ended while one behind it may still go back.
"""

from __future__ import annotations

from typing import Final

from myriarch.api.release import Phase, Release
from myriarch.api.releasetrain import ReleaseTrain, TrainPhase
from myriarch.base.hashing import stable_hash
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.engine.ordering import in_order
from myriarch.engine.phases import EVERYWHERE

OPEN: Final = "stays open until"
"""How the hold of a car begins that has come to its end."""

NAME_MAX: Final = 253
ENDED_TRAINS: Final = frozenset(
    {TrainPhase.SUCCEEDED, TrainPhase.ROLLED_BACK, TrainPhase.STOPPED, TrainPhase.SUPERSEDED}
)


def release_name(train: str, component: str) -> str:
    """The name of a car's Release."""
    name = f"{train}-{component}"
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 17]}-{stable_hash(0, name):016x}"


def owner_name(release: Release) -> str:
    """The train that made the release, or ''."""
    owners = release.metadata.owner_references
    return next((each.name for each in owners if each.kind == "ReleaseTrain"), "")


def train_of(caches: Caches, release: Release) -> ReleaseTrain | None:
    """The train that made the release, while that is there and has not ended: one that goes back still keeps its cars
    open, so that each can be told to."""
    name = owner_name(release)
    train = caches.trains.get(name, release.metadata.namespace or "") if name else None
    known = train is not None and any(
        each.uid == train.metadata.uid for each in release.metadata.owner_references if each.name == name
    )
    return train if known and train is not None and train.status.phase not in ENDED_TRAINS else None


def cars_of(caches: Caches, train: ReleaseTrain) -> list[str]:
    """Components of the train in the order in which they run."""
    every = caches.components.cache.values()
    return in_order([car.component for car in train.spec.cars], {each.name: each.spec.after for each in every})


def car_release(caches: Caches, train: ReleaseTrain, component: str) -> Release | None:
    """The Release of a car, where it has been made."""
    return caches.releases.cache.get(ObjectKey(train.metadata.namespace or "", release_name(train.name, component)))


def unpassed(caches: Caches, release: Release) -> tuple[set[str], str]:
    """Stages that the car before has not passed yet, and what is waited for; none where there is none before."""
    train = train_of(caches, release)
    policy = release.status.policy
    if train is None or policy is None:
        return set(), ""
    order = cars_of(caches, train)
    place = order.index(release.spec.component) if release.spec.component in order else 0
    if place == 0:
        return set(), ""
    before = car_release(caches, train, order[place - 1])
    passed = _passed_stages(before) if before is not None else set()
    return {stage.name for stage in policy.stages} - passed, order[place - 1]


def stays_open(caches: Caches, release: Release) -> str:
    """What a release that has come to its end waits for before it ends, '' where it needn't wait."""
    train = train_of(caches, release)
    if train is None or release.spec.component not in (order := cars_of(caches, train)):
        return ""
    place = order.index(release.spec.component)
    for index, component in enumerate(order):
        other = car_release(caches, train, component)
        ended = other is not None and other.status.phase in EVERYWHERE
        ready = ended or (index < place and other is not None and at_end(other))
        if index != place and not ready:
            return f"{OPEN} car {component} of train {train.name} has come to its end"
    return ""


def at_end(release: Release) -> bool:
    """Whether nothing is left of it but to end."""
    status = release.status
    if status.phase in EVERYWHERE:
        return True
    last = status.policy is not None and status.stage == len(status.policy.stages) - 1
    gated = status.phase is Phase.GATED and status.wave == status.waves - 1
    return last and gated and all(hold.startswith(OPEN) for hold in status.holds)


def _passed_stages(release: Release) -> set[str]:
    status = release.status
    stages = [stage.name for stage in status.policy.stages] if status.policy is not None else []
    if status.phase is Phase.ROLLING_BACK or status.phase is Phase.ROLLBACK_HELD:
        return set()
    return set(stages if at_end(release) else stages[: status.stage])
