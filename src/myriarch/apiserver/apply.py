"""Server-side apply, and who owns which field after any other write.

``apply`` merges what a manager states into the live object, refuses to change what others own (unless
forced), and removes what the manager stated before and states no more, unless another owns it too.
``update_managed`` keeps ownership after writes that say nothing of it (POST, PUT, PATCH): the writer gets
every field that it added or changed, and others lose those.

Both leave the object's other bookkeeping (resourceVersion, generation, times) to the caller, and neither
changes the live object.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from myriarch.apiserver.field_merge import Comparison, compare, merge, remove
from myriarch.apiserver.fields import EMPTY, FieldSet, Path, from_object, prefixes, show
from myriarch.apiserver.managers import (
    APPLY,
    UPDATE,
    ManagerId,
    Managers,
    cap,
    decode,
    encode,
    manager_id,
    owned,
    union,
)
from myriarch.apiserver.schema import Schema
from myriarch.apiserver.status import bad_request
from myriarch.base.errors import MyriarchError

Object = dict[str, Any]

# Nobody owns these: they name the object or are the server's own.
_UNTRACKED = frozenset({"apiVersion", "kind"})
_UNTRACKED_METADATA = frozenset(
    {
        "name",
        "namespace",
        "creationTimestamp",
        "selfLink",
        "uid",
        "generation",
        "managedFields",
        "resourceVersion",
    }
)
_METADATA: Path = ("f:metadata",)

BEFORE_FIRST_APPLY = "before-first-apply"
"""Owns what an object without owners says when it is first applied to."""


class ApplyConflict(MyriarchError):
    """Other managers own what the apply would change. ``conflicts``: (manager as shown, dotted path)."""

    def __init__(self, conflicts: Sequence[tuple[str, str]]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__(_conflict_text(self.conflicts))


def _conflict_text(conflicts: Sequence[tuple[str, str]]) -> str:
    if len(conflicts) == 1:
        who, path = conflicts[0]
        return f"Apply failed with 1 conflict: conflict with {who}: {path}"
    by_manager: dict[str, list[str]] = {}
    for who, path in conflicts:
        by_manager.setdefault(who, []).append(path)
    lines = [line for who, paths in by_manager.items() for line in (f"conflicts with {who}:", *_dashed(paths))]
    return f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(lines)


def _dashed(paths: Sequence[str]) -> list[str]:
    return [f"- {path}" for path in paths]


def apply(
    live: Object | None,
    applied: Object,
    *,
    manager: str,
    force: bool,
    schema: Schema,
    subresource: str,
    now_text: str,
    reset: frozenset[str] = frozenset(),
    adopts: bool = True,
) -> Object:
    """The object after ``manager`` applies ``applied``; managedFields included.

    ``reset`` are top-level fields that this endpoint can't write (``ResourceType.reset_fields``): they are
    taken out of ``applied``. Where ``adopts`` is false, what nobody owns in the live object belongs to whoever wrote
    before the first apply. Nothing changed is told by a result that equals ``live``. Raises ApplyConflict,
    and ApiError 400 where ``applied`` brings managedFields.
    """
    if applied.get("metadata", {}).get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    stated = {key: value for key, value in applied.items() if key not in reset} if reset else applied
    tree = schema.field_tree
    managers = decode((live or {}).get("metadata", {}).get("managedFields"))
    who = manager_id(manager, APPLY, subresource, stated.get("apiVersion", ""))
    last = managers.pop(who, None)
    wanted = from_object(_tracked(stated), tree) - {_METADATA}

    before = _tracked(live or {})
    if live is not None and not managers and last is None and not adopts:
        earlier = manager_id(BEFORE_FIRST_APPLY, UPDATE, "", live.get("apiVersion", ""))
        managers[earlier] = owned(
            earlier, from_object(before, tree) - {_METADATA}, live.get("apiVersion", ""), now_text
        )
    merged = merge(before, _tracked(stated), tree)
    dropped = (last.fields if last else EMPTY) - wanted
    if dropped:
        merged = remove(merged, dropped, tree, prefixes(union(managers.values()) | wanted))
    changes = compare(before, merged, tree)
    conflicts = _conflicts(managers, changes)
    if conflicts and not force:
        raise ApplyConflict(conflicts)
    managers = _less_changed(managers, changes)
    if last is not None and last.fields == wanted and not _any(changes):
        managers[who] = last
    else:
        # As Kubernetes has it, an apply that changes no value has no time.
        when = now_text if live is None or _any(changes) else None
        managers[who] = owned(who, wanted, stated.get("apiVersion", ""), when)
    return _assembled(live, stated, merged, encode(managers))


def _tracked(obj: Object) -> Object:
    """The part of an object that can be owned."""
    out = {key: value for key, value in obj.items() if key not in _UNTRACKED}
    meta = out.get("metadata")
    if isinstance(meta, dict):
        out["metadata"] = {key: value for key, value in meta.items() if key not in _UNTRACKED_METADATA}
    return out


def _assembled(live: Object | None, stated: Object, merged: Object, entries: list[Object]) -> Object:
    """The whole object again: what can't be owned comes from the live one, or from the first apply."""
    source = stated if live is None else live
    own: Object = {key: source[key] for key in ("apiVersion", "kind") if key in source}
    meta = {k: v for k, v in (source.get("metadata") or {}).items() if k in _UNTRACKED_METADATA}
    if live is not None:
        # Left for the caller to check: an apply may state the version or uid that it expects.
        given = stated.get("metadata") or {}
        meta |= {key: given[key] for key in ("resourceVersion", "uid") if given.get(key)}
    metadata = {**meta, **merged.get("metadata", {}), "managedFields": entries}
    if not entries:
        del metadata["managedFields"]
    return {**own, **merged, "metadata": metadata}


