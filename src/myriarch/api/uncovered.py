"""Attribute values that no canary met: where a release went on without evidence."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from myriarch.api.meta import Struct

UNCOVERED_MAX: Final = 32
"""Values named in a release's status, whatever the fleet's size."""


class UncoveredValue(Struct, kw_only=True):
    """A value of which the covering wave of a stage met no healthy node."""

    stage: Annotated[str, Meta(description="Stage.", max_length=63)]
    attribute: Annotated[str, Meta(description="Attribute, or a pair of them: 'a+b'.", max_length=127)]
    value: Annotated[str, Meta(description="Value of the attribute; empty: nobody tells.", max_length=507)]
    why: Annotated[str, Meta(description="Which clusters owed it, and why they didn't meet it.", max_length=320)]
