"""How long a release is still judged once it is everywhere: some harm shows days after the last wave.

Without a ``watch`` a release has succeeded with its last gate. With one it is watched first (``Phase.WATCHING``): users
have it, nothing waits for it, and harm still takes it back. What is looked at is in ``engine/late.py``.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from myriarch.api.meta import Duration, Struct


class Watch(Struct, kw_only=True):
    """After the last gate."""

    for_: Annotated[Duration, Meta(description="How long; a newer release of the component ends it.")] = field(
        name="for"
    )
