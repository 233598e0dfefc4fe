"""The API server that a source of clusters is kept in, read with our own client.

Its errors become faults of the input: they are about the place that the user named, not about the hub.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, Forbidden, NotFound, Unauthorized
from myriarch.client.objects import Raw
from myriarch.client.resource import SECRETS, ResourceRef
from myriarch.imports.found import host_of

OPTION: Final = "--from-kubeconfig"
_BAD_REQUEST: Final = 400


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for: clusters with these labels, in this namespace; '' is all."""

    selector: str = ""
    namespace: str = ""

    @property
    def whole(self) -> bool:
        return not self.selector and not self.namespace


class Place:
    """``server`` is the address that ``client`` speaks to."""

    def __init__(self, client: Client, server: str) -> None:
        self.host = host_of(server)
        self._client = client

    async def list(self, refs: Sequence[ResourceRef], product: str, scope: Scope, selector: str = "") -> list[Raw]:
        """Objects of the first of ``refs`` that is served, by namespace and name; ``selector`` is added to the scope's.

        Raises UserFault where none is served (``product`` brings them), and for whatever keeps us from reading.
        """
        labels = ",".join(part for part in (selector, scope.selector) if part)
        for ref in refs:
            namespace = scope.namespace if ref.namespaced else ""
            try:
                listing = await self._client.list(ref, Raw, namespace, label_selector=labels)
            except NotFound:
                continue
            except ApiError as error:
                raise self._fault(error, f"list {ref}", scope) from None
            return sorted(listing.items, key=lambda obj: (namespace_of(obj), str(obj["metadata"]["name"])))
        raise UserFault(OPTION, self.host, f"does not serve {refs[0]}", f"Is {product} installed there?")

    async def secret(self, namespace: str, name: str) -> dict[str, bytes] | None:
        """What the Secret holds; None where it is not there."""
        try:
            found = await self._client.get(SECRETS, Raw, name, namespace)
        except NotFound:
            return None
        except ApiError as error:
            raise self._fault(error, f"get secrets in namespace {namespace}", Scope()) from None
        return data_of(found)

    def _fault(self, error: ApiError, deed: str, scope: Scope) -> ApiError | UserFault:
        if isinstance(error, Forbidden):
            cure = "Give that account the right, or name a kubeconfig of another."
            return UserFault(OPTION, self.host, f"the account may not {deed}", cure)
        if isinstance(error, Unauthorized):
            return UserFault(OPTION, self.host, "the account is not known there", "Renew its token or certificate.")
        if error.status.code == _BAD_REQUEST and scope.selector:
            cure = "Write it as kubectl takes it: env=prod,tier in (gold,silver)."
            return UserFault("--selector", scope.selector, "is no label selector", cure)
        return error


def data_of(secret: Raw) -> dict[str, bytes]:
    """The decoded data of a Secret; what is no base64 is left out."""
    found = {}
    for key, value in (secret.get("data") or {}).items():
        try:
            found[str(key)] = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError, TypeError):
            continue
    return found


def namespace_of(obj: Raw) -> str:
    """'' for an object of the whole cluster."""
    return str(obj["metadata"].get("namespace") or "")
