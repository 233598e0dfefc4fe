"""What gates meet in tests: Secrets, and strangers that answer what they are told to."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from myriarch.api.gates import GATES_NAMESPACE, Gate
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.client.client import Client
from myriarch.client.objects import Raw
from myriarch.client.resource import NAMESPACES, SECRETS
from myriarch.gates.asker import Asker
from myriarch.gates.diff import Rendered
from myriarch.gates.fetch import Call, Fetch, Reply, check_call, nobody
from myriarch.gates.question import Answer, Question

T = TypeVar("T")


class Stranger:
    """A ``Fetch`` that answers by a function, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Call], Any]) -> None:
        self.answer = answer
        self.calls: list[Call] = []

    async def __call__(self, call: Call) -> Reply:
        check_call(call)
        self.calls.append(call)
        found = self.answer(call)
        return found if isinstance(found, Reply) else Reply(200, msgspec.json.encode(found))


async def keep_secret(client: Client, name: str, **values: bytes) -> None:
    """A Secret where gates look for them."""
    namespaces = {each["metadata"]["name"] for each in (await client.list(NAMESPACES, Raw)).items}
    if GATES_NAMESPACE not in namespaces:
        await client.create(
            NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": GATES_NAMESPACE}}
        )
    data = {key: base64.b64encode(value).decode() for key, value in values.items()}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": GATES_NAMESPACE}}
    await client.apply(SECRETS, {**secret, "data": data}, field_manager="people", force=True)


def asked(**fields: Any) -> Question:
    """A question of release default/r, gate ``g``, at prod/1."""
    known: dict[str, Any] = {
        "gate": "g", "release": "default/r", "uid": "u", "attempt": 1, "component": "os", "revision": "v2",
        "previous": ("v1",), "stage": "prod", "wave": 1, "place": "prod/1", "answered": 0,
        "clusters": ("c1", "c2"), "controls": ("c3",), "values": {"gpuModel": ("A10", "H100")},
    }  # fmt: skip
    return Question(**{**known, **fields})


def ask(gate: dict[str, Any], fetch: Fetch = nobody, question: Question | None = None, **secrets: bytes) -> Answer:
    """What the gate answers, asked of an embedded server with the Secret ``s``."""

    async def main() -> Answer:
        client = Client(InProcessTransport(server(), user="admin"))
        if secrets:
            await keep_secret(client, "s", **secrets)
        made = msgspec.convert({"name": "g", **gate}, Gate)
        return await Asker(client, Instant(), fetch, nothing).ask(made, question or asked())

    return asyncio.run(main())


def server() -> ApiServer:
    """An embedded server in memory."""
    return ApiServer(clock=Instant(), crds=[], store=Store(), seed=1, bookmark_seconds=None)


class Instant:
    """A clock that stands still, but for those who sleep: they wake at once, later."""

    def __init__(self) -> None:
        self._now = 1_767_571_200.0

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += seconds


async def nothing(_question: Question) -> list[Rendered]:
    """Renders no bundle."""
    return []


def run(work: Coroutine[Any, Any, T]) -> T:
    """What it gives."""
    return asyncio.run(work)
