"""What is asked of a hub's API server before controllers start, so that a mistake is told at once and in words, not
found as a loop of refusals: its version, whether it serves Myriarch's kinds, and whether we may do our work."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.errors import Forbidden, NotFound, TooManyRequests, Unauthorized, error_of
from myriarch.client.http import Request, Transport
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS, RELEASES
from myriarch.client.resource import ResourceRef
from myriarch.hub.rights import RIGHTS, Right

OLDEST_MINOR: Final = 29
"""Kubernetes 1.29 is the oldest in which CEL rules of CRDs, by which stale writers are refused, are settled."""

TRIES: Final = 30
TRY_AGAIN_SECONDS: Final = 1.0

_REVIEWS: Final = ResourceRef("authorization.k8s.io", "v1", "selfsubjectaccessreviews")
_INSTALL: Final = "Run 'myriarch install' against it first."
_ROLES: Final = "Give the account the roles that 'myriarch install --export' prints."


async def preflight(transport: Transport, server: str, also: Sequence[Right] = ()) -> str:
    """The API server's version; ``also`` are rights that are needed beyond the usual.

    Raises UserFault for whatever keeps controllers from working there.
    """
    version = await _version(transport, server)
    client = Client(transport)
    try:
        for ref in (RELEASES, CLUSTERS):
            await _look(client, ref)
    except NotFound:
        raise UserFault("server", server, "doesn't serve Myriarch's kinds", _INSTALL) from None
    except Forbidden:
        pass  # told below, with everything else that is missing
    missing = [text for right in (*RIGHTS, *also) for text in await _missing(client, right)]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise UserFault("kubeconfig", server, f"the account may not {'; '.join(missing[:3])}{more}", _ROLES)
    return version


async def _look(client: Client, ref: ResourceRef) -> None:
    """An API server that has just started answers 429 for each kind until it has prepared that kind's storage."""
    for _ in range(TRIES):
        try:
            await client.list(ref, Raw, field_selector="metadata.name=none")
        except TooManyRequests as error:
            await asyncio.sleep(max(error.retry_after_seconds, TRY_AGAIN_SECONDS))
        else:
            return
    await client.list(ref, Raw, field_selector="metadata.name=none")


async def _version(transport: Transport, server: str) -> str:
    response = await transport.send(Request("GET", "/version", {}, {"accept": "application/json"}))
    if response.status >= 300:
        error = error_of(response.status, response.body, response.headers)
        if isinstance(error, Unauthorized):
            cure = "Renew the token or certificate in the kubeconfig."
            raise UserFault("kubeconfig", server, "the API server doesn't know this account", cure)
        raise error
    try:
        told: dict[str, Any] = msgspec.json.decode(response.body)
        major, minor = (int(re.sub(r"\D.*", "", str(told[part]))) for part in ("major", "minor"))
    except (msgspec.DecodeError, KeyError, ValueError, TypeError):
        raise UserFault("server", server, "is no Kubernetes API server", "Give the address of one.") from None
    if (major, minor) < (1, OLDEST_MINOR):
        problem = f"is too old for a hub: Kubernetes {major}.{minor}"
        raise UserFault("server", server, problem, f"Use 1.{OLDEST_MINOR} or newer.")
    return str(told.get("gitVersion", f"v{major}.{minor}"))


async def _missing(client: Client, right: Right) -> list[str]:
    """What of ``right`` the account may not do, in words."""
    missing = []
    for resource in right.resources:
        denied = [verb for verb in right.verbs if not await _allowed(client, right, resource, verb)]
        if denied:
            where = f" in namespace {right.namespace}" if right.namespace else ""
            of = f".{right.group}" if right.group else ""
            missing.append(f"{', '.join(denied)} {resource}{of}{where}")
    return missing


async def _allowed(client: Client, right: Right, resource: str, verb: str) -> bool:
    name, _, subresource = resource.partition("/")
    asked = {
        "group": right.group,
        "resource": name,
        "subresource": subresource,
        "verb": verb,
        "namespace": right.namespace,
    }
    review: Raw = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "metadata": {},
        "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
    }
    answer = await client.create(_REVIEWS, review)
    return bool(answer.get("status", {}).get("allowed"))
