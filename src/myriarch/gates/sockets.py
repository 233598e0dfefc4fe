"""``Fetch`` over real sockets, on a loop of real time."""

from __future__ import annotations

import socket
import ssl
from typing import Final

import aiohttp
import aiohttp.abc

from myriarch.base.urls import host_of, is_never_asked
from myriarch.gates.fetch import REPLY_BYTES_MAX, Call, NoAnswer, Refused, Reply, check_call

CONNECT_SECONDS: Final = 10.0
_CHUNK_BYTES: Final = 65_536


async def fetch(call: Call) -> Reply:
    """One request over a connection of its own. Raises NoAnswer, or Refused."""
    check_call(call)
    timeout = aiohttp.ClientTimeout(total=call.timeout_seconds, connect=CONNECT_SECONDS)
    try:
        connector = aiohttp.TCPConnector(resolver=_Guarded())
        async with (
            aiohttp.ClientSession(timeout=timeout, connector=connector) as session,
            session.request(
                call.method,
                call.url,
                headers=dict(call.headers),
                data=call.body or None,
                allow_redirects=False,
                ssl=_tls(call),
            ) as answer,
        ):
            return Reply(answer.status, await _body(answer, call.url))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise NoAnswer(f"{host_of(call.url)}: {_why(error)}") from None


class _Guarded(aiohttp.ThreadedResolver):
    """No name leads to an address that is never asked."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        found = [each for each in await super().resolve(host, port, family) if not is_never_asked(each["host"])]
        if not found:
            raise OSError(None, "its name leads to addresses that are never asked")
        return found


async def _body(answer: aiohttp.ClientResponse, url: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
        size += len(chunk)
        if size > REPLY_BYTES_MAX:
            raise NoAnswer(f"{host_of(url)}: the answer is larger than {REPLY_BYTES_MAX} bytes")
        parts.append(chunk)
    return b"".join(parts)


def _tls(call: Call) -> ssl.SSLContext | bool:
    if not call.ca_pem:
        return True
    try:
        return ssl.create_default_context(cadata=call.ca_pem)
    except ssl.SSLError:
        raise Refused(f"{host_of(call.url)}: the authority in the Secret is not valid PEM") from None


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "its certificate is not trusted"
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or "can't be connected to"
    return type(error).__name__
