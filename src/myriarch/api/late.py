"""What a watched release remembers of failures before and after it was everywhere (``engine/late.py``)."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from myriarch.api.meta import Struct, Timestamp

LATE_ROWS_MAX: Final = 96
LATE_PARTS: Final = 8
"""Of the watch."""


class LateRow(Struct, kw_only=True):
    """First failures among the nodes of one attribute value."""

    stratum: Annotated[str, Meta(description="'attribute=value', or '*': all nodes.", min_length=1, max_length=320)]
    seen: Annotated[
        list[float],
        Meta(
            description="Failures and node-hours of nodes not updated; node-hours since it is everywhere, and failures "
            "in each part of the watch.",
            min_length=3,
            max_length=3 + LATE_PARTS,
        ),
    ]


class LateEvidence(Struct, kw_only=True):
    """Failures since the release is everywhere, against those of nodes not updated before."""

    log_value: Annotated[float, Meta(description="Natural logarithm of what they show.")] = 0
    at: Annotated[Timestamp, Meta(description="Until when time has been counted.")]
    hour: Annotated[Timestamp, Meta(description="The hour in which the last failure was counted.")]
    in_hour: Annotated[int, Meta(description="Failures counted in it.", ge=0)] = 0
    most_down: Annotated[
        float, Meta(description="Largest share of nodes not updated that were down at once.", ge=0, le=1)
    ] = 0
    passed: Annotated[float, Meta(description="Parts of the watch that have passed, with a fraction.", ge=0)] = 0
    rows: Annotated[list[LateRow], Meta(description="By attribute value.", max_length=LATE_ROWS_MAX + 1)] = []
