"""A typed client of the Kubernetes API over any transport.

One client speaks to one logical cluster; ``on`` gives one for another over the same transport. Every method
takes the resource and the type to decode to: a msgspec Struct, or ``Raw`` for plain dicts. Errors are those
of ``client/errors.py``; nothing is retried here, that is for queues and informers to do.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from myriarch.base.errors import ProgrammerError
from myriarch.client.errors import Gone, error_of
from myriarch.client.http import Request, Response, Transport
from myriarch.client.objects import (
    ListBody,
    WatchEvent,
    decodable,
    decode,
    decoder_of,
    encode,
    identity,
    list_decoder_of,
)
from myriarch.client.resource import HUB, ResourceRef
from myriarch.client.watch import events_of

T = TypeVar("T")

PAGE_OBJECTS: Final = 500
"""Objects asked for at a time."""

PAGES_MAX: Final = 100_000
"""A server that never ends its list is broken."""

_JSON: Final = "application/json"


class PatchKind(StrEnum):
    """Content types of patches."""

    JSON = "application/json-patch+json"
    MERGE = "application/merge-patch+json"
    STRATEGIC = "application/strategic-merge-patch+json"
    APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """All pages of a list; watch from ``resource_version`` to see what comes after."""

    items: list[T]
    resource_version: str


class Client:
    """``cluster`` is a logical cluster behind ``transport``; a real cluster's own API is its ``hub``."""

    def __init__(self, transport: Transport, cluster: str = HUB) -> None:
        self._transport = transport
        self.cluster = cluster

    def on(self, cluster: str) -> Client:
        """The same for another logical cluster."""
        return Client(self._transport, cluster)

    async def get(self, ref: ResourceRef, kind: type[T], name: str, namespace: str = "") -> T:
        response = await self._send("GET", ref.path(self.cluster, namespace, name))
        return self._decode(response, ref, kind)

    async def list(
        self,
        ref: ResourceRef,
        kind: type[T],
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
    ) -> Listing[T]:
        """Every page. Starts over in one piece when the server forgets the list half-way (410)."""
        path = ref.path(self.cluster, namespace)
        query = _selectors(label_selector, field_selector)
        try:
            return await self._list_pages(path, query, ref, kind)
        except Gone:
            page = await self._page(path, query, ref, kind)
            return Listing(page.items or [], page.metadata.resource_version)

    async def create(self, ref: ResourceRef, obj: T, *, field_manager: str = "") -> T:
        """The object as stored. Its own metadata says in which namespace."""
        path = ref.path(self.cluster, _namespace_of(obj))
        response = await self._send("POST", path, _manager(field_manager), body=encode(obj))
        return self._decode(response, ref, type(obj))

    async def create_under(self, ref: ResourceRef, name: str, subresource: str, obj: T, *, namespace: str = "") -> T:
        """POST to a subresource, as of ``serviceaccounts/token``: the answer."""
        path = ref.path(self.cluster, namespace, name, subresource)
        response = await self._send("POST", path, body=encode(obj))
        return self._decode(response, ref, type(obj))

    async def read(self, path: str, kind: type[T]) -> T:
        """GET of a ``path`` from the server's root that is no resource, as ``/version``."""
        response = await self._send("GET", path)
        found: T = decode(decoder_of(decodable(kind)), response.body, path)
        return found

    async def replace(self, ref: ResourceRef, obj: T, *, field_manager: str = "") -> T:
        """PUT; raises Conflict if the object's ``resourceVersion`` is set and no longer the newest."""
        return await self._put(ref, obj, "", field_manager)

    async def replace_status(self, ref: ResourceRef, obj: T, *, field_manager: str = "") -> T:
        """As ``replace``, but only the status is taken."""
        return await self._put(ref, obj, "status", field_manager)

    async def patch(
        self,
        ref: ResourceRef,
        kind: type[T],
        name: str,
        patch: Any,
        *,
        namespace: str = "",
        patch_kind: PatchKind = PatchKind.MERGE,
        subresource: str = "",
        field_manager: str = "",
        force: bool = False,
        dry_run: bool = False,
        strict: bool = False,
    ) -> T:
        """``patch`` is anything that encodes to JSON: a dict, or a list of operations for
        ``PatchKind.JSON``. ``dry_run`` gives the answer and stores nothing; ``strict`` refuses unknown fields.
        """
        path = ref.path(self.cluster, namespace, name, subresource)
        query = _manager(field_manager) | ({"force": "true"} if force else {})
        query |= ({"dryRun": "All"} if dry_run else {}) | ({"fieldValidation": "Strict"} if strict else {})
        response = await self._send("PATCH", path, query, body=encode(patch), content_type=patch_kind)
        return self._decode(response, ref, kind)

    async def apply(self, ref: ResourceRef, obj: T, *, field_manager: str, force: bool = False) -> T:
        """Server-side apply of all that ``obj`` says. Raises ApplyConflict where another manager owns a
        field.
        """
        return await self._apply(ref, obj, "", field_manager, force)

    async def apply_status(self, ref: ResourceRef, obj: T, *, field_manager: str, force: bool = False) -> T:
        """Server-side apply of the status."""
        return await self._apply(ref, obj, "status", field_manager, force)

    async def delete(
        self,
        ref: ResourceRef,
        name: str,
        namespace: str = "",
        *,
        uid: str = "",
        resource_version: str = "",
        propagation: str = "",
    ) -> None:
        """Ask for deletion, given ``uid`` or ``resource_version`` only of that very object or state.

        ``propagation`` says what becomes of what it owns; without it, the kind's own rule (Jobs leave their pods).
        """
        given = {"uid": uid, "resourceVersion": resource_version}
        preconditions = {key: value for key, value in given.items() if value}
        options = ({"preconditions": preconditions} if preconditions else {}) | (
            {"propagationPolicy": propagation} if propagation else {}
        )
        body = encode(options) if options else b""
        await self._send("DELETE", ref.path(self.cluster, namespace, name), body=body)

    async def watch(
        self,
        ref: ResourceRef,
        kind: type[T],
        namespace: str = "",
        *,
        resource_version: str = "",
        label_selector: str = "",
        field_selector: str = "",
        timeout_seconds: float | None = None,
    ) -> AsyncGenerator[WatchEvent[T], None]:
        """Changes after ``resource_version``, until the server ends the watch; ``aclose`` it when done.

        Raises Gone when that version is too old, Unreachable when the stream is cut.
        """
        query = _selectors(label_selector, field_selector) | {"watch": "true", "allowWatchBookmarks": "true"}
        if resource_version:
            query["resourceVersion"] = resource_version
        if timeout_seconds is not None:
            query["timeoutSeconds"] = str(max(1, round(timeout_seconds)))
        response = await self._send("GET", ref.path(self.cluster, namespace), query)
        if response.stream is None:
            raise ProgrammerError(f"the transport answered a watch of {ref} with no stream")
        async with aclosing(events_of(response.stream, kind, str(ref))) as events:
            async for event in events:
                yield event

    async def _list_pages(self, path: str, query: dict[str, str], ref: ResourceRef, kind: type[T]) -> Listing[T]:
        items: list[T] = []
        query = query | {"limit": str(PAGE_OBJECTS)}
        for _ in range(PAGES_MAX):
            page = await self._page(path, query, ref, kind)
            items += page.items or []
            if not page.metadata.continue_token:
                return Listing(items, page.metadata.resource_version)
            query = query | {"continue": page.metadata.continue_token}
        raise ProgrammerError(f"the list of {ref} has more than {PAGES_MAX} pages")

    async def _page(self, path: str, query: Mapping[str, str], ref: ResourceRef, kind: type[T]) -> ListBody[T]:
        response = await self._send("GET", path, query)
        decoder = list_decoder_of(decodable(kind))
        page: ListBody[T] = decode(decoder, response.body, f"list of {ref}")
        return page

    async def _put(self, ref: ResourceRef, obj: T, subresource: str, field_manager: str) -> T:
        key = identity(obj).key
        path = ref.path(self.cluster, key.namespace, key.name, subresource)
        response = await self._send("PUT", path, _manager(field_manager), body=encode(obj))
        return self._decode(response, ref, type(obj))

    async def _apply(self, ref: ResourceRef, obj: T, subresource: str, field_manager: str, force: bool) -> T:
        key = identity(obj).key
        return await self.patch(
            ref,
            type(obj),
            key.name,
            obj,
            namespace=key.namespace,
            patch_kind=PatchKind.APPLY,
            subresource=subresource,
            field_manager=field_manager,
            force=force,
        )

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        body: bytes = b"",
        content_type: str = _JSON,
    ) -> Response:
        headers = {"accept": _JSON}
        if body:
            headers["content-type"] = content_type
        response = await self._transport.send(Request(method, path, query or {}, headers, body))
        if response.status < 300:
            return response
        raise error_of(response.status, await _whole(response), response.headers)

    def _decode(self, response: Response, ref: ResourceRef, kind: type[T]) -> T:
        found: T = decode(decoder_of(decodable(kind)), response.body, str(ref))
        return found


async def _whole(response: Response) -> bytes:
    """The body, also of an error that came as a stream."""
    if response.stream is None:
        return response.body
    return b"".join([chunk async for chunk in response.stream])


def _namespace_of(obj: Any) -> str:
    meta = obj["metadata"] if isinstance(obj, dict) else obj.metadata
    found = meta.get("namespace") if isinstance(meta, dict) else meta.namespace
    return found or ""


def _selectors(label_selector: str, field_selector: str) -> dict[str, str]:
    given = {"labelSelector": label_selector, "fieldSelector": field_selector}
    return {key: value for key, value in given.items() if value}


def _manager(field_manager: str) -> dict[str, str]:
    return {"fieldManager": field_manager} if field_manager else {}
