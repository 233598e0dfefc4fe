"""Workers that take keys from a queue and reconcile them, and what each kind of error leads to.

===================  =============================================================
outcome              what follows
===================  =============================================================
seconds, or None     the key comes back after so many seconds, or when it is added
``Retryable``        the key comes back after a wait that doubles each time
``Terminal``         reported, and dropped until it is added
``UserFault``        the same: the report tells the user
anything else        a mistake of ours: ``on_crash``, or out of ``run``
===================  =============================================================
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

from myriarch.base.errors import MyriarchError, ProgrammerError, Retryable, Terminal, UserFault
from myriarch.client.errors import ApiError
from myriarch.runtime.queue import WorkQueue

K = TypeVar("K", bound=Hashable)

Reconcile = Callable[[K], Awaitable[float | None]]
"""Bring what ``key`` names nearer to what it should be; seconds after which to come back, or None."""

WORKERS_MAX: Final = 256


class Worker(Generic[K]):
    """Runs ``reconcile`` for every key of ``queue``, ``count`` at a time.

    ``on_report(key, error)`` hears of errors that end a key's attempt. ``on_crash(key, error)`` hears of
    our own mistakes, and the key is retried; without it the first one ends ``run`` and comes out of it.
    """

    def __init__(
        self,
        name: str,
        queue: WorkQueue[K],
        reconcile: Reconcile[K],
        *,
        count: int = 1,
        on_report: Callable[[K, MyriarchError], None] | None = None,
        on_crash: Callable[[K, Exception], None] | None = None,
    ) -> None:
        if not 1 <= count <= WORKERS_MAX:
            raise ProgrammerError(f"{name}: {count} workers; between 1 and {WORKERS_MAX} are allowed")
        self.name = name
        self.queue = queue
        self._reconcile = reconcile
        self._count = count
        self._on_report = on_report
        self._on_crash = on_crash

    async def run(self) -> None:
        """Work until cancelled, or until a mistake of ours comes out."""
        tasks = [asyncio.create_task(self._work(), name=f"{self.name} {index}") for index in range(self._count)]
        try:
            await asyncio.gather(*tasks)
        finally:
            self.queue.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            key = await self.queue.get()
            try:
                await self.step(key)
            finally:
                self.queue.done(key)

    async def step(self, key: K) -> None:
        """Reconcile one key now and file its outcome with the queue."""
        try:
            after_seconds = await self._reconcile(key)
        except Retryable as error:
            self._back_off(key, error)
        except (Terminal, UserFault) as error:
            self._drop(key, error)
        except Exception as error:
            self._crash(key, error)
        else:
            self.queue.forget(key)
            if after_seconds is not None:
                self.queue.add_after(key, after_seconds)

    def _back_off(self, key: K, error: Retryable) -> None:
        self.queue.retry(key, error.retry_after_seconds if isinstance(error, ApiError) else 0.0)

    def _drop(self, key: K, error: MyriarchError) -> None:
        self.queue.forget(key)
        if self._on_report is not None:
            self._on_report(key, error)

    def _crash(self, key: K, error: Exception) -> None:
        if self._on_crash is None:
            raise error
        self._on_crash(key, error)
        self.queue.retry(key)
