"""From the bytes of a watch to typed events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final, TypeVar

from myriarch.client.errors import Undecodable, error_of_status
from myriarch.client.objects import Failed, WatchEvent, decodable, decode, event_decoder_of

T = TypeVar("T")

LINE_BYTES_MAX: Final = 16 * 1024 * 1024
"""Kubernetes objects stay under 2 MiB; a longer line is no watch."""


async def events_of(stream: AsyncIterator[bytes], kind: type[T], what: str) -> AsyncGenerator[WatchEvent[T], None]:
    """Events of ``stream``, each decoded once; closes ``stream`` at the end.

    Raises the error that an ERROR event carries, and Undecodable naming ``what``. A last line without its
    newline was cut off: it is dropped, and whoever watches again gets it anew.
    """
    decoder = event_decoder_of(decodable(kind))
    rest = b""
    try:
        async for chunk in stream:
            *lines, rest = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
            if len(rest) > LINE_BYTES_MAX:
                raise Undecodable(f"watch of {what}", f"a line of more than {LINE_BYTES_MAX} bytes")
            for line in lines:
                if line.strip():
                    yield _event(decode(decoder, line, f"watch of {what}"))
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


def _event(decoded: Any) -> Any:
    if isinstance(decoded, Failed):
        raise error_of_status(decoded.object)
    return decoded
