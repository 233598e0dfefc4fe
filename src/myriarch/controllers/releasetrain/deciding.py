"""What a train does next, from where its cars stand. A function: it reads no clock and writes nothing.

=====================================  ==========================================================================
what is so                             what follows
=====================================  ==========================================================================
a person ordered RollBack              every car goes back, the last first
a person ordered Abort                 every car ends where it is
a newer train has one of its cars      its other cars end where they are, but for those that are watched: they are
                                       everywhere; the newer train's releases take over
a car goes back, or ended early        as ``onFailure`` says: all go back, the last first, or all end where they are
all cars have succeeded                the train has succeeded
=====================================  ==========================================================================

A car is told to go back once all behind it have done so, or have tried for half an hour, or wait for a person: going
back must never wait for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from myriarch.api.release import Order, Phase, Release
from myriarch.api.releasetrain import OnFailure, ReleaseTrain, TrainPhase
from myriarch.base.clock import parse_rfc3339
from myriarch.engine.events import HARM
from myriarch.engine.phases import BACKWARD, ENDED

BACK_SECONDS: Final = 1800.0
"""So long a car waits for one behind it to come back."""

_FAILED: Final = BACKWARD | (ENDED - {Phase.SUCCEEDED})


@dataclass(frozen=True, slots=True)
class Step:
    """The train's phase with its reason and a sentence; orders by component; ``wake_at`` in Unix seconds."""

    phase: TrainPhase
    reason: str
    message: str
    orders: dict[str, Order]
    wake_at: float = float("inf")


def next_step(train: ReleaseTrain, cars: Sequence[tuple[str, Release | None]], newer: str, now: float) -> Step:
    """``cars`` in the order in which they run, each with its Release where it was made; ``newer`` is the train that
    supersedes this one, or ''."""
    going_back = train.status.phase is TrainPhase.ROLLING_BACK
    if train.spec.order is Order.ROLL_BACK or going_back:
        why = train.status.message if going_back else "rolled back by order"
        return _back(cars, train.status.reason if going_back else "RollbackOrdered", why, now)
    if newer:
        going = [(name, car) for name, car in cars if car is None or car.status.phase is not Phase.WATCHING]
        return _end(going, TrainPhase.SUPERSEDED, "Superseded", f"superseded by train {newer}")
    if train.spec.order is Order.ABORT:
        return _end(cars, TrainPhase.STOPPED, "StopOrdered", "stopped by order; units stay where they are")
    if train.status.phase is TrainPhase.STOPPING:
        return _end(cars, TrainPhase.STOPPED, train.status.reason, train.status.message)
    failed = [(name, car) for name, car in cars if car is not None and car.status.phase in _FAILED and not _again(car)]
    if failed:
        name, car = failed[0]
        why = f"car {name}: {car.status.phase}: {car.status.message}"
        if train.spec.on_failure is OnFailure.ROLL_BACK_ALL:
            return _back(cars, "CarFailed", why, now)
        return _end(cars, TrainPhase.STOPPED, "CarFailed", why)
    if all(car is not None and car.status.phase is Phase.SUCCEEDED for _, car in cars):
        return Step(TrainPhase.SUCCEEDED, "Succeeded", "every car has come to its end", {})
    return Step(TrainPhase.RUNNING, "", "", {})


def _again(car: Release) -> bool:
    """Whether the car goes back only to be tried again: it has not failed yet, and nothing behind it has begun."""
    status = car.status
    if status.phase is not Phase.ROLLING_BACK or status.policy is None or car.spec.order is not Order.NONE:
        return False
    left = len(status.tried) + 1 < status.policy.stages[0].attempts
    return left and status.stage == 0 and status.reason == HARM and not status.wave_only


def _back(cars: Sequence[tuple[str, Release | None]], reason: str, why: str, now: float) -> Step:
    """All go back: who is told now, and whether all have."""
    orders: dict[str, Order] = {}
    wake_at, waits = float("inf"), False
    for name, car in reversed(cars):
        if car is None or car.status.phase in ENDED:
            continue
        if not waits and car.spec.order is not Order.ROLL_BACK and car.status.phase is not Phase.ROLLING_BACK:
            orders[name] = Order.ROLL_BACK
        since = car.status.phase_since if car.status.phase is Phase.ROLLING_BACK else None
        until = parse_rfc3339(since) + BACK_SECONDS if since is not None else float("inf")
        if car.status.phase is not Phase.ROLLBACK_HELD and now < until:
            waits, wake_at = True, min(wake_at, until)
    over = all(car is None or car.status.phase in ENDED for _, car in cars)
    return Step(TrainPhase.ROLLED_BACK if over else TrainPhase.ROLLING_BACK, reason, why, orders, wake_at)


def _end(cars: Sequence[tuple[str, Release | None]], phase: TrainPhase, reason: str, why: str) -> Step:
    """All end where they are, but for those that are on their way back."""
    left = {name: car for name, car in cars if car is not None and car.status.phase not in ENDED}
    orders = {
        name: Order.ABORT
        for name, car in left.items()
        if car.spec.order is Order.NONE and car.status.phase not in BACKWARD
    }
    return Step(TrainPhase.STOPPING if left else phase, reason, why, orders)