def _any(changes: Comparison) -> bool:
    return bool(changes.added or changes.modified or changes.removed)


def _conflicts(managers: Managers, changes: Comparison) -> list[tuple[str, str]]:
    touched = sorted({*changes.added, *changes.modified})
    if not touched:
        return []
    return [
        (who.shown(), show(path))
        for who, each in sorted(managers.items(), key=lambda pair: pair[0].shown())
        for path in touched
        if each.holds(path)
    ]


def _less_changed(managers: Managers, changes: Comparison) -> Managers:
    """What the other managers still own after a write that they did not make."""
    lost = [*changes.added, *changes.modified, *changes.removed]
    return {who: each.less(lost) for who, each in managers.items()}


def update_managed(
    live: Object | None,
    new: Object,
    *,
    manager: str,
    operation: str = UPDATE,
    subresource: str,
    now_text: str,
    schema: Schema,
    zero: Object | None = None,
    adopts: bool = True,
) -> None:
    """Set ``new``'s managedFields for a POST, PUT or PATCH that turned ``live`` into ``new``; in place.

    ``zero`` is what a new object says before anybody wrote. ``adopts``: a write to an object whose fields nobody owns
    makes its writer an owner; stored objects stay without owners until somebody applies, as Kubernetes has it.

    ``new`` without managedFields keeps the live ones; an empty list in ``new`` forgets all of them. Cheap
    where only values changed that this manager already owns alone.
    """
    meta = new.setdefault("metadata", {})
    managers = decode(_base_entries(live, meta.get("managedFields")))
    if live is not None and not managers and not adopts:
        meta.pop("managedFields", None)
        return
    changes = compare(zero or {} if live is None else _tracked(live), _tracked(new), schema.field_tree)
    api_version = new.get("apiVersion", "")
    who = manager_id(manager, operation, subresource, api_version)
    if not _settled(managers, who, changes):
        managers = _updated(managers, who, changes, api_version, now_text)
    entries = encode(managers)
    if entries:
        meta["managedFields"] = entries
    else:
        meta.pop("managedFields", None)


def _base_entries(live: Object | None, given: Any) -> Any:
    forgotten = given is not None and (not given or given == [{}])
    if forgotten:
        return []
    return given or (live or {}).get("metadata", {}).get("managedFields")


def _settled(managers: Managers, who: ManagerId, changes: Comparison) -> bool:
    """Whether a write leaves ownership as it is: nothing but values changed that the writer alone owns."""
    if changes.added or changes.removed:
        return False
    return all(
        each.holds(path) == (owner == who) for path in changes.modified for owner, each in managers.items()
    ) and (not changes.modified or who in managers)


def _updated(managers: Managers, who: ManagerId, changes: Comparison, api_version: str, now_text: str) -> Managers:
    mine = managers.pop(who, None)
    before = mine.fields if mine else EMPTY
    left = _less_changed(managers, changes)
    after: FieldSet = (before - set(changes.removed)) | ({*changes.added, *changes.modified} - {_METADATA})
    if mine is None or after != before:
        mine = owned(who, after, api_version, now_text)
    return cap({**left, who: mine})
