"""What gates meet in tests: Secrets, and strangers that answer what they are told to."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import msgspec

from myriarch.api.gates import GATES_NAMESPACE
from myriarch.client.client import Client
from myriarch.client.objects import Raw
from myriarch.client.resource import NAMESPACES, SECRETS
from myriarch.gates.fetch import Call, Reply, check_call


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
    await client.create(SECRETS, {**secret, "data": data})
