"""What a train's status says: a row a car, and its conditions."""

from __future__ import annotations

from typing import Final

from myriarch.api.meta import Condition
from myriarch.api.release import Release
from myriarch.api.releasetrain import CarStatus, ReleaseTrain, TrainPhase
from myriarch.base.clock import rfc3339
from myriarch.base.conditions import ConditionType
from myriarch.controllers.release.cars import ENDED_TRAINS, release_name

SUCCEEDED: Final = ConditionType("Succeeded", "Every car of the train has come to its end.")
PAUSED: Final = ConditionType("Paused", "A person holds the forward steps of every car.")
CAR_MESSAGE_LIMIT: Final = 500


def car_row(train: ReleaseTrain, component: str, release: Release | None) -> CarStatus:
    """Where one car stands."""
    revision = next(car.revision for car in train.spec.cars if car.component == component)
    row = CarStatus(component=component, revision=revision, release=release_name(train.name, component))
    if release is not None:
        status = release.status
        row.phase, row.place = status.phase, status.place if status.attempt else ""
        row.message = (status.message or "; ".join(status.holds))[:CAR_MESSAGE_LIMIT]
    return row


def is_paused(train: ReleaseTrain) -> bool:
    """Whether the train's pause has been passed on to its cars."""
    return any(each.type == PAUSED.type and each.status == "True" for each in train.status.conditions)


def conditions_of(train: ReleaseTrain, phase: TrainPhase, message: str, now: float) -> list[Condition]:
    """Succeeded and Paused as they are at ``now`` (Unix seconds)."""
    done = {TrainPhase.SUCCEEDED: "True"}.get(phase, "False" if phase in ENDED_TRAINS else "Unknown")
    return [
        _condition(train, SUCCEEDED.type, done, str(phase), message, now),
        _condition(
            train, PAUSED.type, str(train.spec.paused), "Ordered" if train.spec.paused else "NotOrdered", "", now
        ),
    ]


def _condition(train: ReleaseTrain, type_: str, status: str, reason: str, message: str, now: float) -> Condition:
    known = next((each for each in train.status.conditions if each.type == type_), None)
    since = known.last_transition_time if known is not None and known.status == status else rfc3339(now)
    return Condition(type=type_, status=status, reason=reason, message=message, last_transition_time=since)
