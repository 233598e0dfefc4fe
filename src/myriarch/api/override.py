"""Override: what a person pins or bypasses, with owner, reason and expiry."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, field

from myriarch.api.meta import Conditions, Resource, Struct, Timestamp
from myriarch.api.rule import Rule


class Bypass(StrEnum):
    """What an override lets a release do.

    ``SimulatedStage`` is recorded and not acted on yet: no policy is refused for leaving the rehearsal out.
    """

    FREEZE = "Freeze"
    SIMULATED_STAGE = "SimulatedStage"


class OverrideSpec(Struct, kw_only=True):
    """What is bypassed, for whom, why and until when."""

    bypass: Annotated[list[Bypass], Meta(description="What the release may pass over.", min_length=1, max_length=8)]
    release: Annotated[str, Meta(min_length=1, max_length=320, description="namespace/name of the release.")]
    owner: Annotated[str, Meta(description="Who answers for it.", min_length=1, max_length=253)]
    reason: Annotated[str, Meta(description="Why it is needed.", min_length=1, max_length=1024)]
    expires: Annotated[Timestamp, Meta(description="Required: when the override ends.")]

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Rule("self.release == oldSelf.release", "release can't change: create another override", ".release"),
    )


class OverrideStatus(Struct, kw_only=True):
    """Whether it is in force."""

    in_force: Annotated[bool, Meta(description="Whether it is in force.")] = False
    conditions: Annotated[Conditions, Meta(description="Conditions of the override.")] = []


class Override(Resource, kw_only=True):
    """What a person bypasses, with owner, reason and expiry."""

    kind: str = "Override"
    spec: OverrideSpec
    status: OverrideStatus = field(default_factory=OverrideStatus)
