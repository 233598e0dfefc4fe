"""Finds where two comparable values differ: the place, and what either server says there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.contract.wording import in_own_words

ABSENT = "<absent>"
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """``path`` begins with the step's number: ``2.body.metadata.generation``."""

    case: str
    path: str
    embedded: Any
    real: Any


def differences(case: str, embedded: list[Any], real: list[Any]) -> list[Difference]:
    """Every difference of a case, outermost only, in order of place.

    Objects of two kinds differ as a whole; answers of two status codes differ in that alone. A step that neither server
    answered, or whose answer never became what it waits for, is a difference too: it shows nothing.
    """
    out: list[Difference] = []
    for number, (one, other) in enumerate(zip(embedded, real, strict=True), 1):
        if one is not None and other is not None:
            if one["status"] != other["status"] or one["status"] == NO_ANSWER:
                out.append(Difference(case, f"{number}.status", _outcome(one), _outcome(other)))
                continue
            ours, theirs = in_own_words(one["body"], other["body"])
            one, other = {**one, "body": ours}, {**other, "body": theirs}
        out += [Difference(case, f"{number}{path}", *values) for path, *values in _unequal(one, other, "")]
    return out


def _outcome(answer: dict[str, Any]) -> str:
    body = answer["body"]
    said = body.get("message", body.get("kind", "")) if isinstance(body, dict) else body
    return f"{answer['status']} {said}"


def _unequal(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict) and one.get("kind") == other.get("kind"):
        for key in sorted({*one, *other}):
            yield from _unequal(one.get(key, ABSENT), other.get(key, ABSENT), f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _unequal(left, right, f"{path}.{index}")
    elif type(one) is not type(other) or one != other:
        yield path, one, other
