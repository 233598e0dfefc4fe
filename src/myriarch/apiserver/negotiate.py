"""How objects go out: as they are, as Tables, or as their metadata alone, by the Accept header.

Bodies are spliced from the stored bytes where the client wants plain JSON; only Tables, metadata and
translated types decode. Encodings that aren't spoken (protobuf) are refused with 406, unless the client
names JSON as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from myriarch.apiserver.call import JSON, Call
from myriarch.apiserver.kinds import ResourceType, unchanged
from myriarch.apiserver.record import Change, Record, decode, encode, event_line
from myriarch.apiserver.status import not_acceptable, not_acceptable_form
from myriarch.apiserver.table import render_table
from myriarch.apiserver.watch import BookmarkEncoder, Encoder
from myriarch.client.http import Response

META_GROUP = "meta.k8s.io"
INITIAL_EVENTS_END = "k8s.io/initial-events-end"
ACCEPTED = (JSON, f"{JSON};as=Table;v=v1;g={META_GROUP}", f"{JSON};as=PartialObjectMetadata;v=v1;g={META_GROUP}")
JSON_HEADERS = {"content-type": JSON}


class Form(StrEnum):
    PLAIN = "plain"
    TABLE = "Table"
    PARTIAL = "PartialObjectMetadata"


@dataclass(frozen=True, slots=True)
class ListMeta:
    """``remaining`` is how many objects come after this page."""

    version: int
    token: str = ""
    remaining: int = 0

    def as_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"resourceVersion": str(self.version)}
        if self.token:
            out["continue"] = self.token
        if self.remaining:
            out["remainingItemCount"] = self.remaining
        return out


def form_of(accept: str) -> Form:
    """The first form of the Accept header that is spoken. Raises ApiError 406."""
    if not accept or accept == JSON:
        return Form.PLAIN
    for part in accept.split(","):
        media, *params = (piece.strip() for piece in part.split(";"))
        options = dict(param.split("=", 1) for param in params if "=" in param)
        if media not in (JSON, "*/*"):
            continue
        kind = options.get("as", "").removesuffix("List")
        if not kind:
            return Form.PLAIN
        if kind in (Form.TABLE, Form.PARTIAL) and options.get("v") == "v1" and options.get("g") == META_GROUP:
            return Form(kind)
    raise not_acceptable(ACCEPTED)


def partial(obj: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "PartialObjectMetadata", "apiVersion": f"{META_GROUP}/v1", "metadata": obj["metadata"]}


def _require_form(accept: str, *, listing: bool) -> None:
    """Metadata of a list is asked for by another name than that of an object. Raises ApiError 406."""
    for part in accept.split(","):
        named = re.search(r"as=PartialObjectMetadata(List)?(;|$)", part.replace(" ", ""))
        if named is None or bool(named[1]) == listing:
            return
    wanted = "PartialObjectMetadata" if listing else "PartialObjectMetadataList"
    raise not_acceptable_form(wanted, listing=listing)


def object_response(call: Call, data: bytes, now: float, *, status: int = 200) -> Response:
    """One object, given as its served JSON."""
    form = form_of(call.request.headers.get("accept", ""))
    if form is Form.PARTIAL:
        _require_form(call.request.headers["accept"], listing=False)
    headers = JSON_HEADERS
    if call.warnings:
        headers = {**JSON_HEADERS, "warning": ", ".join(f'299 - "{_quoted(text)}"' for text in call.warnings)}
    if form is Form.TABLE:
        data = encode(render_table(call.type, [decode(data)], call.query.get("includeObject", ""), now))
    elif form is Form.PARTIAL:
        data = encode(partial(decode(data)))
    return Response(status, data, headers)


def list_response(call: Call, records: Sequence[Record], meta: ListMeta, now: float) -> Response:
    form = form_of(call.request.headers.get("accept", ""))
    rtype = call.type
    if form is Form.TABLE:
        objects = [served(rtype, record) for record in records]
        include = call.query.get("includeObject", "")
        table = render_table(rtype, objects, include, now, list_metadata=meta.as_dict())
        return Response(200, encode(table), JSON_HEADERS)
    if form is Form.PARTIAL:
        _require_form(call.request.headers["accept"], listing=True)
        items = [encode(partial(record.decode())) for record in records]
        return Response(200, _spliced("PartialObjectMetadataList", f"{META_GROUP}/v1", meta, items), JSON_HEADERS)
    items = [served_bytes(rtype, record) for record in records]
    lead = b""
    if rtype.strategic_merge:
        head, lead = b'{"kind":"%s","apiVersion":"%s",' % (rtype.kind.encode(), rtype.group_version.encode()), b"{"
        items = [item[len(head) :] if item.startswith(head) else item[1:] for item in items]
    return Response(200, _spliced(rtype.list_kind, rtype.group_version, meta, items, lead), JSON_HEADERS)


def _spliced(kind: str, api_version: str, meta: ListMeta, items: list[bytes], lead: bytes = b"") -> bytes:
    """``items`` lack the ``lead`` that each begins with. A list may be large: it is copied once, by the join."""
    head = encode({"kind": kind, "apiVersion": api_version, "metadata": meta.as_dict()})
    begin = b'%s,"items":[' % head[:-1]
    if not items:
        return begin + b"]}"
    items[0] = begin + lead + items[0]
    items[-1] += b"]}"
    return (b"," + lead).join(items)


def served(rtype: ResourceType, record: Record) -> dict[str, Any]:
    return rtype.outward(record.decode())


def served_bytes(rtype: ResourceType, record: Record) -> bytes:
    return record.data if rtype.outward is unchanged else encode(served(rtype, record))


def watch_encoder(call: Call, clock_now: Callable[[], float]) -> Encoder:
    """How this watch's changes become lines."""
    rtype = call.type
    form = form_of(call.request.headers.get("accept", ""))
    if form is Form.TABLE:
        return _TableEncoder(call, clock_now)
    if form is Form.PARTIAL:
        return lambda change: event_line(change.type, encode(partial(change.record.decode())))
    if rtype.outward is unchanged:
        return lambda change: change.line
    return lambda change: event_line(change.type, served_bytes(rtype, change.record))


