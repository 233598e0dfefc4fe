"""Writing a plan where the hub refuses some of it, and names of every kind."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.server import Server
from tests.imports.stage import TOKEN, kubeconfig

from myriarch.api.cluster import Access
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.client.client import Client
from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response
from myriarch.client.refs import CLUSTERS
from myriarch.imports.found import Findings, Found
from myriarch.imports.naming import NAME_CHARACTERS_MAX, name_of
from myriarch.imports.planning import Line, Wanted, plan
from myriarch.imports.writing import write

REFUSAL = b'{"kind": "Status", "code": 403, "reason": "Forbidden", "message": "not that one"}'


class Between:
    """Lets requests through, except applies of the cluster ``b``."""

    def __init__(self, server: Server, answer: Callable[[], Awaitable[Response]]) -> None:
        self._inner = InProcessTransport(server.api, user="tests")
        self._answer = answer

    async def send(self, request: Request) -> Response:
        if request.method == "PATCH" and request.path.endswith("/clusters/b"):
            return await self._answer()
        return await self._inner.send(request)


async def planned(client: Client) -> list[Line]:
    found = tuple(
        Found(name, f"test/{name}", Access.PUSH, kubeconfig=kubeconfig(name).encode()) for name in ("a", "b", "c")
    )
    lines, faults = await plan(client, Findings("test", True, found), Wanted("prod"))
    assert not faults
    assert TOKEN not in repr(found) + repr(lines)
    return lines


def test_one_that_is_refused_keeps_none_of_the_others_back(hub: Server) -> None:
    async def refused() -> Response:
        return Response(403, REFUSAL)

    async def story(_client: Client) -> dict[str, str]:
        client = Client(Between(hub, refused))
        return await write(client, await planned(client))

    assert hub.do(story) == {"b": "not that one"}
    assert sorted(hub.names(CLUSTERS)) == ["a", "c"]


def test_a_hub_that_goes_away_ends_it(hub: Server) -> None:
    async def silent() -> Response:
        raise Unreachable("gone")

    async def story(_client: Client) -> dict[str, str]:
        client = Client(Between(hub, silent))
        return await write(client, await planned(client))

    with pytest.raises(Unreachable):
        hub.do(story)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("prod", "prod"),
        ("Admin@EU", "admin-eu"),
        ("arn:aws:eks:eu-1:123:cluster/prod_1", "arn-aws-eks-eu-1-123-cluster-prod-1"),
        ("a..b.-c-", "a.b.c"),
        ("--", ""),
        ("日本", ""),
    ],
)
def test_names(title: str, name: str) -> None:
    assert name_of(title) == name


@given(st.text(max_size=200), st.sampled_from(["", "eu-", "a.b-"]))
def test_every_name_is_one_that_kubernetes_takes(title: str, prefix: str) -> None:
    name = name_of(title, prefix)
    assert name == name_of(title, prefix)
    assert len(name) <= NAME_CHARACTERS_MAX
    assert not name or re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", name), name
