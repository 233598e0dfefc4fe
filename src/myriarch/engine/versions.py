"""Versions and ranges of versions, as Semantic Versioning 2.0 orders them and as Helm charts write them.

A version is ``1``, ``1.4`` or ``1.4.2``, perhaps with a ``v`` before it, a pre-release (``-rc.1``) and a build
(``+x``, which orders nothing); what is left out is 0. A range is made of comparisons: all that stand side by side
(with a comma or a space) must hold, and ``||`` stands between alternatives::

    >=1.4, <2      ^1.4 || ^2      ~1.4.2      1.4.x      1.2 - 1.6      !=1.5.0      *

A version with parts left out means all that begin with it: ``=1.4`` is any 1.4, ``>1.4`` begins at 1.5, ``<=1.4``
ends before 1.5. A pre-release lies only in alternatives that name one themselves (``>=1.4-0`` lets all of them in),
because who asks for ``>=1.4`` rarely means ``2.0-alpha``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, total_ordering
from typing import Final

_REMEMBERED: Final = 4096

_NUMBER = r"(?:0|[1-9]\d{0,8})"
_LABELS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION = re.compile(rf"v?({_NUMBER})(?:\.({_NUMBER}))?(?:\.({_NUMBER}))?(?:-({_LABELS}))?(?:\+{_LABELS})?")
_PART = rf"(?:{_NUMBER}|[xX*])"
_COMPARISON = re.compile(
    rf"(=|!=|>=|=>|<=|=<|>|<|~>?|\^)?\s*v?({_PART})(?:\.({_PART}))?(?:\.({_PART}))?(?:-({_LABELS}))?(?:\+{_LABELS})?"
)
_HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")
_WILD = frozenset("xX*")
_SAME: Final = {"": "=", "=>": ">=", "=<": "<=", "~>": "~"}
_KUBERNETES_OWN = re.compile(r"(alpha|beta|rc)\b")


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """Three numbers and the labels of a pre-release (none: a release, which comes after all of its pre-releases)."""

    numbers: tuple[int, int, int]
    labels: tuple[str, ...] = ()

    def __lt__(self, other: Version) -> bool:
        return self._key() < other._key()

    def _key(self) -> tuple[tuple[int, int, int], bool, list[tuple[bool, int, str]]]:
        return self.numbers, not self.labels, [(not x.isdigit(), int(x) if x.isdigit() else 0, x) for x in self.labels]

    def __str__(self) -> str:
        return ".".join(map(str, self.numbers)) + ("-" + ".".join(self.labels) if self.labels else "")


@lru_cache(_REMEMBERED)
def parse_version(text: str) -> Version | None:
    """The version that ``text`` names, or None where it names none."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        return None
    major, minor, patch = (int(part or 0) for part in found.groups()[:3])
    return Version((major, minor, patch), tuple(found[4].split(".")) if found[4] else ())


def kubernetes_version(text: str) -> Version | None:
    """As ``parse_version``, without what a vendor adds (``-gke.100``, ``-eks-1a2b``): that is no pre-release."""
    found = parse_version(text)
    if found is None or not found.labels or _KUBERNETES_OWN.match(found.labels[0]):
        return found
    return Version(found.numbers)


@dataclass(frozen=True, slots=True)
class _Span:
    """From ``low`` on, and before ``high`` (None: without an end). ``inside`` False means all but these."""

    low: Version
    high: Version | None
    inside: bool = True

    def has(self, version: Version) -> bool:
        return (version >= self.low and (self.high is None or version < self.high)) is self.inside


@dataclass(frozen=True, slots=True)
class _Alternative:
    spans: tuple[_Span, ...]
    names_prerelease: bool

    def has(self, version: Version) -> bool:
        return (self.names_prerelease or not version.labels) and all(span.has(version) for span in self.spans)


@dataclass(frozen=True, slots=True)
class Range:
    """One or more alternatives."""

    alternatives: tuple[_Alternative, ...]

    def has(self, version: Version) -> bool:
        """Whether ``version`` lies in it."""
        return any(alternative.has(version) for alternative in self.alternatives)


@lru_cache(_REMEMBERED)
def parse_range(text: str) -> Range:
    """The range that ``text`` names. Raises ValueError, which says at what it stumbled."""
    return Range(tuple(_alternative(part.strip()) for part in text.split("||")))


def _alternative(text: str) -> _Alternative:
    if not text:
        raise ValueError("nothing stands there")
    spans: list[_Span] = []
    prerelease = False
    for operator, numbers, labels in _comparisons(text):
        spans += _spans(operator, numbers, labels)
        prerelease |= bool(labels)
    return _Alternative(tuple(spans), prerelease)


def _comparisons(text: str) -> Iterator[tuple[str, list[int], tuple[str, ...]]]:
    """Operator, the numbers that are given (none to three), and the labels of a pre-release."""
    text = _HYPHEN.sub(r">=\1 <=\2", text)
    position = 0
    while position < len(text):
        found = _COMPARISON.match(text, position)
        if found is None or (found.end() < len(text) and text[found.end()] not in ", "):
            raise ValueError(f"{text[position:]!r} is no comparison with a version")
        given = [part for part in found.groups()[1:4] if part is not None]
        numbers = [int(part) for part in given[: next((i for i, x in enumerate(given) if x in _WILD), len(given))]]
        labels = tuple(found[5].split(".")) if found[5] else ()
        if labels and len(numbers) < len(given):
            raise ValueError(f"{found[0]!r} has a pre-release after 'x'")
        operator = found[1] or ""
        yield _SAME.get(operator, operator), numbers, labels
        rest = re.compile(r"\s*,?\s*").match(text, found.end())
        position = rest.end() if rest is not None else len(text)
        if position == len(text) and "," in text[found.end() :]:
            raise ValueError("a comma stands at its end")


def _spans(operator: str, numbers: list[int], labels: tuple[str, ...]) -> list[_Span]:
    low, zero = _version(numbers, labels), Version((0, 0, 0), ("0",))
    behind = _raised(numbers, len(numbers) - 1) if len(numbers) < 3 and not labels else None
    exact = len(numbers) == 3 or bool(labels)
    after = _after(low) if exact else behind
    match operator:
        case "=":
            return [_Span(low if numbers else zero, after)]
        case "!=":
            return [_Span(low if numbers else zero, after, inside=False)]
        case ">=":
            return [_Span(low, None)]
        case "<":
            return [_Span(zero, low)]
        case "<=":
            return [_Span(zero, after)]
        case ">":
            return [_Span(zero, after, inside=False)]
        case "~":
            return [_Span(low, _raised(numbers, min(len(numbers), 2) - 1))]
    leading = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
    return [_Span(low, _raised(numbers, leading))]


def _version(numbers: list[int], labels: tuple[str, ...] = ()) -> Version:
    major, minor, patch = (*numbers, 0, 0, 0)[:3]
    return Version((major, minor, patch), labels)


def _raised(numbers: list[int], part: int) -> Version | None:
    """The first version behind all that agree in the numbers up to ``part``; None where there is no number."""
    return _version([*numbers[:part], numbers[part] + 1]) if numbers else None


def _after(version: Version) -> Version:
    """The next version there is: a label more, or, of a release, the first pre-release of the next patch."""
    if version.labels:
        return Version(version.numbers, (*version.labels, "0"))
    major, minor, patch = version.numbers
    return Version((major, minor, patch + 1), ("0",))
