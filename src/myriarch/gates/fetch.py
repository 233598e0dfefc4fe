"""HTTP to strangers: one request, one whole answer, within bounds.

Only http and https. Redirects are not followed (they would carry a token elsewhere), answers have a largest size,
certificates are verified, every request has a time limit. Errors name the host and what went wrong, never a header,
a query or a body. Whoever asks is handed a ``Fetch``, so that tests and simulations speak to nobody.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import aiohttp

from myriarch.base.errors import Retryable, Terminal
from myriarch.base.urls import host_of, token_in_the_clear, url_problem

REPLY_BYTES_MAX: Final = 4 * 1024 * 1024
CONNECT_SECONDS: Final = 10.0
_CHUNK_BYTES: Final = 65_536


class NoAnswer(Retryable):
    """No answer came, or none that may be read."""


class Refused(Terminal):
    """The request must not be sent."""


@dataclass(frozen=True, slots=True)
class Call:
    """``ca_pem`` empty: the system's authorities vouch for the server."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    ca_pem: str = ""
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """Any status; the body is whole."""

    status: int
    body: bytes


class Fetch(Protocol):
    """Sends a call. Raises NoAnswer, or Refused."""

    async def __call__(self, call: Call) -> Reply: ...


async def nobody(call: Call) -> Reply:
    """For hubs that speak to nobody outside, such as simulated ones."""
    raise NoAnswer(f"{host_of(call.url)}: this hub asks nobody outside")


async def fetch(call: Call) -> Reply:
    """Over real sockets, on a loop of real time."""
    check_call(call)
    timeout = aiohttp.ClientTimeout(total=call.timeout_seconds, connect=CONNECT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
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


async def _body(answer: aiohttp.ClientResponse, url: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
        size += len(chunk)
        if size > REPLY_BYTES_MAX:
            raise NoAnswer(f"{host_of(url)}: the answer is larger than {REPLY_BYTES_MAX} bytes")
        parts.append(chunk)
    return b"".join(parts)


def check_call(call: Call) -> None:
    """Raises Refused for what must not be sent: another scheme, a link-local host, a token in the clear."""
    problem = url_problem(call.url)
    if problem:
        raise Refused(f"{host_of(call.url)}: {problem}")
    if "authorization" in {name.lower() for name in call.headers} and token_in_the_clear(call.url):
        raise Refused(f"{host_of(call.url)}: a token would go unencrypted")


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
