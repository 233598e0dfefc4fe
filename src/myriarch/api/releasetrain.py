"""ReleaseTrain: several components as one intention.

A train makes a Release for every car and couples them: a car's stage begins when the car before has passed that stage,
none ends before all have come to their end, and when one goes back the others go back too, the last first. The cars
run in the order that ``Component.spec.after`` asks, else as they are written.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, field

from myriarch.api.meta import Conditions, LabelSelector, Resource, Struct, Timestamp, list_map
from myriarch.api.release import Order, Phase
from myriarch.api.rule import Rule

CARS_MAX = 16


class OnFailure(StrEnum):
    """What becomes of the other cars when one goes back, or is ended by others."""

    ROLL_BACK_ALL = "RollBackAll"
    STOP = "Stop"


class TrainPhase(StrEnum):
    """Where a train stands."""

    PENDING = "Pending"
    RUNNING = "Running"
    ROLLING_BACK = "RollingBack"
    STOPPING = "Stopping"
    SUCCEEDED = "Succeeded"
    ROLLED_BACK = "RolledBack"
    STOPPED = "Stopped"
    SUPERSEDED = "Superseded"


class Car(Struct, kw_only=True):
    """One component of the train."""

    component: Annotated[str, Meta(description="Component to move.", min_length=1, max_length=253)]
    revision: Annotated[str, Meta(description="Revision to move it to.", min_length=1, max_length=253)]


class ReleaseTrainSpec(Struct, kw_only=True):
    """What is wanted."""

    cars: Annotated[
        Annotated[list[Car], list_map("component", max_items=CARS_MAX)], Meta(description="Components to move.")
    ]
    policy: Annotated[str, Meta(min_length=1, max_length=253, description="ReleasePolicy of every car.")]
    selector: Annotated[LabelSelector, Meta(description="Only clusters with these labels.")] | None = None
    seed: Annotated[int, Meta(ge=0, description="Draws which units go first, the same for every car.")] = 0
    on_failure: Annotated[OnFailure, Meta(description="When a car goes back: the others too, or they stop.")] = (
        OnFailure.ROLL_BACK_ALL
    )
    paused: Annotated[bool, Meta(description="Hold forward steps of every car.")] = False
    order: Annotated[Order, Meta(description="What a person ordered: Abort (stop) or RollBack.")] = Order.NONE

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Rule("size(self.cars) > 0", "a train needs at least one car", ".cars"),
        Rule(
            "self.cars == oldSelf.cars && self.policy == oldSelf.policy",
            "cars and policy can't change: start another train, it supersedes this one",
            "",
        ),
        Rule(
            "!has(oldSelf.order) || oldSelf.order == 'None' || has(self.order)"
            " && (self.order == oldSelf.order || self.order == 'RollBack')",
            "an order can't be taken back: start another train",
            ".order",
        ),
    )


class CarStatus(Struct, kw_only=True):
    """Where one car stands."""

    component: Annotated[str, Meta(description="Component of the car.", min_length=1, max_length=253)]
    revision: Annotated[str, Meta(description="Revision of the car.", max_length=253)] = ""
    release: Annotated[str, Meta(description="Its Release, in the train's namespace.", max_length=253)] = ""
    phase: Annotated[Phase, Meta(description="Phase of its Release.")] = Phase.PENDING
    place: Annotated[str, Meta(description="Stage and wave of its Release.", max_length=320)] = ""
    message: Annotated[str, Meta(description="Why it stands there.", max_length=512)] = ""


class ReleaseTrainStatus(Struct, kw_only=True):
    """Where the train stands."""

    phase: Annotated[TrainPhase, Meta(description="Where the train stands.")] = TrainPhase.PENDING
    reason: Annotated[str, Meta(description="Why it stands there, in one word.", max_length=63)] = ""
    message: Annotated[str, Meta(description="Why it stands there, in a sentence.", max_length=1024)] = ""
    car: Annotated[str, Meta(description="The foremost car that has not come to its end.", max_length=253)] = ""
    cars: Annotated[
        Annotated[list[CarStatus], list_map("component", max_items=CARS_MAX)],
        Meta(description="The cars in the order in which they run."),
    ] = []
    started_at: Annotated[Timestamp | None, Meta(description="When it started.")] = None
    ended_at: Annotated[Timestamp | None, Meta(description="When it ended.")] = None
    conditions: Annotated[Conditions, Meta(description="Conditions of the train.")] = []


class ReleaseTrain(Resource, kw_only=True):
    """Several components as one intention: they move together, and come back together."""

    kind: str = "ReleaseTrain"
    spec: ReleaseTrainSpec
    status: ReleaseTrainStatus = field(default_factory=ReleaseTrainStatus)
