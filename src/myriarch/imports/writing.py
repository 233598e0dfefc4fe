"""Puts planned clusters into the hub: first the Secret that says how to reach one, then the Cluster itself.

Whatever goes wrong with one cluster is its own; the others go on.
"""

from __future__ import annotations

import base64
from typing import Any

from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists, ApiError, Unreachable
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS
from myriarch.client.resource import NAMESPACES, SECRETS
from myriarch.imports.planning import FIELD_MANAGER, SYSTEM_NAMESPACE, Action, Line
from myriarch.imports.together import together


async def write(client: Client, lines: list[Line]) -> dict[str, str]:
    """Write what is to be added or changed: names of those that failed, with why. Raises Unreachable."""
    todo = [line for line in lines if line.action in (Action.ADD, Action.CHANGE)]
    if any(line.kubeconfig for line in todo):
        await ensure_namespace(client)
    faults = await together(lambda line: _write(client, line), todo)
    return {line.name: fault for line, fault in zip(todo, faults, strict=True) if fault}


async def _write(client: Client, line: Line) -> str:
    """Why it failed; '' where it didn't."""
    try:
        if line.kubeconfig:
            await put_kubeconfig(client, line.manifest["spec"]["kubeconfig"], line.kubeconfig, FIELD_MANAGER)
        await client.apply(CLUSTERS, line.manifest, field_manager=FIELD_MANAGER)
    except Unreachable:
        raise
    except ApiError as error:
        return str(error)
    return ""


async def ensure_namespace(client: Client) -> None:
    """Myriarch's own, where kubeconfigs are kept."""
    namespace: Raw = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SYSTEM_NAMESPACE}}
    try:
        await client.create(NAMESPACES, namespace)
    except AlreadyExists:
        return


async def put_kubeconfig(client: Client, key: dict[str, str], config: bytes, field_manager: str) -> None:
    """``key`` is namespace, name and key of the Secret, as in ``Cluster.spec.kubeconfig``."""
    secret: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": key["name"], "namespace": key["namespace"]},
        "data": {key["key"]: base64.b64encode(config).decode()},
    }
    await client.apply(SECRETS, secret, field_manager=field_manager, force=True)
