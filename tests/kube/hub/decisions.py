"""What the controllers decided, in order, as their writes tell it; times are left out."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from myriarch.client.http import Request, Response, Transport
from myriarch.hub.hub import CONTROLLERS

_RELEASE: Final = re.compile(r"/releases/([^/]+)/status$")
_CLUSTER: Final = re.compile(r"/clusters/([^/]+)$")
_TOLD: Final = ("phase", "attempt", "stage", "stageName", "wave", "waves", "reason", "message", "blame", "environments")
_TIMES: Final = frozenset({"forwardUntil"})


class Decisions:
    """``listen`` is a hub's ``wrap``; ``taken`` are the decisions: a release's place and verdict, or a grant."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, Any]] = []

    def listen(self, participant: str, transport: Transport) -> Transport:
        return _Ear(self, transport) if participant == CONTROLLERS else transport

    def note(self, request: Request) -> None:
        """Add what a write decides, if it does."""
        if release := _RELEASE.search(request.path):
            status = msgspec.json.decode(request.body).get("status", {})
            place = {key: status[key] for key in _TOLD if key in status}
            self.taken.append(("release", release[1], place))
        elif (cluster := _CLUSTER.search(request.path)) and request.method == "PATCH":
            for grant in msgspec.json.decode(request.body)["spec"]["components"]:
                self.taken.append(("grant", cluster[1], {k: v for k, v in grant.items() if k not in _TIMES}))


class _Ear:
    def __init__(self, decisions: Decisions, transport: Transport) -> None:
        self._decisions = decisions
        self._transport = transport

    async def send(self, request: Request) -> Response:
        response = await self._transport.send(request)
        if request.method in ("PATCH", "PUT") and response.status < 300:
            self._decisions.note(request)
        return response
