"""Cause: who is to blame for the failures that a release met, as its status tells it. Bounded: a line a suspect."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from myriarch.api.meta import Struct

SUSPECTS_MAX = 16


class Guilty(StrEnum):
    """Whose doing the failures are."""

    SELF = "Self"
    OTHER = "Other"
    AMBIENT = "Ambient"
    UNDECIDED = "Undecided"
    NOBODY = "Nobody"


class Suspect(Struct, kw_only=True):
    """One line of the table: a release in flight, or a place that failed by itself."""

    name: Annotated[str, Meta(description="namespace/name of a release, or a place: 'zone eu-1a'.", max_length=320)]
    ruling: Annotated[str, Meta(description="Blamed, Cleared, Undecided, or Ambient for a place.", max_length=32)]
    score: Annotated[float, Meta(description="ln of how much better than chance it explains which nodes failed.")] = 0.0
    incidents: Annotated[int, Meta(description="Incidents that it explains.", ge=0)] = 0
    nodes: Annotated[int, Meta(description="Failed nodes in them.", ge=0)] = 0
    why: Annotated[str, Meta(description="What speaks for or against it.", max_length=400)] = ""


class Cause(Struct, kw_only=True):
    """The verdict when harm was last judged."""

    guilty: Annotated[Guilty, Meta(description="Self, Other, Ambient, Undecided or Nobody.")]
    name: Annotated[str, Meta(description="Who it is: a release or a place; empty for Nobody.", max_length=320)] = ""
    odds: Annotated[float, Meta(description="ln of how much better than chance that explains the failures.")] = 0.0
    unexplained: Annotated[int, Meta(description="Failed nodes of this release that nobody else explains.", ge=0)] = 0
    message: Annotated[str, Meta(description="The verdict in words, with its numbers.", max_length=2048)] = ""
    suspects: Annotated[list[Suspect], Meta(description="The likeliest first.", max_length=SUSPECTS_MAX)] = []
