"""The base of every part of a scenario, and the few types that parts share.

Parts are read while a simulation is built and never afterwards: ``poison.py`` makes a scenario unreadable,
and a test shows that nothing changes. They can be changed for that reason only.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from myriarch.base.durations import parse_duration

Duration = Annotated[
    str,
    Meta(
        pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$",
        max_length=32,
        description="Length of time, such as 30s, 10m, 1h30m or 2d.",
    ),
]
Share = Annotated[float, Meta(ge=0.0, le=1.0, description="Share from 0 to 1.")]
Values = Annotated[
    dict[str, str | list[str]],
    Meta(description="Attribute to the value or values that match; all attributes must match."),
]


class Part(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A part of a scenario: camelCase in files, strict about unknown fields."""


def seconds(text: str) -> float:
    """Seconds of a duration that the schema has accepted."""
    return parse_duration(text)


def listed(values: dict[str, str | list[str]]) -> dict[str, tuple[str, ...]]:
    """``where`` with every value as a tuple of strings."""
    return {key: (value,) if isinstance(value, str) else tuple(value) for key, value in values.items()}
