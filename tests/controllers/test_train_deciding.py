"""What a train orders its cars to do, from where they stand."""

from __future__ import annotations

from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import ReleasePolicySpec, Stage
from myriarch.api.release import EarlierTry, Order, Phase, Release, ReleaseSpec, ReleaseStatus
from myriarch.api.releasetrain import Car, OnFailure, ReleaseTrain, ReleaseTrainSpec, ReleaseTrainStatus, TrainPhase
from myriarch.base.clock import parse_rfc3339, rfc3339
from myriarch.controllers.releasetrain.deciding import BACK_SECONDS, Step, next_step

NOW = parse_rfc3339("2026-01-05T10:00:00Z")


def car(name: str, phase: Phase, order: Order = Order.NONE, since: float = NOW) -> tuple[str, Release]:
    spec = ReleaseSpec(component=name, revision=f"{name}-2", policy="std", order=order)
    status = ReleaseStatus(phase=phase, phase_since=rfc3339(since), attempt=1, message="told")
    return name, Release(metadata=ObjectMeta(name=f"t-{name}", namespace="default"), spec=spec, status=status)


def step(*cars: tuple[str, Release], newer: str = "", phase: TrainPhase = TrainPhase.RUNNING, **spec: object) -> Step:
    wanted = ReleaseTrainSpec(
        cars=[Car(component=name, revision=f"{name}-2") for name, _ in cars],
        policy="std",
        on_failure=spec.get("on_failure", OnFailure.ROLL_BACK_ALL),  # type: ignore[arg-type]
        order=spec.get("order", Order.NONE),  # type: ignore[arg-type]
    )
    status = ReleaseTrainStatus(phase=phase, reason="CarFailed", message="car c: RolledBack: told")
    train = ReleaseTrain(metadata=ObjectMeta(name="t", namespace="default"), spec=wanted, status=status)
    return next_step(train, cars, newer, NOW)


def test_while_all_go_forward_nothing_is_ordered() -> None:
    made = step(car("a", Phase.GATED), car("b", Phase.ADVANCING))
    assert (made.phase, made.orders) == (TrainPhase.RUNNING, {})
    assert step(car("a", Phase.SUCCEEDED), car("b", Phase.SUCCEEDED)).phase is TrainPhase.SUCCEEDED


def test_when_one_goes_back_the_last_is_told_first() -> None:
    made = step(car("a", Phase.GATED), car("b", Phase.ROLLING_BACK), car("c", Phase.ADVANCING))
    assert (made.phase, made.orders) == (TrainPhase.ROLLING_BACK, {"c": Order.ROLL_BACK})
    assert made.message == "car b: RollingBack: told"
    told = car("c", Phase.ADVANCING, Order.ROLL_BACK)
    assert step(car("a", Phase.GATED), car("b", Phase.ROLLED_BACK), told).orders == {}
    back = car("c", Phase.ROLLED_BACK)
    assert step(car("a", Phase.GATED), car("b", Phase.ROLLED_BACK), back).orders == {"a": Order.ROLL_BACK}


def test_a_car_that_is_tried_again_has_not_failed() -> None:
    name, release = car("a", Phase.ROLLING_BACK)
    stages = [Stage(name="sim", environment="sim", attempts=2), Stage(name="prod", environment="prod")]
    release.status.policy, release.status.reason = ReleasePolicySpec(stages=stages), "Harm"
    assert step((name, release), car("b", Phase.PENDING)).phase is TrainPhase.RUNNING
    release.status.tried = [EarlierTry(attempt=1, ended_at=rfc3339(NOW))]
    assert step((name, release), car("b", Phase.PENDING)).phase is TrainPhase.ROLLING_BACK


def test_nobody_waits_for_ever_with_going_back() -> None:
    slow = car("b", Phase.ROLLING_BACK, since=NOW - BACK_SECONDS)
    assert step(car("a", Phase.GATED), slow).orders == {"a": Order.ROLL_BACK}
    fresh = step(car("a", Phase.GATED), car("b", Phase.ROLLING_BACK, since=NOW - 60))
    assert (fresh.orders, fresh.wake_at) == ({}, NOW - 60 + BACK_SECONDS)
    held = car("b", Phase.ROLLBACK_HELD, Order.ROLL_BACK)
    assert step(car("a", Phase.GATED), held).orders == {"a": Order.ROLL_BACK}


def test_a_rollback_once_begun_goes_to_its_end() -> None:
    made = step(car("a", Phase.GATED), car("b", Phase.ROLLED_BACK), phase=TrainPhase.ROLLING_BACK, newer="default/u")
    assert (made.phase, made.orders) == (TrainPhase.ROLLING_BACK, {"a": Order.ROLL_BACK})
    over = step(car("a", Phase.ROLLED_BACK), car("b", Phase.ROLLED_BACK), phase=TrainPhase.ROLLING_BACK)
    assert (over.phase, over.reason) == (TrainPhase.ROLLED_BACK, "CarFailed")


def test_who_stops_ends_all_but_those_on_their_way_back() -> None:
    made = step(car("a", Phase.GATED), car("b", Phase.ROLLING_BACK), on_failure=OnFailure.STOP)
    assert (made.phase, made.orders) == (TrainPhase.STOPPING, {"a": Order.ABORT})
    over = step(car("a", Phase.ABORTED), car("b", Phase.ROLLED_BACK), phase=TrainPhase.STOPPING)
    assert over.phase is TrainPhase.STOPPED
    assert step(car("a", Phase.ADVANCING), order=Order.ABORT).orders == {"a": Order.ABORT}


def test_a_newer_train_takes_its_place() -> None:
    assert step(car("a", Phase.ADVANCING), newer="default/u").orders == {"a": Order.ABORT}
    assert step(car("a", Phase.SUPERSEDED), newer="default/u").phase is TrainPhase.SUPERSEDED
