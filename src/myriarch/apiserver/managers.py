"""``metadata.managedFields``: the entries, their identity and their order.

A manager is told by name, operation and subresource, and an updating one by API version too. Entries are
sorted as Kubernetes sorts them, so that equal ownership is equal JSON. Entries that own nothing are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from myriarch.apiserver.fields import EMPTY, FieldSet, from_json, to_json

APPLY = "Apply"
UPDATE = "Update"
FIELDS_V1 = "FieldsV1"
MAX_UPDATE_MANAGERS = 10
ANCIENT = "ancient-changes"


@dataclass(frozen=True, slots=True)
class ManagerId:
    """Who writes: an applier's ``api_version`` is empty here, for it may change without changing who it is."""

    name: str
    operation: str
    subresource: str
    api_version: str

    def shown(self) -> str:
        """As conflicts name it."""
        text = f'"{self.name}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return text if self.operation == APPLY else f"{text} using {self.api_version}"


@dataclass(frozen=True, slots=True)
class Owned:
    """What one manager owns, in which API version it said so, and when that last changed."""

    fields: FieldSet
    api_version: str
    time: str | None


Managers = dict[ManagerId, Owned]


def manager_id(name: str, operation: str, subresource: str, api_version: str) -> ManagerId:
    return ManagerId(name, operation, subresource, "" if operation == APPLY else api_version)


def entry_id(entry: dict[str, Any]) -> ManagerId:
    """The identity of an entry as stored."""
    operation = entry.get("operation", UPDATE)
    return manager_id(entry.get("manager", ""), operation, entry.get("subresource", ""), entry.get("apiVersion", ""))


def decode(entries: Any) -> Managers:
    """Entries to sets. What is no FieldsV1 is taken as owning nothing."""
    out: Managers = {}
    for entry in entries or ():
        if not isinstance(entry, dict):
            continue
        try:
            owned = from_json(entry.get("fieldsV1") or {})
        except ValueError:
            continue
        who = entry_id(entry)
        before = out[who].fields if who in out else EMPTY
        out[who] = Owned(owned | before, entry.get("apiVersion", ""), entry.get("time"))
    return out


def encode(managers: Managers) -> list[dict[str, Any]]:
    """The entries to store."""
    owners = [(who, owned) for who, owned in managers.items() if owned.fields]
    owners.sort(key=lambda pair: _order(*pair))
    return [_entry(who, owned) for who, owned in owners]


def _order(who: ManagerId, owned: Owned) -> tuple[str, str, str, str, str]:
    return (who.operation, owned.time or "", who.name, owned.api_version, who.subresource)


def _entry(who: ManagerId, owned: Owned) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "manager": who.name,
        "operation": who.operation,
        "apiVersion": owned.api_version,
    }
    if owned.time:
        entry["time"] = owned.time
    entry |= {"fieldsType": FIELDS_V1, "fieldsV1": to_json(owned.fields)}
    if who.subresource:
        entry["subresource"] = who.subresource
    return entry


def cap(managers: Managers) -> Managers:
    """At most ``MAX_UPDATE_MANAGERS`` updating managers: the oldest become one, so that objects stay small."""
    updates = sorted(
        ((who, owned) for who, owned in managers.items() if who.operation == UPDATE and not who.subresource),
        key=lambda pair: _order(*pair),
    )
    excess = len(updates) - MAX_UPDATE_MANAGERS
    if excess <= 0:
        return managers
    oldest = updates[: excess + 1]
    out = {who: owned for who, owned in managers.items() if who not in dict(oldest)}
    latest = oldest[-1][1]
    ancient = manager_id(ANCIENT, UPDATE, "", latest.api_version)
    out[ancient] = Owned(union(owned for _, owned in oldest), latest.api_version, latest.time)
    return out


def union(owners: Iterable[Owned]) -> FieldSet:
    return frozenset().union(*(owned.fields for owned in owners))
