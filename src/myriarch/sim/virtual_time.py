"""How far virtual time may go: pace, holds and the bound set by real time. No event loop in here.

``seconds`` only ever grows. The loop's selector (``selector.py``) asks ``advance_towards`` before it would
wait, and gets back how many real seconds it must wait after all, 0 when virtual time has arrived.
"""

from __future__ import annotations

import math
from threading import Lock

from myriarch.base.clock import real_now, wall_seconds
from myriarch.base.errors import ProgrammerError


class VirtualTime:
    """Virtual seconds since an epoch."""

    __slots__ = (
        "_anchor_real",
        "_anchor_virtual",
        "_holds",
        "_lock",
        "epoch_unix_seconds",
        "pace",
        "seconds",
    )

    def __init__(self, epoch_unix_seconds: float, pace: float | None = None) -> None:
        if epoch_unix_seconds > real_now():
            raise ProgrammerError("virtual time can't begin in the future: it never overtakes real time")
        self.epoch_unix_seconds = epoch_unix_seconds
        self.seconds = 0.0
        self.pace: float | None = None
        self._holds = 0
        self._lock = Lock()
        self._anchor_real = self._anchor_virtual = 0.0
        self.set_pace(pace)

    def set_pace(self, pace: float | None) -> None:
        if pace is not None and not (0 < pace < math.inf):
            raise ProgrammerError(f"a pace of {pace} virtual seconds per second: it must be positive")
        self.pace = pace
        self._anchor()

    @property
    def held(self) -> bool:
        return self._holds > 0

    def hold(self) -> None:
        with self._lock:
            self._holds += 1

    def release(self) -> None:
        with self._lock:
            if not self._holds:
                raise ProgrammerError("release() without hold()")
            self._holds -= 1
            if not self._holds:
                self._anchor()

    def advance_towards(self, target: float) -> float:
        """Go to ``target`` or as near as is allowed; real seconds to wait until the rest is allowed too.

        ``target`` may be infinite: then only pace and real time move the clock, and the wait is infinite.
        """
        if self._holds:
            return math.inf
        if self.pace is None and target == math.inf:
            return math.inf
        allowed = real_now() - self.epoch_unix_seconds
        wait = target - allowed
        if self.pace is not None:
            paced = self._anchor_virtual + (wall_seconds() - self._anchor_real) * self.pace
            wait = max(wait, (target - paced) / self.pace)
            allowed = min(allowed, paced)
        if allowed >= target:
            self.seconds = max(self.seconds, target)
            return 0.0
        self.seconds = max(self.seconds, allowed)
        return wait

    def _anchor(self) -> None:
        self._anchor_real = wall_seconds()
        self._anchor_virtual = self.seconds