class _TableEncoder:
    """A Table for each change; only the first carries the column definitions."""

    def __init__(self, call: Call, clock_now: Callable[[], float]) -> None:
        self._call = call
        self._now = clock_now
        self._first = True

    def __call__(self, change: Change) -> bytes:
        call = self._call
        include = call.query.get("includeObject", "")
        objects = [served(call.type, change.record)]
        table = render_table(call.type, objects, include, self._now(), with_columns=self._first)
        self._first = False
        return event_line(change.type, encode(table))


def bookmark_encoder(call: Call) -> BookmarkEncoder:
    """Bookmarks in the form of the watch."""
    form = form_of(call.request.headers.get("accept", ""))
    kind, api_version = call.type.kind, call.type.group_version
    if form is not Form.PLAIN:
        kind, api_version = form.value, f"{META_GROUP}/v1"

    def line(version: int, initial: bool) -> bytes:
        meta: dict[str, Any] = {"resourceVersion": str(version), "creationTimestamp": None}
        if initial:
            meta["annotations"] = {INITIAL_EVENTS_END: "true"}
        obj: dict[str, Any] = {"kind": kind, "apiVersion": api_version, "metadata": meta}
        if form is Form.TABLE:
            # As in Kubernetes, what the bookmark says is in a row of an object that says nothing else.
            table = render_table(call.type, [obj], call.query.get("includeObject", ""), 0.0, with_columns=False)
            rows = [{**row, "cells": ["" if cell is None else cell for cell in row["cells"]]} for row in table["rows"]]
            obj = {**table, "metadata": {"resourceVersion": str(version)}, "rows": rows}
        return event_line("BOOKMARK", encode(obj))

    return line


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
