"""Asking strangers by HTTP, as a seam: one request, one whole answer, within bounds.

Only http and https. Redirects are not followed (they would carry a token elsewhere), answers have a largest size,
certificates are verified, every request has a time limit. Errors name the host and what went wrong, never a header,
a query or a body. Whoever asks is handed a ``Fetch``, so that tests and simulations speak to nobody; the one over
sockets is in ``sockets.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from myriarch.base.errors import Retryable, Terminal
from myriarch.base.urls import host_of, token_in_the_clear, url_problem

REPLY_BYTES_MAX: Final = 4 * 1024 * 1024


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


def check_call(call: Call) -> None:
    """Raises Refused for what must not be sent: another scheme, a link-local host, a token in the clear."""
    problem = url_problem(call.url)
    if problem:
        raise Refused(f"{host_of(call.url)}: {problem}")
    if "authorization" in {name.lower() for name in call.headers} and token_in_the_clear(call.url):
        raise Refused(f"{host_of(call.url)}: a token would go unencrypted")
