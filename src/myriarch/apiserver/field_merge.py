"""Merging an applied configuration into an object, comparing objects, and removing fields by path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from myriarch.apiserver.field_tree import LEAF, Division, FieldNode, child_node, element, items_of
from myriarch.apiserver.fields import Path, all_paths


@dataclass(slots=True)
class Comparison:
    """What changed between two objects, as paths."""

    added: list[Path] = field(default_factory=list)
    modified: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)


def compare(old: Any, new: Any, node: FieldNode) -> Comparison:
    """The paths in which ``new`` differs from ``old``."""
    out = Comparison()
    _compare(old, new, node, (), out)
    return out


def _compare(old: Any, new: Any, node: FieldNode, path: Path, out: Comparison) -> None:
    if old == new:
        return
    if node.division is Division.MAP and isinstance(old, dict) and isinstance(new, dict):
        _compare_maps(old, new, node, path, out)
        return
    before, after = items_of(old, node), items_of(new, node)
    if before is not None and after is not None:
        _compare_lists(list(before), list(after), path, out)
        return
    out.modified.append(path)
    if before is not None:
        for part, child, inner in before:
            all_paths(child, inner, (*path, part), out.removed)
    if after is not None:
        for part, child, inner in after:
            all_paths(child, inner, (*path, part), out.added)


def _compare_maps(old: dict[str, Any], new: dict[str, Any], node: FieldNode, path: Path, out: Comparison) -> None:
    for name, child in new.items():
        below = (*path, "f:" + name)
        if name in old:
            if old[name] != child:
                _compare(old[name], child, child_node(node, name), below, out)
        else:
            all_paths(child, child_node(node, name), below, out.added)
    for name, child in old.items():
        if name not in new:
            all_paths(child, child_node(node, name), (*path, "f:" + name), out.removed)


Items = list[tuple[str, Any, FieldNode]]


def _compare_lists(before: Items, after: Items, path: Path, out: Comparison) -> None:
    was = {part: child for part, child, _ in before}
    now = {part for part, _, _ in after}
    for part, child, inner in after:
        if part in was:
            _compare(was[part], child, inner, (*path, part), out)
        else:
            all_paths(child, inner, (*path, part), out.added)
    for part, child, inner in before:
        if part not in now:
            all_paths(child, inner, (*path, part), out.removed)


def merge(live: Any, applied: Any, node: FieldNode) -> Any:
    """``live`` with everything that ``applied`` states. Neither is changed; unchanged parts are shared."""
    if node.division is Division.MAP and isinstance(live, dict) and isinstance(applied, dict):
        out = dict(live)
        for name, child in applied.items():
            out[name] = merge(out[name], child, child_node(node, name)) if name in out else child
        return out
    if node.division in (Division.KEYED, Division.SET) and isinstance(live, list) and isinstance(applied, list):
        return _merge_lists(live, applied, node)
    return applied


def _merge_lists(live: list[Any], applied: list[Any], node: FieldNode) -> list[Any]:
    """Live items keep their places; new ones follow in the order applied."""
    stated = {element(child, node): child for child in applied}
    item = node.item or LEAF
    out = []
    for child in live:
        mark = element(child, node)
        out.append(merge(child, stated.pop(mark), item) if mark in stated else child)
    return [*out, *stated.values()]


_GOES = ""


def remove(obj: Any, paths: Iterable[Path], node: FieldNode, kept: set[Path]) -> Any:
    """``obj`` without the fields at ``paths``, nor the containers below the top level that this empties.

    ``kept`` are paths that must stay, with everything above them. The object given is not changed.
    """
    tree: dict[str, Any] = {}
    for path in paths:
        at = tree
        for part in path:
            at = at.setdefault(part, {})
        at[_GOES] = {}
    return _without(obj, tree, node, (), kept)


def _without(value: Any, tree: dict[str, Any], node: FieldNode, path: Path, kept: set[Path]) -> Any:
    """``tree`` maps path elements to trees of what goes below them; ``_GOES`` in one says that the whole goes."""
    items = items_of(value, node)
    if items is None:
        return value
    left: list[tuple[str, Any]] = []
    keys = {f"f:{name}" for name in _key_names(path)}
    for part, child, inner in items:
        if part not in tree or part in keys:
            left.append((part, child))
            continue
        below = (*path, part)
        if _GOES in tree[part] and below not in kept:
            continue
        smaller = _without(child, tree[part], inner, below, kept)
        emptied = smaller in ({}, []) and child != smaller and path != () and below not in kept
        if not emptied:
            left.append((part, smaller))
    return {part[2:]: child for part, child in left} if isinstance(value, dict) else [child for _, child in left]


def _key_names(path: Path) -> list[str]:
    """The fields that tell the list item at ``path`` from its siblings: they go only with the item."""
    if not path or not path[-1].startswith("k:"):
        return []
    return list(msgspec.json.decode(path[-1][2:].encode()))
