"""Outages of whole clusters: what an agent tells of its own, what a release keeps of all (``engine/outages.py``)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from myriarch.api.meta import Struct, Timestamp

COUNTED_MAX = 256
"""Once so many clusters have counted, no more are: a release's status stays small."""


class Outage(Struct, kw_only=True):
    """The last time that half of the nodes were down, those apart that were being moved."""

    since: Annotated[Timestamp, Meta(description="When it began.")]
    until: Annotated[Timestamp, Meta(description="When it ended; none while it lasts.")] | None = None


class StageOutages(Struct, kw_only=True):
    """Outages in one stage. A cluster is touched once it was told to go forward."""

    touched: Annotated[int, Meta(description="Clusters touched, at the last look.", ge=0)] = 0
    touched_seconds: Annotated[float, Meta(description="Cluster-seconds since they were touched.", ge=0)] = 0
    treated: Annotated[int, Meta(description="Outages of touched clusters, those of one cause once.", ge=0)] = 0
    control: Annotated[int, Meta(description="Outages of others, and of the two weeks before.", ge=0)] = 0
    treated_at: Annotated[Timestamp, Meta(description="When the last of touched ones began.")] | None = None
    control_at: Annotated[Timestamp, Meta(description="When the last of others began.")] | None = None


class Outages(Struct, kw_only=True):
    """Clusters compared with clusters, over all stages."""

    log_value: Annotated[float, Meta(description="Natural logarithm of what they show.")] = 0
    began: Annotated[Timestamp, Meta(description="First look.")]
    at: Annotated[Timestamp, Meta(description="Last look that noted something.")]
    stages: Annotated[list[StageOutages], Meta(description="In the order of the policy's stages.", max_length=64)] = []
    counted: Annotated[
        list[Annotated[int, Meta(ge=0)]],
        Meta(description="Clusters that have counted, by a hash of their names.", max_length=COUNTED_MAX),
    ] = []
