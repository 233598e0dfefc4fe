"""What the client needs to know of an object: its metadata, and how it reads and writes as JSON.

Objects are msgspec Structs, whose ``metadata`` has the attributes of ``Metadata``, or plain dicts. Decoders
are built once for each type.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from myriarch.client.errors import Status, Undecodable
from myriarch.client.resource import ObjectKey

T = TypeVar("T")

Raw = dict[str, Any]
"""An object of no known type; pass it where a type is asked for."""


class Unread(msgspec.Struct):
    """Pass it as the type where the answer isn't wanted: nothing of it is built."""


class Metadata(Protocol):
    """The part of ``api.meta.ObjectMeta`` that the client reads."""

    @property
    def name(self) -> str: ...
    @property
    def namespace(self) -> str | None: ...
    @property
    def uid(self) -> str | None: ...
    @property
    def resource_version(self) -> str | None: ...


class Identity(msgspec.Struct, frozen=True):
    """What tells one object, and one state of it, from another."""

    key: ObjectKey
    uid: str
    resource_version: str


class ListMeta(msgspec.Struct, frozen=True):
    resource_version: str = msgspec.field(default="", name="resourceVersion")
    continue_token: str = msgspec.field(default="", name="continue")


class ListBody(msgspec.Struct, Generic[T], frozen=True):
    """One page. ``items`` may be null in answers of some servers."""

    items: list[T] | None = None
    metadata: ListMeta = ListMeta()


class Bookmarked(msgspec.Struct, frozen=True):
    metadata: ListMeta = ListMeta()


class Added(msgspec.Struct, Generic[T], frozen=True, tag_field="type", tag="ADDED"):
    object: T


class Modified(msgspec.Struct, Generic[T], frozen=True, tag_field="type", tag="MODIFIED"):
    object: T


class Deleted(msgspec.Struct, Generic[T], frozen=True, tag_field="type", tag="DELETED"):
    object: T


class Bookmark(msgspec.Struct, frozen=True, tag_field="type", tag="BOOKMARK"):
    """Nothing changed up to ``object.metadata.resource_version``."""

    object: Bookmarked


class Failed(msgspec.Struct, frozen=True, tag_field="type", tag="ERROR"):
    object: Status


WatchEvent = Added[T] | Modified[T] | Deleted[T] | Bookmark
"""What a watch yields."""


def identity(obj: Any) -> Identity:
    """Of a Struct or a dict."""
    if isinstance(obj, dict):
        raw = obj["metadata"]
        key = ObjectKey(raw.get("namespace", ""), raw["name"])
        return Identity(key, raw.get("uid", ""), raw.get("resourceVersion", ""))
    meta: Metadata = obj.metadata
    return Identity(ObjectKey(meta.namespace or "", meta.name), meta.uid or "", meta.resource_version or "")


def encode(obj: Any) -> bytes:
    return msgspec.json.encode(obj)


def decodable(kind: Any) -> Any:
    """The type to decode to: the plain ``dict`` that ``type()`` of an object gives means ``Raw``."""
    return Raw if kind is dict else kind


@lru_cache(maxsize=256)
def decoder_of(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


@lru_cache(maxsize=256)
def list_decoder_of(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(ListBody[kind])


@lru_cache(maxsize=256)
def event_decoder_of(kind: Any) -> msgspec.json.Decoder[Any]:
    """Decodes one line of a watch in one pass, straight to the object's type."""
    return msgspec.json.Decoder(Added[kind] | Modified[kind] | Deleted[kind] | Bookmark | Failed)


def decode(decoder: msgspec.json.Decoder[T], body: bytes, what: str) -> T:
    """Raises Undecodable naming ``what``."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Undecodable(what, str(error)) from None
