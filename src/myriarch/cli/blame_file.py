"""What ``myriarch blame`` reads: groups of nodes alike, for attributes; places, releases and failures, for causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta, field

from myriarch.base.errors import UserFault
from myriarch.engine.blame.candidates import Counts, Profiles
from myriarch.engine.blame.signals import Arrival, Background, Domain, Failures, Places
from myriarch.engine.population import Value
from myriarch.fleet.strict import convert, load_yaml

Whole = Annotated[int, Meta(ge=0)]


class _Struct(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    pass


class NodeGroup(_Struct, frozen=True):
    """Nodes with the same ``attributes``: how many were updated, failed of those, were not, failed of these."""

    attributes: dict[str, str]
    updated: Whole = 0
    failed: Whole = 0
    not_updated: Whole = 0
    not_updated_failed: Whole = 0


class Place(_Struct, frozen=True):
    """A cluster, or part of one, with the domains (``zone: a``) that it lies in."""

    name: str
    nodes: Annotated[int, Meta(ge=1)]
    domains: dict[str, str] = {}


class Begin(_Struct, frozen=True):
    """A release began on so many further nodes of a place; all of them where the number is left out."""

    place: str
    at: datetime
    nodes: Whole | None = None


class InFlight(_Struct, frozen=True):
    """A release, and how it came."""

    name: str
    began: list[Begin] = []


class Failure(_Struct, frozen=True):
    """Nodes of a place that failed. ``begun``: when each release that they had had begun on these very nodes."""

    place: str
    at: datetime
    nodes: Annotated[int, Meta(ge=1)] = 1
    begun: dict[str, datetime] | None = None


class History(_Struct, frozen=True):
    """Failures in node-hours without a release."""

    failures: Annotated[float, Meta(ge=0)] = 0.0
    node_hours: Annotated[float, Meta(ge=0)] = 0.0


class BlameFile(_Struct, frozen=True):
    """The whole file. Either ``groups``, or ``places`` with what follows, or both."""

    groups: list[NodeGroup] = []
    places: list[Place] = []
    releases: list[InFlight] = []
    failures: list[Failure] = []
    background: History = field(default_factory=History)
    since: datetime | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CauseInput:
    """The arguments of ``find_cause``."""

    places: Places
    arrivals: list[Arrival]
    failures: Failures
    background: Background
    since: float
    now: float


def load_blame_file(path: Path) -> BlameFile:
    """Raises UserFault for a file that can't be read, or says nothing to judge."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        problem = f"can't be read ({error.strerror})"
        raise UserFault("FILE", str(path), problem, "Name a file as docs/blame.md describes.") from None
    found = convert(load_yaml(text, str(path)), BlameFile, str(path))
    if not found.groups and not found.places:
        raise UserFault(f"{path}", "", "holds neither groups nor places", "Give one of them: see docs/blame.md.")
    return found


def profiles_of(file: BlameFile) -> Profiles:
    """The groups as profiles."""
    pairs = sorted({pair for group in file.groups for pair in group.attributes.items()})
    has = np.asarray([[group.attributes.get(a) == v for a, v in pairs] for group in file.groups], np.bool_)
    columns = (
        np.asarray([getattr(group, name) for group in file.groups], np.int64)
        for name in ("updated", "failed", "not_updated", "not_updated_failed")
    )
    return Profiles(tuple(Value(a, v) for a, v in pairs), has.reshape(-1, len(pairs)), Counts.of(*columns))


def cause_input(file: BlameFile) -> CauseInput:
    """Places, arrivals and failures as columns. Raises UserFault for names that nothing has, and times without zone."""
    if file.since is None or file.now is None:
        missing = "since" if file.since is None else "now"
        raise UserFault(missing, "", "is missing", "Say from when to when the failures were watched.")
    rows = {place.name: index for index, place in enumerate(file.places)}
    releases = {release.name: index for index, release in enumerate(file.releases)}
    return CauseInput(
        places=_places(file.places),
        arrivals=[_arrival(release, rows, file.places) for release in file.releases],
        failures=_failures(file.failures, rows, releases),
        background=Background(file.background.failures, file.background.node_hours),
        since=_seconds(file.since, "since"),
        now=_seconds(file.now, "now"),
    )


def _places(places: Sequence[Place]) -> Places:
    domains = []
    for kind in sorted({kind for place in places for kind in place.domains}):
        names = sorted({place.domains[kind] for place in places if kind in place.domains})
        codes = [names.index(place.domains[kind]) if kind in place.domains else -1 for place in places]
        domains.append(Domain(kind, names, np.asarray(codes, np.int64)))
    nodes = np.asarray([place.nodes for place in places], np.int64)
    return Places([place.name for place in places], nodes, tuple(domains))


def _arrival(release: InFlight, rows: dict[str, int], places: Sequence[Place]) -> Arrival:
    root = f"releases[{release.name}].began"
    place = [_row(begin.place, rows, f"{root}[{i}].place") for i, begin in enumerate(release.began)]
    nodes = [
        places[row].nodes if begin.nodes is None else begin.nodes
        for row, begin in zip(place, release.began, strict=True)
    ]
    at = [_seconds(begin.at, f"{root}[{i}].at") for i, begin in enumerate(release.began)]
    return Arrival(release.name, np.asarray(at, float), np.asarray(place, np.int64), np.asarray(nodes, np.int64))


def _failures(failures: Sequence[Failure], rows: dict[str, int], releases: dict[str, int]) -> Failures:
    at = [_seconds(failure.at, f"failures[{i}].at") for i, failure in enumerate(failures)]
    place = [_row(failure.place, rows, f"failures[{i}].place") for i, failure in enumerate(failures)]
    begun = np.full((len(failures), len(releases)), np.inf)
    for i, failure in enumerate(failures):
        for name, when in (failure.begun or {}).items():
            begun[i, _row(name, releases, f"failures[{i}].begun")] = _seconds(when, f"failures[{i}].begun[{name}]")
    known = bool(failures) and all(failure.begun is not None for failure in failures)
    count = np.asarray([failure.nodes for failure in failures], np.int64)
    return Failures(np.asarray(at, float), np.asarray(place, np.int64), count, begun if known else None)


def _row(name: str, rows: dict[str, int], where: str) -> int:
    if name not in rows:
        known = ", ".join(list(rows)[:5]) or "none"
        raise UserFault(where, name, "is not described in the file", f"Add it, or name one of: {known}.")
    return rows[name]


def _seconds(time: datetime, where: str) -> float:
    if time.tzinfo is None:
        raise UserFault(where, time.isoformat(), "has no time zone", "Write it as 2026-01-05T08:00:00Z.")
    return time.timestamp()
