"""The metric source of a simulated run: a Prometheus that the gates of policies ask, and that faults meddle with.

To every query it answers with one number: the share of nodes on which some revision's own effect shows. It keeps what
it answered, so that checkers know what a gate can have heard.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec
import numpy as np

from myriarch.base.clock import Clock
from myriarch.gates.fetch import Call, NoAnswer, Reply

HANGS_SECONDS: Final = 120.0
"""Longer than any gate waits."""

LIE_VALUE: Final = 1.0


class Mood(StrEnum):
    """How it answers."""

    HONEST = "honest"
    DOWN = "down"
    BLIND = "blind"
    FALSE_ALARM = "falseAlarm"


class MetricSource:
    """A ``Fetch``. ``share`` tells the truth; while ``mood`` is not honest, ``dice`` say which way it fails."""

    def __init__(self, clock: Clock, share: Callable[[], float]) -> None:
        self._clock = clock
        self._share = share
        self._dice = np.random.default_rng(0)
        self.mood = Mood.HONEST
        self.rate = 1.0
        self.answered: list[tuple[float, float]] = []

    def upset(self, mood: Mood, rate: float, dice: np.random.Generator) -> None:
        """From now on a share ``rate`` of the questions is answered by ``mood``."""
        self.mood, self.rate, self._dice = mood, rate, dice

    def calm(self) -> None:
        self.mood = Mood.HONEST

    async def __call__(self, call: Call) -> Reply:
        """One question. Raises NoAnswer."""
        mood = self.mood
        if mood is Mood.HONEST or self._dice.random() >= self.rate:
            return self._say(self._share())
        if mood is Mood.DOWN:
            return await self._fail()
        return self._say(0.0 if mood is Mood.BLIND else LIE_VALUE)

    def _say(self, value: float) -> Reply:
        self.answered.append((self._clock.now(), value))
        return _vector([({}, value)], self._clock.now())

    async def _fail(self) -> Reply:
        match int(self._dice.integers(5)):
            case 0:
                raise NoAnswer("metrics.example: connection refused")
            case 1:
                await self._clock.sleep(HANGS_SECONDS)
                raise NoAnswer("metrics.example: no answer")
            case 2:
                return Reply(503, b"upstream is gone")
            case 3:
                return _vector([], self._clock.now())
            case _:
                return Reply(200, b"<html>Sign in</html>")


def _vector(series: list[tuple[dict[str, str], float]], now: float) -> Reply:
    """An instant vector, as Prometheus writes it."""
    result = [{"metric": labels, "value": [now, f"{value:g}"]} for labels, value in series]
    body = {"status": "success", "data": {"resultType": "vector", "result": result}}
    return Reply(200, msgspec.json.encode(body))
