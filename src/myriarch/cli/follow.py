"""Following one release: each of its states as it comes, through restarts of the hub.

A watch that breaks is begun anew from a fresh read, so no final state is missed; only a hub that stays away
longer than ``PATIENCE_SECONDS`` ends the following.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from myriarch.api.release import Release
from myriarch.base.errors import Retryable
from myriarch.cli.connect import Session
from myriarch.cli.exits import Failed
from myriarch.client.objects import Bookmark, Deleted
from myriarch.client.refs import RELEASES
from myriarch.engine.phases import ENDED, EVERYWHERE

PATIENCE_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 1.0


OVER = ENDED | EVERYWHERE


async def follow(session: Session, name: str) -> AsyncGenerator[Release, None]:
    """States of the release, the present one first, up to one in which it has ended, or is everywhere and
    only watched: nobody waits for that.

    Raises UserFault where there is none, Failed where it is deleted, Unreachable where the hub stays away.
    """
    patience = PATIENCE_SECONDS
    while True:
        try:
            release = await session.find(RELEASES, Release, name, "release")
            patience = PATIENCE_SECONDS
            yield release
            if release.status.phase in OVER:
                return
            async with aclosing(_changes(session, release)) as changes:
                async for changed in changes:
                    yield changed
                    if changed.status.phase in OVER:
                        return
        except Retryable:
            if patience <= 0:
                raise
            patience -= RETRY_SECONDS
        await asyncio.sleep(RETRY_SECONDS)


async def _changes(session: Session, release: Release) -> AsyncGenerator[Release, None]:
    """Until the server ends the watch."""
    events = session.client.watch(
        RELEASES,
        Release,
        session.namespace,
        resource_version=release.metadata.resource_version or "",
        field_selector=f"metadata.name={release.name}",
    )
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Deleted):
                raise Failed(f"release/{release.name} was deleted")
            if not isinstance(event, Bookmark):
                yield event.object
