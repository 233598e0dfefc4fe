"""Makes answers comparable: what two servers must say differently becomes a symbol, everything else stays.

One ``Symbols`` a case and server. Uids and generated names become numbers in the order of their sighting, so that the
same uid in two places must be the same in both servers. Versions of objects become ranks: their order counts, their
distance doesn't. The version of a list or bookmark says only whether it is at least that of what it carries, since
others write to a real server too. Times, ages, addresses and continue tokens keep only their form. A list of no
items may say so as ``null``, the end of a list may be an empty token, and the few fields of ``NULL_OR_ABSENT`` may
be left out where they are null: no client tells these apart. A cause that is told twice counts once.

Lists of kinds (discovery, OpenAPI) are brought down to what the embedded server promises in ``served.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from tests.contract.case import Step
from tests.contract.exchange import Answer
from tests.contract.served import served_part

UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
AGE = re.compile(r"\d+(s|m|h|d)(\d+(s|m|h|d))?|<unknown>|<invalid>")
VERSIONS_SAID = re.compile(
    r"(Too large resource version: |current: |precondition \(|in record \(|too old resource version: 1 \()(\d+)"
)
ADDRESS = re.compile(r"\b(10|127)\.\d+\.\d+\.\d+(:\d+)?\b")
GENERATED_CHARS = 5
OPENAPI = "/openapi/"
PROTOBUF = ", application/vnd.kubernetes.protobuf"  # accepted by the real server alone
ADDRESS_FIELDS = ("serverAddress", "clusterIP")
NULL_OR_ABSENT = ("object", "lastTransitionTime", "creationTimestamp", "continue")
RULES = ("resourceRules", "nonResourceRules")  # what we may do, which a real server lists in random order


class Symbols:
    """What this case's server said, and by which symbol it is known."""

    def __init__(self, bodies: Sequence[Any]) -> None:
        self._known: dict[str, str] = {}
        self._versions: dict[str, str] = {}
        versions: set[int] = set()
        for body in bodies:
            for obj in _objects(body):
                self._meet(obj["metadata"])
                versions |= _version(obj)
        for rank, version in enumerate(sorted(versions), 1):
            self._versions[str(version)] = f"<version {rank}>"

    def _meet(self, meta: dict[str, Any]) -> None:
        uid, name, start = meta.get("uid"), meta.get("name"), meta.get("generateName")
        if isinstance(uid, str):
            self._known.setdefault(uid, f"<uid {len(self._known)}>")
        if start and isinstance(name, str) and name.startswith(start) and len(name) == len(start) + GENERATED_CHARS:
            self._known.setdefault(name, f"{start}<generated {len(self._known)}>")

    def version(self, text: str) -> str:
        return self._versions.get(text, "<version>" if text.isdigit() else text)

    def text(self, text: str) -> str:
        """A string with what is known or merely formal in it replaced."""
        for said, symbol in self._known.items():
            if said in text:
                text = text.replace(said, symbol)
        text = UID.sub("<uid>", text).replace(PROTOBUF, "")
        text = TIME.sub(lambda found: "<microtime>" if found[1] else "<time>", text)
        return VERSIONS_SAID.sub(r"\1<version>", text)


def normalised(steps: Sequence[Step], answers: Sequence[Answer]) -> list[Any]:
    """One comparable value for each answer; None for quiet steps that were answered."""
    symbols = Symbols([answer.body for answer in answers])
    out: list[Any] = []
    for step, answer in zip(steps, answers, strict=True):
        body = served_part(answer.body)
        body = _picked(body, step.pick) if step.pick else body
        if step.path.startswith(OPENAPI):
            body = _undescribed(body)
        headers = {name: symbols.text(value) for name, value in answer.headers.items()}
        whole = {"status": answer.status, "headers": headers, "body": _value(body, symbols)}
        out.append(None if step.quiet and answer.status else whole)
    return out


