"""How a release may be quicker than its policy says: because it is urgent, or because it mends an earlier one.

A release asks (``Release.spec.urgent``, ``Release.spec.fixes``); the policy says what it then gets (``urgent``,
``rerelease``), or, without these, that it gets nothing. What becomes of the waves is in ``engine/pace.py``: times and
steps get shorter; what the first wave of a stage covers, the gates and the way back stay as they are.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from myriarch.api.meta import CountOrPercent, Duration, Struct


class Urgent(Struct, kw_only=True):
    """Asks for the fast lane."""

    reason: Annotated[
        str,
        Meta(min_length=1, max_length=1024, pattern=r"\S", description="Why it can't wait: kept with the release."),
    ]


class UrgentRule(Struct, kw_only=True):
    """What an urgent release gets."""

    soak_factor: Annotated[float, Meta(gt=0, le=1, description="Soaks of waves are shortened to this share.")] = 0.25
    minimum_soak: Annotated[Duration, Meta(description="No soak gets shorter than this by it.")] = "5m"
    waves_together: Annotated[
        int, Meta(ge=1, le=64, description="So many waves after the first of a stage go out as one.")
    ] = 2
    clusters: (
        Annotated[CountOrPercent, Meta(description="Clusters of a stage advancing at once; as usual where absent.")]
        | None
    ) = None


class RereleaseRule(Struct, kw_only=True):
    """What a release gets that fixes an earlier one."""

    proven_waves: Annotated[
        bool, Meta(description="Waves that the earlier release had passed go out as one, after the first of the stage.")
    ] = True
    within: Annotated[Duration, Meta(description="How long after its end an earlier release counts.")] = "7d"


class ProvenWaves(Struct, kw_only=True):
    """How far an earlier release had come in a stage."""

    stage: Annotated[str, Meta(min_length=1, max_length=63, description="Stage of the policy.")]
    waves: Annotated[int, Meta(ge=1, description="Waves whose gate it had passed; a finished stage counts them all.")]
