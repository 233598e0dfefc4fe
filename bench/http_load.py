"""Requests over a few kept-alive connections, one at a time on each: what a client library costs least.

Reads answers no further than it must: a status, the length, the body.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from myriarch.base.clock import wall_seconds

CONNECTIONS = 16
Make = Callable[[int], bytes]
"""The whole request with this number, as bytes."""


def request(method: str, path: str, token: str, body: bytes = b"", content_type: str = "application/json") -> bytes:
    """An HTTP/1.1 request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def rate(url: str, make: Make, seconds: float) -> float:
    """Requests answered a second over all connections. Raises RuntimeError where one is refused."""
    end = wall_seconds() + seconds
    begun = wall_seconds()
    counts = await asyncio.gather(*(_connection(url, make, lane, end) for lane in range(CONNECTIONS)))
    return sum(counts) / (wall_seconds() - begun)


async def _connection(url: str, make: Make, lane: int, end: float) -> int:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    count = 0
    try:
        while wall_seconds() < end:
            writer.write(make(lane + count * CONNECTIONS))
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
            if not head.startswith(b"HTTP/1.1 2"):
                raise RuntimeError(f"the server answered {head.splitlines()[0].decode()}")
            count += 1
    finally:
        writer.close()
    return count


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise RuntimeError("an answer without a length")
