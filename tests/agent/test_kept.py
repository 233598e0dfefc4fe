"""Agents of earlier versions still work with this hub: what they read of grants and write of status is kept here.

Each file of ``kept/`` was written once, from the agent that first spoke that protocol, and is never changed: it goes
when the last version of the hub has gone that promises to work with such agents
(docs/decisions/0008-agents-and-versions.md). An agent of that protocol is played by today's, which is shown only what
the old one reads, with fields in between that it has never heard of, and of which only that comes through to the hub
that the old one writes.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.hub.house import House, play

from myriarch.agent.protocol import PROTOCOL
from myriarch.api.cluster import Cluster, ComponentStatus, Direction, Mode
from myriarch.api.release import Phase
from myriarch.client.http import Request, Response, Transport

KEPT = sorted((Path(__file__).parent / "kept").glob("protocol-*.json"))
FUTURE = {"fromTheFuture": {"words": ["that", "nobody", "knows"]}}
Kept = dict[str, Any]


@pytest.fixture(params=KEPT, ids=lambda path: path.stem)
def kept(request: pytest.FixtureRequest) -> Kept:
    found: Kept = json.loads(request.param.read_text())
    return found


class OldAgent:
    """The agents' transport: cuts what passes down to what an agent of the kept protocol knows."""

    def __init__(self, transport: Transport, kept: Kept) -> None:
        self._transport = transport
        self._kept = kept

    async def send(self, request: Request) -> Response:
        body = self._written(request.body) if request.method == "PATCH" else request.body
        response = await self._transport.send(
            Request(request.method, request.path, request.query, request.headers, body)
        )
        if response.stream is not None:
            return Response(response.status, b"", response.headers, self._lines(response.stream))
        read = self._read(response.body) if request.method == "GET" else response.body
        return Response(response.status, read, response.headers)

    async def _lines(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in stream:  # the embedded server sends whole lines
            yield b"".join(self._read(line) + b"\n" for line in chunk.splitlines() if line)

    def _read(self, body: bytes) -> bytes:
        told = json.loads(body)
        clusters = told.get("items") or [told.get("object", told)]
        for cluster in clusters:
            for grant in cluster.get("spec", {}).get("components", []):
                only(grant, self._kept["reads"]["grant"])
                grant |= FUTURE
                if "rules" in grant:
                    only(grant["rules"], self._kept["reads"]["rules"])
                    grant["rules"] |= FUTURE
        return json.dumps(told).encode()

    def _written(self, body: bytes) -> bytes:
        patch = json.loads(body)
        status, writes = patch.get("status", {}), self._kept["writes"]
        only(status, writes["status"])
        for component in status.get("components", []):
            only(component, writes["component"])
            for failure in component.get("failures", []):
                only(failure, writes["failure"])
            for tally in component.get("tallies", []):
                only(tally, writes["tally"])
        return json.dumps(patch).encode()


def only(holder: dict[str, Any], fields: list[str]) -> None:
    for name in holder.keys() - set(fields):
        del holder[name]


def test_a_good_release_ends_well_with_old_agents(kept: Kept) -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
        assert [house.at(name) for name in house.names()] == [{"v2": 8}] * 4

    play(story, wrap=lambda who, transport: OldAgent(transport, kept) if who == "agents" else transport)


def test_a_harmful_one_is_taken_back_by_old_agents(kept: Kept) -> None:
    async def story(house: House) -> None:
        house.harm("v2", delay_seconds=300.0)
        await house.release("r", "v2")
        assert (await house.ended("r")).status.phase is Phase.ROLLED_BACK
        assert set(house.at()) == {"v1"}
        assert 0 < house.begun(1) <= 2

    play(story, wrap=lambda who, transport: OldAgent(transport, kept) if who == "agents" else transport)


def test_what_old_agents_wrote_is_read_as_it_was_meant(kept: Kept) -> None:
    """A field that is renamed, or takes another meaning, shows here."""
    forward, back = (msgspec.convert(each, Cluster) for each in kept["objects"])
    assert forward.spec.mode is Mode.MANAGE
    [grant], [told] = forward.spec.components, forward.status.components
    assert (grant.component, grant.revision, grant.rollback_to, grant.ceiling) == ("os", "v2", "v1", 2)
    assert (told.attempt, told.begun, told.updating, told.settled) == (grant.attempt, 2, 2, False)
    [grant], [told] = back.spec.components, back.status.components
    assert grant.direction is told.direction is Direction.REVERT
    assert (told.reverted_attempt, told.failed, told.reverted, told.off_target, told.settled) == (1, 2, 2, 0, True)
    assert sum(failure.count for failure in told.failures) == 2
    assert [tally.failed for tally in told.tallies if tally.attribute == "pool"] == [2]
    assert back.status.strata["os"] == {"Ubuntu 22.04": 5, "Debian 12": 3}
    assert back.status.agent.protocol == kept["protocol"]


def test_this_protocol_is_kept() -> None:
    """An agent that reads or writes more than is kept speaks another protocol, or the new field may be left out."""
    newest = json.loads(KEPT[-1].read_text())
    assert newest["protocol"] == PROTOCOL
    lost = set(newest["writes"]["component"]) - set(ComponentStatus.__struct_encode_fields__)
    assert not lost
