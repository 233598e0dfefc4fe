"""Agents of an older minor: they count no budgets by groups, and compare nothing. Healing is their upgrade.

It is to strike before the releases: nobody exchanges an agent for an older one while it works by a grant that only the
newer understands.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

import msgspec

from myriarch.agent.protocol import AGENT
from myriarch.base.errors import Retryable
from myriarch.client.http import Request, Response
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS
from myriarch.sim.faults.crash import bring_back, bring_down
from myriarch.sim.faults.fault import Fault, FaultPart, Ground, is_write
from myriarch.sim.faults.target import ClusterChoice, ClusterTarget
from myriarch.sim.line import AGENTS, Forward

FIRST_PROTOCOL: Final = 1
KNOWN_IN_GRANTS: Final = frozenset({
    "component", "revision", "rollbackTo", "attempt", "term", "direction", "ceiling", "allNodes", "proven", "cover",
    "forwardUntil", "release", "rules",
})  # fmt: skip
UNKNOWN_IN_REPORTS: Final = ("comparisons", "uncovered", "dead", "deadCount")
RESTART_SECONDS: Final = 60.0
"""How long an agent is down while it is exchanged; the hub hears meanwhile which one comes."""

MOST_TRIES: Final = 100
HTTP_OK: Final = 200


class OldAgentsPart(FaultPart, kw_only=True, tag="oldAgents"):
    """Clusters whose agents speak protocol 1 until they are upgraded, when the fault is over."""

    clusters: ClusterTarget = msgspec.field(default_factory=ClusterTarget)

    def build(self) -> Fault:
        return OldAgents(self.clusters.choice())


@dataclass(slots=True)
class OldAgents:
    name: ClassVar[str] = "oldAgents"
    choice: ClusterChoice
    struck: frozenset[str] = field(default_factory=frozenset)

    async def strike(self, ground: Ground) -> None:
        self.struck = frozenset(self.choice.choose(ground.fleet, ground.dice))
        await self._exchange(ground, {"version": "0.1.0", "protocol": FIRST_PROTOCOL})
        ground.lines.disturb(self)
        await bring_back(ground, AGENTS)

    async def heal(self, ground: Ground) -> None:
        await self._exchange(ground, msgspec.to_builtins(AGENT))
        ground.lines.calm(self)
        await bring_back(ground, AGENTS)

    async def _exchange(self, ground: Ground, agent: dict[str, Any]) -> None:
        """The agents go down, and their clusters tell which come."""
        await bring_down(ground, AGENTS)
        for cluster in sorted(self.struck):
            await _tell(ground, cluster, agent)
        await ground.clock.sleep(RESTART_SECONDS)

    async def send(self, participant: str, request: Request, forward: Forward) -> Response:
        """An old agent drops what it doesn't know when it reads, and never writes it."""
        if participant != AGENTS:
            return await forward(request)
        if is_write(request):
            return await forward(self._older_report(request))
        response = await forward(request)
        if response.stream is not None:
            return replace(response, stream=_Rewritten(response.stream, self._older_event))
        if response.status != HTTP_OK:
            return response
        return replace(response, body=msgspec.json.encode(self.older_list(msgspec.json.decode(response.body))))

    def _older_report(self, request: Request) -> Request:
        if self.struck.isdisjoint(request.path.split("/")) or not request.body:
            return request
        body = msgspec.json.decode(request.body)
        for told in (body.get("status") or {}).get("components") or ():
            for name in UNKNOWN_IN_REPORTS:
                told.pop(name, None)
        return replace(request, body=msgspec.json.encode(body))

    def older_list(self, listing: dict[str, Any]) -> dict[str, Any]:
        """A list, or a single object, as an old agent reads it."""
        for item in listing.get("items", [listing]):
            self._forget(item)
        return listing

    def _older_event(self, line: bytes) -> bytes:
        event = msgspec.json.decode(line)
        self._forget(event.get("object", {}))
        return msgspec.json.encode(event) + b"\n"

    def _forget(self, obj: dict[str, Any]) -> None:
        if obj.get("metadata", {}).get("name") in self.struck:
            for grant in obj.get("spec", {}).get("components", ()):
                for name in grant.keys() - KNOWN_IN_GRANTS:
                    del grant[name]


async def _tell(ground: Ground, cluster: str, agent: dict[str, Any]) -> None:
    for _ in range(MOST_TRIES):
        try:
            await ground.means.client.patch(CLUSTERS, Raw, cluster, {"status": {"agent": agent}}, subresource="status")
            return
        except Retryable:
            await ground.clock.sleep(1.0)


class _Rewritten:
    """A watch whose lines are changed one by one."""

    def __init__(self, inner: AsyncIterator[bytes], change: Any) -> None:
        self._inner = inner
        self._change = change
        self._rest = b""

    def __aiter__(self) -> _Rewritten:
        return self

    async def __anext__(self) -> bytes:
        while True:
            *lines, self._rest = (self._rest + await anext(self._inner)).split(b"\n")
            if lines:
                return b"".join(self._change(line) for line in lines if line)

    def end(self) -> None:
        """End the watch, as its server would."""
        end = getattr(self._inner, "end", None)
        if end is not None:
            end()

    async def aclose(self) -> None:
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            await close()
