"""An embedded server to test against, in memory unless told otherwise, with a clock that stands still."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.client.http import Request, Response

NOW = 1_767_571_200.0
CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
WIDGETS = "/apis/test.io/v1/namespaces/default/widgets"
JSON = "application/json"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"

Object = dict[str, Any]

WIDGET_CRD: Object = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.test.io"},
    "spec": {
        "group": "test.io",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "shortNames": ["wd"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "required": ["size"],
                                "properties": {
                                    "size": {"type": "integer", "minimum": 1, "description": "How big."},
                                    "colour": {"type": "string", "default": "grey"},
                                },
                            },
                            "status": {
                                "type": "object",
                                "properties": {
                                    "phase": {"type": "string", "enum": ["Small", "Large"]},
                                    "seen": {"type": "integer"},
                                },
                            },
                        },
                    }
                },
            }
        ],
    },
}


class StoppedClock:
    """Stands still; who sleeps on it sleeps on the loop's own time."""

    def __init__(self, now: float = NOW) -> None:
        self.seconds = now

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Api:
    """Short calls on a server: JSON in, (status, JSON) out."""

    def __init__(self, store: Store | None = None, **options: Any) -> None:
        self.clock = StoppedClock()
        self.store = store if store is not None else Store()
        self.server = ApiServer(clock=self.clock, crds=[WIDGET_CRD], store=self.store, **options)

    async def raw(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        media: str = "application/json",
        accept: str = "",
        **query: str,
    ) -> Response:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": media, "accept": accept, "user-agent": "tests/1"}
        return await self.server.handle(Request(method, path, query, headers, data), "tester")

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Object]:
        response = await self.raw(method, path, body, **options)
        if response.headers.get("content-type", "").startswith("text/plain"):
            return response.status, {"kind": "Status", "code": response.status, "message": response.body.decode()}
        return response.status, json.loads(response.body)

    async def made(self, path: str, name: str, **fields: Any) -> Object:
        status, obj = await self.call("POST", path, {"metadata": {"name": name}, **fields})
        assert status == 201, obj
        return obj

    async def watch(self, path: str, **query: str) -> Events:
        response = await self.raw("GET", path, watch="true", **query)
        assert response.stream is not None, response.body
        return Events(response)


class Events:
    """A watch, event by event."""

    def __init__(self, response: Response) -> None:
        assert response.stream is not None
        self.stream = response.stream
        self._lines: list[bytes] = []

    async def next(self) -> tuple[str, Object]:
        while not self._lines:
            self._lines = (await asyncio.wait_for(anext(self.stream), 10)).splitlines()
        event = json.loads(self._lines.pop(0))
        return event["type"], event["object"]

    async def names(self, count: int) -> list[tuple[str, str]]:
        return [(kind, obj["metadata"].get("name", "")) for kind, obj in [await self.next() for _ in range(count)]]

    async def nothing(self) -> bool:
        """No event is waiting now."""
        if self._lines:
            return False
        reader = asyncio.ensure_future(anext(self.stream))
        for _ in range(5):
            await asyncio.sleep(0)
        quiet = not reader.done()
        reader.cancel()
        return quiet


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def names(listing: Object) -> Sequence[str]:
    return [item["metadata"]["name"] for item in listing["items"]]
