"""What agents tell of nodes that are sick, whoever's doing it is, and of when releases came to nodes.

A release's own failures say that it may be harmful. To say who is, its hub must also know which nodes fail that the
release has not touched, where they stand, and when each release in flight came to each: that is told here, in a few
rows a cluster, and only while a release is in flight there.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from myriarch.api.meta import Struct, Timestamp

SICK_GROUPS_MAX = 64
ARRIVALS_MAX = 8


class ArrivalStep(Struct, kw_only=True):
    """So many further nodes had been moved."""

    at: Annotated[Timestamp, Meta(description="When.")]
    nodes: Annotated[int, Meta(description="How many more.", ge=1)]


class SickGroup(Struct, kw_only=True):
    """Sick nodes of one zone that fell sick in one minute, and had been moved by the same releases at the same time."""

    at: Annotated[Timestamp, Meta(description="When they fell sick.")]
    zone: Annotated[str, Meta(description="Where they stand.", max_length=253)] = ""
    nodes: Annotated[int, Meta(description="How many.", ge=1)]
    begun: Annotated[
        dict[str, Timestamp], Meta(description="By component: when the release in flight had come to them.")
    ] = {}
