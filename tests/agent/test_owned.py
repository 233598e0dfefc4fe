"""A replica that lost a cluster writes nothing more to it, whatever it had in hand."""

from __future__ import annotations

import asyncio

import pytest
from tests.agent.scripted import Scripted

from myriarch.agent.owned import NotOurs, OwnedTransport
from myriarch.client.http import Request


def test_writes_stop_with_ownership_and_reads_go_on() -> None:
    async def main() -> None:
        below, ours = Scripted(lambda _: {}), [True]
        transport = OwnedTransport(below, lambda: ours[0])
        await transport.send(Request("DELETE", "/pod"))
        ours[0] = False
        await transport.send(Request("GET", "/pod"))
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            with pytest.raises(NotOurs):
                await transport.send(Request(method, "/pod"))
        assert [request.method for request in below.requests] == ["DELETE", "GET"]

    asyncio.run(main())
