"""Holding only the strata that a release harms, while the rest goes on: the words of policy, release and grant.

A policy asks for it with ``failure.action: HoldStrata``. Which strata they are, and whether they may be held, is in
``engine/strata_hold.py``; how clusters are told in turn in ``engine/held_units.py``; what an agent does in
``agent/held_nodes.py``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta

from myriarch.api.meta import CountOrPercent, Duration, Struct, Timestamp

HELD_MAX: Final = 16
"""Strata that one release may hold."""

HOLD_PROTOCOL: Final = 3
"""Agents since this understand ``Grant.hold``."""


class Otherwise(StrEnum):
    """What is done where no stratum can be held."""

    ROLL_BACK = "RollBack"
    ROLL_BACK_WAVE = "RollBackWave"
    PAUSE = "Pause"
    ABORT = "Abort"


class HoldRule(Struct, kw_only=True):
    """When strata may be held, and what is done else."""

    at_most: Annotated[
        CountOrPercent, Meta(description="Nodes of the release that may be held: with more, little would go on.")
    ] = "25%"
    weigh: Annotated[
        Duration, Meta(description="Nothing new begins for so long, until blame is sure what is to be held.")
    ] = "30m"
    otherwise: Annotated[Otherwise, Meta(description="Where no stratum, or too much, is to blame.")] = (
        Otherwise.ROLL_BACK
    )


class HeldValue(Struct, kw_only=True):
    """Nodes of a cluster that get no forward step."""

    attribute: Annotated[str, Meta(description="Attribute of nodes, or pair 'a+b'; empty: all nodes.", max_length=127)]
    value: Annotated[str, Meta(description="Value of the attribute.", max_length=507)]


class HeldStratum(Struct, kw_only=True):
    """A stratum that a release holds."""

    attribute: Annotated[str, Meta(description="Attribute, or a pair 'a+b'.", max_length=127)]
    value: Annotated[str, Meta(description="Value of the attribute.", max_length=507)]
    since: Annotated[Timestamp, Meta(description="When it was held.")] = ""
    nodes: Annotated[int, Meta(description="Nodes of the release that have it.", ge=0)] = 0
