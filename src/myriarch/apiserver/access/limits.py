"""How much one user may ask: a token bucket of requests, and a number of open watches.

Masters are exempt, so that the hub's own controllers and its admin are never held up by others; what failed to
prove who it is is counted by address instead. All numbers here are named limits; what a single request may be (its
head, its body, how long it may dawdle) is in ``protocol.py`` and ``call.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Final

from myriarch.apiserver.status import ApiError
from myriarch.base.clock import wall_seconds

MAX_BUCKETS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one user, or of one address that proves nothing."""

    requests_per_second: float = 200.0
    burst: int = 400
    failures_per_second: float = 5.0
    failures_burst: int = 50
    watches: int = 256


class Limiter:
    """``now`` is any clock of seconds that only goes forward."""

    def __init__(self, limits: Limits | None = None, now: Callable[[], float] = wall_seconds) -> None:
        self.limits = limits or Limits()
        self._now = now
        self._requests = _Buckets(self.limits.requests_per_second, self.limits.burst)
        self._failures = _Buckets(self.limits.failures_per_second, self.limits.failures_burst)
        self._watches: dict[str, int] = {}

    def request(self, user: str) -> None:
        """Raises ApiError 429."""
        _wait(self._requests.take(user, self._now()))

    def failure(self, address: str) -> None:
        """A credential that was wrong. Raises ApiError 429."""
        _wait(self._failures.take(address, self._now()))

    @contextmanager
    def watching(self, user: str) -> Iterator[None]:
        """While a watch is open. Raises ApiError 429."""
        held = self._watches.get(user, 0)
        if held >= self.limits.watches:
            raise too_many_requests(1, f"user {user!r} has {held} watches open, the most that one may have")
        self._watches[user] = held + 1
        try:
            yield
        finally:
            left = self._watches[user] - 1
            if left:
                self._watches[user] = left
            else:
                del self._watches[user]


class _Buckets:
    """One bucket a key, kept as (tokens, when they were counted)."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, key: str, now: float) -> float:
        """Seconds until there is a token; 0 where one was taken."""
        tokens, since = self._held.get(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._per_second)
        if tokens < 1:
            self._held[key] = (tokens, now)
            return (1 - tokens) / self._per_second
        if key not in self._held and len(self._held) >= MAX_BUCKETS:
            self._held.clear()
        self._held[key] = (tokens - 1, now)
        return 0.0


def _wait(seconds: float) -> None:
    if seconds > 0:
        raise too_many_requests(ceil(seconds), "Too many requests, please try again later.")


def too_many_requests(seconds: int, message: str) -> ApiError:
    """429; ``seconds`` go out as Retry-After."""
    return ApiError(429, "TooManyRequests", message, {"retryAfterSeconds": seconds})
