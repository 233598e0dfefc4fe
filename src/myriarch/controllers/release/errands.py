"""Questions to strangers that are under way: beside the turns of releases, never within one.

A bounded number at a time; each ends with a turn of its release. A mistake of ours in one of them ends the controllers,
as it would in a turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Final

from myriarch.client.resource import ObjectKey

ASKED_AT_ONCE_MAX: Final = 32
"""Questions under way at a time; others wait for their turn."""


class Errands:
    """Of all releases. ``wake`` brings a release its next turn."""

    def __init__(self, wake: Callable[[ObjectKey], None]) -> None:
        self._wake = wake
        self._room = asyncio.Semaphore(ASKED_AT_ONCE_MAX)
        self._under_way: dict[tuple[ObjectKey, Hashable], asyncio.Task[None]] = {}
        self._broken: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Until cancelled; every question under way ends with it. Raises a mistake of ours in one of them."""
        self._broken = asyncio.get_running_loop().create_future()
        try:
            await self._broken
        finally:
            tasks = list(self._under_way.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self, release: ObjectKey, what: Hashable, work: Coroutine[Any, Any, None]) -> None:
        """Do ``work`` as soon as there is room."""
        task = asyncio.create_task(self._within(work), name=f"errand {what}")
        self._under_way[release, what] = task
        task.add_done_callback(lambda ended: self._ended(release, what, ended))

    def under_way(self, release: ObjectKey, what: Hashable) -> bool:
        """Whether it was begun and has not ended."""
        return (release, what) in self._under_way

    def forget(self, release: ObjectKey) -> None:
        """The release is gone, or another's to decide."""
        for each in [each for each in self._under_way if each[0] == release]:
            self._under_way[each].cancel()

    async def _within(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            async with self._room:
                await work
        finally:
            work.close()

    def _ended(self, release: ObjectKey, what: Hashable, task: asyncio.Task[None]) -> None:
        self._under_way.pop((release, what), None)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and self._broken is not None and not self._broken.done():
            self._broken.set_exception(error)
        self._wake(release)