def _picked(body: Any, places: Sequence[Sequence[Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for keys in places:
        value = body
        for key in keys:
            try:
                value = _outline(value, key) if isinstance(key, str) and key.startswith("@") else value[key]
            except (KeyError, IndexError, TypeError):
                value = "<nothing>"
                break
        out[" ".join(str(key) for key in keys)] = value
    return out


def _outline(value: Any, wanted: str) -> list[str]:
    """What a document has at a place, without how: sorted ``@keys``, ``@names`` of a list's items, or ``@sorted``."""
    return sorted(each["name"] for each in value) if wanted == "@names" else sorted(value)


def _objects(body: Any) -> Iterator[dict[str, Any]]:
    """Every object with metadata in an answer, in the order of reading."""
    if isinstance(body, dict):
        if isinstance(body.get("metadata"), dict):
            yield body
        for value in body.values():
            yield from _objects(value)
    elif isinstance(body, list):
        for value in body:
            yield from _objects(value)


def _is_collection(obj: dict[str, Any]) -> bool:
    """A list, a Table, or a bookmark: its version isn't that of an object."""
    return "items" in obj or "rows" in obj or "name" not in obj.get("metadata", {})


def _version(obj: dict[str, Any]) -> set[int]:
    text = obj["metadata"].get("resourceVersion", "")
    return {int(text)} if isinstance(text, str) and text.isdigit() and not _is_collection(obj) else set()


def _value(value: Any, symbols: Symbols) -> Any:
    if isinstance(value, str):
        return symbols.text(value)
    if isinstance(value, list):
        return [_value(each, symbols) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "BOOKMARK" and isinstance(value.get("object"), dict):
        value = {"type": "BOOKMARK", "object": _bookmark(value["object"])}
    if "columnDefinitions" in value and isinstance(value.get("rows"), list):
        value = _plain_table(value)
    meta = value.get("metadata")
    collection = isinstance(meta, dict) and _is_collection(value)
    out = {symbols.text(key): _value(each, symbols) for key, each in value.items() if _is_said(key, each)}
    if "columnDefinitions" in out:
        out["columnDefinitions"] = _undescribed(out["columnDefinitions"])
    if "items" in value and value["items"] is None:
        out["items"] = []
    if isinstance(out.get("causes"), list):
        out["causes"] = [each for index, each in enumerate(out["causes"]) if each not in out["causes"][:index]]
    if isinstance(meta, dict):
        out["metadata"] = _metadata(meta, out["metadata"], value if collection else None, symbols)
    for name in ADDRESS_FIELDS:
        if isinstance(value.get(name), str):
            out[name] = ADDRESS.sub("<address>", value[name])
    for name in RULES:
        if isinstance(out.get(name), list):
            out[name] = sorted(out[name], key=lambda rule: json.dumps(rule, sort_keys=True))
    if isinstance(value.get("clusterIPs"), list):
        out["clusterIPs"] = [ADDRESS.sub("<address>", each) for each in value["clusterIPs"]]
    return out


def _bookmark(obj: dict[str, Any]) -> dict[str, Any]:
    """What clients read of a bookmark: kind and metadata; the rest is a kind's empty fields."""
    meta = {key: each for key, each in obj.get("metadata", {}).items() if each is not None}
    return {**{key: obj[key] for key in ("kind", "apiVersion", "rows") if key in obj}, "metadata": meta}


def _metadata(given: dict[str, Any], out: Any, collection: dict[str, Any] | None, symbols: Symbols) -> dict[str, Any]:
    version = given.get("resourceVersion")
    if isinstance(version, str) and version:
        out["resourceVersion"] = symbols.version(version) if collection is None else _list_version(version, collection)
    if out.pop("continue", ""):
        out["continue"] = "<continue>"
    if isinstance(given.get("managedFields"), list):
        entries = [_timed(entry) for entry in out["managedFields"]]
        out["managedFields"] = sorted(entries, key=_manager_order)
    return out


def _list_version(version: str, collection: dict[str, Any]) -> str:
    """Whether a list is at least as new as what it carries."""
    carried = [obj for key in ("items", "rows") for obj in _objects(collection.get(key))]
    newest = max((number for obj in carried for number in _version(obj)), default=1)
    return "<version of list>" if version.isdigit() and int(version) >= newest else f"<older than items: {version}>"


def _is_said(key: str, value: Any) -> bool:
    return value is not None or key not in NULL_OR_ABSENT


def _timed(entry: dict[str, Any]) -> dict[str, Any]:
    """Whether an entry has a time; the real server forgets those of scales."""
    return {key: each for key, each in entry.items() if key != "time" or entry.get("subresource") != "scale"}


def _manager_order(entry: dict[str, Any]) -> tuple[str, ...]:
    """Entries of one second are in no order: the real server sorts by time first."""
    return tuple(str(entry.get(key, "")) for key in ("operation", "manager", "apiVersion", "subresource"))


def _undescribed(value: Any) -> Any:
    """A schema without its descriptions, which are each server's own words."""
    if isinstance(value, dict):
        return {key: _undescribed(each) for key, each in value.items() if key != "description"}
    return [_undescribed(each) for each in value] if isinstance(value, list) else value


def _plain_table(table: dict[str, Any]) -> dict[str, Any]:
    """A Table without descriptions, whose cells that tell an age tell only that."""
    rows = []
    for row in table["rows"]:
        cells = ["<age>" if isinstance(cell, str) and AGE.fullmatch(cell) else cell for cell in row.get("cells") or []]
        rows.append({**row, "cells": cells})
    return {**table, "rows": rows}
