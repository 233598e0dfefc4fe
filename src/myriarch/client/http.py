"""The messages that pass the one I/O seam: a request, and a response that is whole or a stream.

They are plain values so that the same client code speaks over a socket (``client/remote.py``) or straight
to the embedded server in this process (``apiserver/inprocess.py``). Bodies are bytes: nothing mutable is
shared across the seam.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """``path`` has no query; ``query`` keeps the last value of a repeated key. Header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """``stream`` is set for a watch (newline-delimited JSON, any chunking); otherwise ``body`` is whole.

    Whoever takes a stream must exhaust or ``aclose`` it.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: AsyncIterator[bytes] | None = None


class Transport(Protocol):
    """One method: send a request, get the response. Raises ``client.errors.Unreachable`` when no answer came."""

    async def send(self, request: Request) -> Response: ...
