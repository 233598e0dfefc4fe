"""Writes what a step changed of one object: its spec or its status, never both, and nothing when nothing
changed.

A reconcile step reads an object, computes another, and hands both over. What differs goes out as a merge
patch that carries the resourceVersion read: somebody else's write in between makes it fail as a Conflict,
which is retried, and fields that this version of the program does not know survive. Fields shared among
managers, such as grants, go by server-side apply instead.
"""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar

import msgspec

from myriarch.base.errors import ProgrammerError
from myriarch.client.client import Client, PatchKind
from myriarch.client.objects import identity
from myriarch.client.resource import ObjectKey, ResourceRef

T = TypeVar("T")

_STATUS: Final = "status"
_SET_BY_SERVER: Final = (
    "resourceVersion",
    "generation",
    "uid",
    "creationTimestamp",
    "managedFields",
    "selfLink",
)

SAME: Final = object()
"""What ``merge_diff`` returns when there is nothing to change; ``None`` would mean removal."""


class Committer(Generic[T]):
    """Commits objects of one resource in the name of ``field_manager``."""

    def __init__(self, client: Client, ref: ResourceRef, kind: type[T], field_manager: str) -> None:
        self._client = client
        self._ref = ref
        self._kind = kind
        self._field_manager = field_manager
        self._applied: dict[ObjectKey, bytes] = {}

    async def commit(self, before: T, after: T) -> T:
        """The object as stored, which is ``before`` itself when nothing differs.

        Raises Conflict (Retryable) when it was written in between, and ProgrammerError when ``after``
        differs in both spec and status, or is another object.
        """
        old, new = _plain(before), _plain(after)
        status = merge_diff(old.pop(_STATUS, {}), new.pop(_STATUS, {}))
        rest = merge_diff(old, new)
        if status is SAME and rest is SAME:
            return before
        if status is not SAME and rest is not SAME:
            raise ProgrammerError(f"{self._ref} {identity(before).key}: spec and status changed in one commit")
        patch = rest if status is SAME else {_STATUS: status}
        return await self._send(before, after, patch, "" if status is SAME else _STATUS)

    async def apply(self, live: T | None, applied: dict[str, Any], *, force: bool = False) -> T | None:
        """Server-side apply of ``applied``, a whole statement of what our manager wants of one object.

        Returns the object as stored, or ``live`` when we applied just that before and ``live`` still holds
        it. Raises ApplyConflict (Terminal) when another manager owns a field and ``force`` is off.
        """
        key = identity(applied).key
        body = msgspec.json.encode(applied)
        if live is not None and self._applied.get(key) == body and holds(msgspec.to_builtins(live), applied):
            return live
        stored = await self._client.patch(
            self._ref,
            self._kind,
            key.name,
            applied,
            namespace=key.namespace,
            patch_kind=PatchKind.APPLY,
            field_manager=self._field_manager,
            force=force,
        )
        self._applied[key] = body
        return stored

    def forget(self, key: ObjectKey) -> None:
        """The object is gone: what was applied to it no longer counts."""
        self._applied.pop(key, None)

    async def _send(self, before: T, after: T, patch: dict[str, Any], subresource: str) -> T:
        old, new = identity(before), identity(after)
        if (old.key, old.uid) != (new.key, new.uid):
            raise ProgrammerError(f"{self._ref}: {old.key} can't be committed as {new.key}")
        meta = patch.setdefault("metadata", {})
        if old.resource_version:
            meta["resourceVersion"] = old.resource_version
        return await self._client.patch(
            self._ref,
            self._kind,
            old.key.name,
            patch,
            namespace=old.key.namespace,
            subresource=subresource,
            field_manager=self._field_manager,
        )


def merge_diff(old: Any, new: Any) -> Any:
    """The JSON merge patch (RFC 7386) that makes ``new`` of ``old``; ``SAME`` when they are
    equal.
    """
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return SAME if old == new else new
    patch: dict[str, Any] = {}
    for key in old:
        if key not in new:
            patch[key] = None
    for key, value in new.items():
        change = merge_diff(old[key], value) if key in old else value
        if change is not SAME:
            patch[key] = change
    return patch or SAME


def holds(live: Any, applied: Any) -> bool:
    """Whether ``live`` has every field of ``applied`` with its value; lists of objects in any order."""
    if isinstance(applied, dict):
        if not isinstance(live, dict):
            return False
        return all(key in live and holds(live[key], value) for key, value in applied.items())
    if isinstance(applied, list) and any(isinstance(item, dict) for item in applied):
        return isinstance(live, list) and all(any(holds(have, item) for have in live) for item in applied)
    return bool(live == applied)


def _plain(obj: Any) -> dict[str, Any]:
    """As JSON would have it, without what only the server sets. The result is ours to change."""
    plain: dict[str, Any] = dict(msgspec.to_builtins(obj))
    meta = plain.get("metadata", {})
    plain["metadata"] = {key: value for key, value in meta.items() if key not in _SET_BY_SERVER}
    return plain
