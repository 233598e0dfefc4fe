"""What the rule for held strata must obey beyond its schema."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.policy import FailureAction, FailureRule
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.engine.amounts import parse_amount


def hold_faults(failure: FailureRule, root: str) -> Iterator[UserFault]:
    """Every fault of ``failure.hold``."""
    hold = failure.hold
    if hold is None:
        return
    if failure.action is not FailureAction.HOLD_STRATA:
        cure = "Write 'action: HoldStrata', or leave hold out."
        yield UserFault(f"{root}.hold", str(failure.action), "stands beside another action, which never holds", cure)
    try:
        parse_duration(hold.weigh)
    except ValueError:
        cure = "Write one such as 30s, 10m, 2h or 1d."
        yield UserFault(f"{root}.hold.weigh", hold.weigh, "is not a length of time", cure)
    field = f"{root}.hold.atMost"
    try:
        parse_amount(hold.at_most, field)
    except UserFault as fault:
        yield fault
    if hold.at_most in (0, "0%"):
        yield UserFault(field, hold.at_most, "is zero", "Give at least 1, or choose another action.")
