"""Many small requests at a time, so that a fleet of thousands is not read and written one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

A = TypeVar("A")
B = TypeVar("B")

AT_ONCE: Final = 16


async def together(do: Callable[[A], Awaitable[B]], items: Sequence[A]) -> list[B]:
    """Answers in the order of ``items``. Raises what the first of them raises that fails."""
    answers: list[B] = []
    for start in range(0, len(items), AT_ONCE):
        answers += await asyncio.gather(*(do(item) for item in items[start : start + AT_ONCE]))
    return answers
