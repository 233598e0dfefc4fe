"""How a release is judged against a concurrent control: the updated nodes against those beside them.

Where a policy has an ``analysis``, few failures are no harm by themselves any more: they are weighed against what the
nodes that are not updated yet show in the same clusters at the same time. What is weighed how is in
``engine/evidence.py``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from myriarch.api.meta import Duration, Struct
from myriarch.api.metrics import Metrics, SoakUntilSafe


class Undecided(StrEnum):
    """What a release does when the longest soak is over and the evidence is neither harm nor quiet."""

    PASS = "Pass"  # noqa: S105 (no password)
    PAUSE = "Pause"
    FAIL = "Fail"


class Analysis(Struct, kw_only=True):
    """The updated nodes against those beside them that are not updated yet."""

    alpha: Annotated[
        float,
        Meta(gt=0, le=0.5, description="Chance borne that a harmless release is called harmful, over all of it."),
    ] = 0.01
    tolerated_ratio: Annotated[
        float,
        Meta(ge=1, le=1000, description="How many times as often as the others updated nodes may fail."),
    ] = 2.0
    max_soak: Annotated[
        Duration,
        Meta(description="How long a wave with a suspicion may soak at most, beyond its own soak."),
    ] = "24h"
    undecided: Annotated[
        Undecided, Meta(description="What is done when the suspicion is still there then: Pass, Pause or Fail.")
    ] = Undecided.PAUSE
    metrics: Metrics = []
    soak_until_safe: SoakUntilSafe = []
