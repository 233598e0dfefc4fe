"""What a release does when it is harmed by something else: another release in flight, or an outage.

Without an ``acquittal`` whatever harm is found is the release's own, and the failure rule decides. With it, the cause
is sought first (``engine/acquittal.py``): a release that is not to blame holds instead of going back.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from myriarch.api.meta import Duration, Struct


class Acquittal(Struct, kw_only=True):
    """Hold, where another release or an outage caused what failed."""

    max_hold: Annotated[
        Duration,
        Meta(description="How long to hold while nodes stay failed; after that the failure rule decides after all."),
    ] = "24h"
