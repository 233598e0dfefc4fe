"""JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7386), as pure functions.

Both leave their inputs as they were and return a new document; parts that don't change are shared with the
old one, so callers must treat documents as values. Strategic merge, which needs a schema, is in
``strategic.py``. A patch that can't be applied raises ``PatchError`` with the operation that failed.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from myriarch.apiserver.status import too_much
from myriarch.base.errors import MyriarchError

MAX_OPERATIONS = 10_000

_END = "-"


class PatchError(MyriarchError):
    """The patch can't be applied. ``malformed`` tells a bad patch (400) from one that doesn't fit (422)."""

    def __init__(self, message: str, *, malformed: bool = False) -> None:
        self.malformed = malformed
        super().__init__(message)


def merge_patch(doc: Any, patch: Any) -> Any:
    """RFC 7386: maps merge, null deletes, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    out = dict(doc) if isinstance(doc, dict) else {}
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict):
            out[key] = merge_patch(out.get(key), value)
        else:
            out[key] = value
    return out


def json_patch(doc: Any, ops: Any) -> Any:
    """RFC 6902: apply the operations in order, or none of them. Raises PatchError, or ApiError 413."""
    if not isinstance(ops, list):
        raise PatchError("a JSON patch must be a list of operations", malformed=True)
    if len(ops) > MAX_OPERATIONS:
        raise too_much(f"The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {len(ops)}")
    root = {"": copy.deepcopy(doc)}
    for index, op in enumerate(ops):
        _apply_operation(root, op, index)
    return root[""]


def _apply_operation(root: dict[str, Any], op: Any, index: int) -> None:
    if not isinstance(op, dict) or not isinstance(op.get("op"), str):
        raise PatchError(f"operation {index} has no op", malformed=True)
    name = op["op"]
    where = _pointer(op, "path", index)
    try:
        match name:
            case "add":
                _add(root, where, copy.deepcopy(_value(op, index)))
            case "remove":
                _remove(root, where)
            case "replace":
                # As in Kubernetes, a field that isn't there is added; a place in a list must be there.
                _get(root, where if isinstance(_get(root, where[:-1]), list) else where[:-1])
                _put(root, where, copy.deepcopy(_value(op, index)))
            case "move":
                _move(root, _pointer(op, "from", index), where)
            case "copy":
                _add(root, where, copy.deepcopy(_get(root, _pointer(op, "from", index))))
            case "test":
                _test(root, where, _value(op, index))
            case _:
                raise PatchError(f"unexpected kind: {name}")
    except PatchError as error:
        if error.malformed:
            raise
        raise PatchError(f"operation {index} ({name}) does not apply: {error}") from None


def _value(op: dict[str, Any], index: int) -> Any:
    if "value" not in op:
        raise PatchError(f"operation {index} ({op['op']}) has no value", malformed=True)
    return op["value"]


def _pointer(op: dict[str, Any], key: str, index: int) -> list[str]:
    """The reference tokens of a JSON pointer, below our one-key root."""
    text = op.get(key)
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise PatchError(f"operation {index}: {key} must be a JSON pointer such as /spec/paused", malformed=True)
    return [token.replace("~1", "/").replace("~0", "~") for token in text.split("/")]


def _show(where: Sequence[str]) -> str:
    return "/".join(token.replace("~", "~0").replace("/", "~1") for token in where)


def _missing(where: Sequence[str]) -> PatchError:
    return PatchError(f"the object has no {_show(where)}")


def _get(root: Any, where: Sequence[str]) -> Any:
    node = root
    for depth, token in enumerate(where):
        try:
            node = node[_index(node, token)] if isinstance(node, list) else node[token]
        except (KeyError, IndexError, TypeError, ValueError):
            raise _missing(where[: depth + 1]) from None
    return node


def _index(items: list[Any], token: str, *, end: int | None = None) -> int:
    """The position that a token names; ``-`` is refused here. Raises ValueError or IndexError."""
    if not token.isascii() or not token.isdigit() or (len(token) > 1 and token[0] == "0"):
        raise ValueError(token)
    index = int(token)
    if index >= (len(items) if end is None else end):
        raise IndexError(token)
    return index


def _parent(root: Any, where: Sequence[str]) -> tuple[Any, str]:
    return _get(root, where[:-1]), where[-1]


def _add(root: Any, where: Sequence[str], value: Any) -> None:
    node, token = _parent(root, where)
    if isinstance(node, dict):
        node[token] = value
    elif isinstance(node, list):
        try:
            position = len(node) if token == _END else _index(node, token, end=len(node) + 1)
        except (ValueError, IndexError):
            raise _missing(where) from None
        node.insert(position, value)
    else:
        raise _missing(where)


def _put(root: Any, where: Sequence[str], value: Any) -> None:
    node, token = _parent(root, where)
    node[int(token) if isinstance(node, list) else token] = value


def _remove(root: Any, where: Sequence[str]) -> Any:
    gone = _get(root, where)
    node, token = _parent(root, where)
    if len(where) == 1:
        node[token] = None
    else:
        del node[int(token) if isinstance(node, list) else token]
    return gone


def _move(root: Any, source: Sequence[str], target: Sequence[str]) -> None:
    if len(target) > len(source) and list(target[: len(source)]) == list(source):
        raise PatchError(f"can't move {_show(source)} into its own child", malformed=True)
    _add(root, target, _remove(root, source))


def _test(root: Any, where: Sequence[str], wanted: Any) -> None:
    if not json_equal(_get(root, where), wanted):
        raise PatchError(f"{_show(where)} has another value")


def json_equal(a: Any, b: Any) -> bool:
    """Equality of JSON values: ``True`` is not ``1``, as it would be in Python; ``1`` is ``1.0``."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(json_equal(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(json_equal, a, b))
    return bool(a == b)
