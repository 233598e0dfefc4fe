"""The transport that stays in the process: straight from a client to the embedded server, as bytes.

Controllers and agents of an embedded hub use it; they can't tell it from a socket.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from myriarch.apiserver.routes import CLUSTERS_PREFIX, HUB
from myriarch.apiserver.server import ApiServer
from myriarch.client.http import Request, Response

SYSTEM_USER = "system:myriarch"


class InProcessTransport:
    """``cluster`` is the logical cluster that paths without ``/clusters/`` mean."""

    def __init__(self, server: ApiServer, *, user: str = SYSTEM_USER, cluster: str = HUB) -> None:
        self._server = server
        self._user = user
        self._prefix = "" if cluster == HUB else f"/{CLUSTERS_PREFIX}/{cluster}"

    async def send(self, request: Request) -> Response:
        if self._prefix and not request.path.startswith(f"/{CLUSTERS_PREFIX}/"):
            request = replace(request, path=self._prefix + request.path)
        if "%" in request.path:  # as a socket's server does: names such as myriarch:agent-a are quoted on their way
            request = replace(request, path=unquote(request.path))
        return await self._server.handle(request, self._user)
