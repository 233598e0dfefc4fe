"""``metadata.managedFields``: the entries, their identity and their order.

A manager is told by name, operation and subresource, and an updating one by API version too. Entries are
sorted as Kubernetes sorts them, so that equal ownership is equal JSON. Entries that own nothing are dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from myriarch.apiserver.fields import EMPTY, FieldSet, Path, from_json, has, to_json

Object = dict[str, Any]

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


@dataclass(frozen=True, eq=False)
class Owned:
    """What one manager owns: the entry as stored, parsed only where that is needed.

    Most writes concern one manager of many, and objects have hundreds of fields; an entry that stays as it is
    is neither parsed nor written anew.
    """

    entry: Object

    @property
    def api_version(self) -> str:
        return str(self.entry.get("apiVersion", ""))

    @property
    def time(self) -> str | None:
        return self.entry.get("time")

    @cached_property
    def fields(self) -> FieldSet:
        """What is no FieldsV1 owns nothing."""
        try:
            return from_json(self.entry.get("fieldsV1") or {})
        except ValueError:
            return EMPTY

    def holds(self, path: Path) -> bool:
        return has(self.entry.get("fieldsV1") or {}, path)

    def less(self, lost: Collection[Path]) -> Owned:
        """The same without ``lost``; itself where it held none of them."""
        if not any(self.holds(path) for path in lost):
            return self
        return Owned(self.entry | {"fieldsV1": to_json(self.fields.difference(lost))})


Managers = dict[ManagerId, Owned]


def owned(who: ManagerId, fields: FieldSet, api_version: str, time: str | None) -> Owned:
    """A new entry of ``who``."""
    entry: Object = {"manager": who.name, "operation": who.operation, "apiVersion": api_version}
    if time:
        entry["time"] = time
    entry |= {"fieldsType": FIELDS_V1, "fieldsV1": to_json(fields)}
    if who.subresource:
        entry["subresource"] = who.subresource
    return Owned(entry)


def manager_id(name: str, operation: str, subresource: str, api_version: str) -> ManagerId:
    return ManagerId(name, operation, subresource, "" if operation == APPLY else api_version)


def decode(entries: Any) -> Managers:
    """Stored entries by manager. What is no entry is passed over; two of one manager become one."""
    out: Managers = {}
    for entry in entries if isinstance(entries, list) else ():
        if not _well_formed(entry):
            continue
        who = manager_id(
            entry.get("manager", ""),
            entry["operation"],
            entry.get("subresource", ""),
            entry.get("apiVersion", ""),
        )
        found = Owned(entry)
        if who in out:
            found = owned(who, out[who].fields | found.fields, found.api_version, found.time)
        out[who] = found
    return out


def _well_formed(entry: Any) -> bool:
    if not isinstance(entry, dict) or entry.get("operation") not in (APPLY, UPDATE):
        return False
    texts = ("manager", "subresource", "apiVersion", "time")
    return isinstance(entry.get("fieldsV1"), dict) and all(isinstance(entry.get(key, ""), str) for key in texts)


def encode(managers: Managers) -> list[Object]:
    """The entries to store."""
    owners = [(who, each) for who, each in managers.items() if each.entry.get("fieldsV1")]
    owners.sort(key=lambda pair: _order(*pair))
    return [each.entry for _, each in owners]


def _order(who: ManagerId, each: Owned) -> tuple[str, str, str, str, str]:
    return (who.operation, each.time or "", who.name, each.api_version, who.subresource)


def cap(managers: Managers) -> Managers:
    """At most ``MAX_UPDATE_MANAGERS`` updating managers: the oldest become one, so that objects stay small."""
    updates = sorted(
        ((who, each) for who, each in managers.items() if who.operation == UPDATE and not who.subresource),
        key=lambda pair: _order(*pair),
    )
    excess = len(updates) - MAX_UPDATE_MANAGERS
    if excess <= 0:
        return managers
    oldest = updates[: excess + 1]
    out = {who: each for who, each in managers.items() if who not in dict(oldest)}
    latest = oldest[-1][1]
    ancient = manager_id(ANCIENT, UPDATE, "", latest.api_version)
    out[ancient] = owned(ancient, union(each for _, each in oldest), latest.api_version, latest.time)
    return out


def union(owners: Iterable[Owned]) -> FieldSet:
    return EMPTY.union(*(each.fields for each in owners))
