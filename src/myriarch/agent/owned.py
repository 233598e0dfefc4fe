"""A transport to a cluster that writes only while the cluster is this process's to look after.

Hubs with several replicas share the push clusters. One that was stopped, lost its share and goes on must not move
nodes beside the one that took over: whatever it had in hand is refused here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from myriarch.base.errors import Retryable
from myriarch.client.http import Request, Response, Transport

_READS: Final = frozenset({"GET", "HEAD"})


class NotOurs(Retryable):
    """Another replica looks after the cluster; nothing was written."""


class OwnedTransport:
    """Reads always pass."""

    def __init__(self, transport: Transport, owned: Callable[[], bool]) -> None:
        self._transport = transport
        self._owned = owned

    async def send(self, request: Request) -> Response:
        if request.method not in _READS and not self._owned():
            raise NotOurs("another replica of the controllers looks after this cluster")
        return await self._transport.send(request)
