"""Events of watches come twice, late again after newer ones, and in another order than they happened.

A Kubernetes API server promises order within one watch; caches and proxies between it and its clients have broken that
promise. Nothing is lost for good: what is held back comes after the next event, or soon, or when the watch ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from myriarch.client.http import Request, Response
from myriarch.sim.faults.fault import Fault, Ground, LinePart
from myriarch.sim.faults.spoiler import Spoiler
from myriarch.sim.line import Forward
from myriarch.sim.part import Share

HELD_SECONDS = 5.0
"""An event that nothing follows is held back for so long."""

_ERROR = b'{"type":"ERROR"'


class DisorderPart(LinePart, kw_only=True, tag="disorder"):
    """Watches are cut at the strike; those begun then repeat and swap events."""

    rate: Annotated[Share, Meta(description="Share of the events that come late; as many come twice.")] = 0.3

    def build(self) -> Fault:
        return Disorder(self.chosen, None, self.rate)


@dataclass(slots=True)
class Disorder(Spoiler):
    name: ClassVar[str] = "disorder"
    rate: float

    async def strike(self, ground: Ground) -> None:
        await Spoiler.strike(self, ground)
        ground.lines.cut_watches(self.participants)

    async def spoil(self, request: Request, forward: Forward, ground: Ground) -> Response:
        response = await forward(request)
        if response.stream is None:
            return response
        return replace(response, stream=Disorderly(response.stream, self.rate, ground.dice, lambda: self.ground))


class Disorderly:
    """A watch's lines, meddled with while ``active`` gives anything."""

    def __init__(
        self, inner: AsyncIterator[bytes], rate: float, dice: np.random.Generator, active: Callable[[], object]
    ) -> None:
        self._inner = inner
        self._rate = rate
        self._dice = dice
        self._active = active
        self._ready: list[bytes] = []
        self._late: list[bytes] = []
        self._rest = b""
        self._coming: asyncio.Future[bytes] | None = None

    def __aiter__(self) -> Disorderly:
        return self

    async def __anext__(self) -> bytes:
        while not self._ready:
            try:
                chunk = await self._next_chunk()
            except StopAsyncIteration:
                self._release()
                if self._ready:
                    break
                raise
            if chunk is None:
                self._release()
            else:
                self._take(chunk)
        return self._ready.pop(0)

    async def _next_chunk(self) -> bytes | None:
        """None where nothing came for as long as events are held back."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(anext(self._inner))
        await asyncio.wait((self._coming,), timeout=HELD_SECONDS if self._late else None)
        if not self._coming.done():
            return None
        coming, self._coming = self._coming, None
        return coming.result()

    def _take(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in [each + b"\n" for each in lines if each]:
            held, self._late = self._late, []
            draw = self._dice.random() if self._active() is not None and not line.startswith(_ERROR) else 1.0
            if draw < self._rate:
                self._late.append(line)
            else:
                self._ready.append(line)
                if draw < 2 * self._rate:
                    self._late.append(line)
            self._ready += held

    def _release(self) -> None:
        self._ready += self._late
        self._late = []

    def end(self) -> None:
        """End the watch, as its server would."""
        end = getattr(self._inner, "end", None)
        if end is not None:
            end()

    async def aclose(self) -> None:
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            await close()
