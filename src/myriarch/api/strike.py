"""Strikes: first failures in a cluster after quiet, as agents tell them, and what a release keeps of all of them.

What they prove is in ``engine/strikes.py``; how an agent finds them, in ``agent/strikes.py``.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from myriarch.api.meta import Struct, Timestamp

STRIKES_PROTOCOL = 3
"""Agents since this tell strikes."""

STRIKES_MAX = 8
"""A cluster tells its last ones: half an hour apart at least, they reach back for hours."""
STRATA_MAX = 64
COUNTED_MAX = 256
"""Once so many clusters have been struck on the updated side, no more are: a release's status stays small."""
STRIKE_ROWS_MAX = 128


class Strike(Struct, kw_only=True):
    """The first failure in a cluster after half an hour without one."""

    at: Annotated[Timestamp, Meta(description="When it had lasted long enough to count as a failure.")]
    components: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=253)]],
        Meta(description="Components whose release in flight had moved every node of it.", max_length=64),
    ] = []
    strata: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=320)]],
        Meta(description="What its nodes are, as 'attribute=value'.", max_length=STRATA_MAX),
    ] = []


class StrikeRow(Struct, kw_only=True):
    """What strikes show of the nodes of one attribute value."""

    stratum: Annotated[str, Meta(description="'attribute=value', or '*': all nodes.", min_length=1, max_length=320)]
    saved: Annotated[
        list[float], Meta(description="Its wealth: ln of each account, and the steps.", max_length=32)
    ] = []


class StrikeEvidence(Struct, kw_only=True):
    """Updated nodes compared with all others of the fleet."""

    log_value: Annotated[float, Meta(description="Natural logarithm of what they show.")] = 0
    until: Annotated[Timestamp, Meta(description="When the last one that was counted happened.")]
    updated: Annotated[int, Meta(description="Strikes of updated nodes.", ge=0)] = 0
    others: Annotated[int, Meta(description="Strikes of the others.", ge=0)] = 0
    counted: Annotated[
        list[Annotated[int, Meta(ge=0)]],
        Meta(description="Clusters struck on the updated side, by a hash of their names.", max_length=COUNTED_MAX),
    ] = []
    rows: Annotated[list[StrikeRow], Meta(description="By attribute value.", max_length=STRIKE_ROWS_MAX + 1)] = []
    strata: Annotated[
        int, Meta(description="How many attribute values share the weight.", ge=0, le=STRIKE_ROWS_MAX)
    ] = 0
