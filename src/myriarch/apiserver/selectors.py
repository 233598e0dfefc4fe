"""Label and field selectors: from the query's text to a predicate over objects.

Grammar of label selectors: ``a=b``, ``a==b``, ``a!=b``, ``a in (x,y)``, ``a notin (x,y)``, ``a``, ``!a``, ``a>1``,
joined by commas; of field selectors: ``path=value`` and ``path!=value``. As in Kubernetes, ``!=`` and
``notin`` also accept objects without the label. What a type can't be selected by is refused with 400, never
ignored: a controller that believes its selector must not see the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from myriarch.apiserver.status import ApiError, bad_request

Predicate = Callable[[Mapping[str, Any]], bool]
Labels = Mapping[str, str]

ALWAYS_SELECTABLE = ("metadata.name", "metadata.namespace")
MAX_REQUIREMENTS = 256

_KEY = r"(?:[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?/)?[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?"
_KEY_RE = re.compile(_KEY + r"\Z")
_VALUE_RE = re.compile(_VALUE + r"\Z")
_SET_RE = re.compile(r"\s*(\S+)\s+(in|notin)\s*\(([^()]*)\)\s*\Z")
_EQUAL_RE = re.compile(r"\s*([^=!\s]+)\s*(==|=|!=)\s*([^=!\s]*)\s*\Z")
_ORDER_RE = re.compile(r"\s*([^=!<>\s]+)\s*([<>])\s*(-?\d+)\s*\Z")
_EXISTS_RE = re.compile(r"\s*(!?)\s*([^=!\s]+)\s*\Z")
_MAX_LABEL_CHARS = 63


def parse_labels(text: str) -> Predicate | None:
    """A predicate over whole objects; None where the selector is empty. Raises ApiError 400."""
    tests = [_label_test(part) for part in _split(text)]
    if not tests:
        return None

    def matches(obj: Mapping[str, Any]) -> bool:
        labels = obj.get("metadata", {}).get("labels") or {}
        return all(test(labels) for test in tests)

    return matches


def parse_fields(text: str, selectable: Iterable[str] = ()) -> Predicate | None:
    """A predicate over whole objects; None where empty. ``selectable``: dotted paths beyond name and namespace."""
    allowed = {*ALWAYS_SELECTABLE, *selectable}
    tests = [_field_test(term, allowed) for term in _field_terms(text)]
    if not tests:
        return None
    return lambda obj: all(test(obj) for test in tests)


def exact_field(text: str, field: str) -> str | None:
    """The value that a field selector pins ``field`` to (``metadata.name=x``), for direct look-ups."""
    for path, operator, value in (_field_term(term) for term in _field_terms(text)):
        if path == field and operator != "!=":
            return value
    return None


def both(first: Predicate | None, second: Predicate | None) -> Predicate | None:
    """The conjunction, where None accepts everything."""
    if first is None or second is None:
        return first or second
    return lambda obj: first(obj) and second(obj)


def _split(text: str) -> list[str]:
    """Split on commas outside parentheses."""
    if not text.strip():
        return []
    parts = re.split(r",(?![^()]*\))", text)
    if len(parts) > MAX_REQUIREMENTS:
        raise bad_request(f"a selector may have at most {MAX_REQUIREMENTS} requirements")
    return parts


def _label_test(part: str) -> Callable[[Labels], bool]:
    if found := _SET_RE.match(part):
        key, operator = _checked_key(found[1], part), found[2]
        values = frozenset(_checked_value(value.strip(), part) for value in found[3].split(","))
        if operator == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if found := _EQUAL_RE.match(part):
        key, value = _checked_key(found[1], part), _checked_value(found[3], part)
        if found[2] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if found := _ORDER_RE.match(part):
        key, bound, greater = _checked_key(found[1], part), int(found[3]), found[2] == ">"
        return lambda labels: _is_beyond(labels.get(key), bound, greater=greater)
    if found := _EXISTS_RE.match(part):
        key = _checked_key(found[2], part)
        if found[1]:
            return lambda labels: key not in labels
        return lambda labels: key in labels
    raise _unparsable(part)


def _is_beyond(value: str | None, bound: int, *, greater: bool) -> bool:
    try:
        number = int(value or "")
    except ValueError:
        return False
    return number > bound if greater else number < bound


def _checked_key(key: str, part: str) -> str:
    if not _KEY_RE.match(key) or len(key.rpartition("/")[2]) > _MAX_LABEL_CHARS:
        raise _unparsable(part)
    return key


def _checked_value(value: str, part: str) -> str:
    if not _VALUE_RE.match(value) or len(value) > _MAX_LABEL_CHARS:
        raise _unparsable(part)
    return value


def _unparsable(part: str) -> ApiError:
    return bad_request(f'unable to parse requirement: found "{part.strip()}", expected a label selector')


def _field_terms(text: str) -> list[str]:
    return [part.replace("\\,", ",") for part in re.split(r"(?<!\\),", text) if part.strip()]


def _field_term(term: str) -> tuple[str, str, str]:
    found = re.match(r"\s*([^=!]+?)\s*(!=|==|=)(.*)\Z", term, re.DOTALL)
    if not found:
        raise bad_request(f"invalid selector: '{term}'; can't understand '{term}'")
    return found[1], found[2], found[3].strip().replace("\\=", "=").replace("\\\\", "\\")


def _field_test(term: str, allowed: set[str]) -> Predicate:
    path, operator, wanted = _field_term(term)
    if path not in allowed:
        raise bad_request(f"field label not supported: {path}")
    keys = path.split(".")
    negated = operator == "!="
    return lambda obj: (_text_at(obj, keys) == wanted) != negated


def _text_at(obj: Any, keys: list[str]) -> str:
    for key in keys:
        obj = obj.get(key) if isinstance(obj, Mapping) else None
    match obj:
        case None:
            return ""
        case bool():
            return "true" if obj else "false"
        case _:
            return str(obj)
