"""What a release remembers of outages of whole clusters, as its status holds it and back."""

from __future__ import annotations

from myriarch.api.outage import Outages as Told
from myriarch.api.outage import StageOutages as ToldStage
from myriarch.base.clock import parse_rfc3339, rfc3339_micro
from myriarch.engine.outages import Outages, StageOutages


def outages_of(told: Told) -> Outages:
    """What the engine remembers."""
    stages = tuple(_stage(stage) for stage in told.stages)
    return Outages(parse_rfc3339(told.began), parse_rfc3339(told.at), stages, tuple(told.counted))


def told_outages(known: Outages, log_value: float) -> Told:
    """As the status holds it."""
    return Told(
        log_value=log_value,
        began=rfc3339_micro(known.began),
        at=rfc3339_micro(known.at),
        stages=[_told(stage) for stage in known.stages],
        counted=list(known.counted),
    )


def _stage(told: ToldStage) -> StageOutages:
    return StageOutages(
        touched=told.touched,
        treated_seconds=told.touched_seconds,
        treated=told.treated,
        control=told.control,
        treated_at=parse_rfc3339(told.treated_at) if told.treated_at else 0.0,
        control_at=parse_rfc3339(told.control_at) if told.control_at else 0.0,
    )


def _told(stage: StageOutages) -> ToldStage:
    return ToldStage(
        touched=stage.touched,
        touched_seconds=stage.treated_seconds,
        treated=stage.treated,
        control=stage.control,
        treated_at=rfc3339_micro(stage.treated_at) if stage.treated_at else None,
        control_at=rfc3339_micro(stage.control_at) if stage.control_at else None,
    )
