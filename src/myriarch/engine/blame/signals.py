"""What is known when a cause is sought: places, what failed there and when, and when each release came.

A place is the finest thing of which the arrival of releases is known: a node within a cluster, a cluster (or the part
of one in a zone) within a fleet. Domains group places by what fails together: zones, racks, regions, providers. Times
are Unix seconds, lengths in the arithmetic are hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Bools, Floats, Ints

HOUR = 3600.0

CLUSTER = "cluster"
"""Kind of the domain by which whole clusters are looked at."""

MEMORY_HOURS = 24.0
"""Failures lose their weight with age by e in so long: what came long ago was judged long ago."""

INCIDENT_SECONDS = 1800.0
"""Failures of one place that follow each other within so long are one incident."""

LEAST_RATE = 1e-7
"""Failures an hour and node that any background has at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """``code`` int64[p] is each place's domain, an index into ``names``; -1 where it has none."""

    kind: str
    names: Sequence[str]
    code: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """``p`` places with their nodes, int64[p]."""

    names: Sequence[str]
    nodes: Ints
    domains: tuple[Domain, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Failures:
    """``f`` rows: at float64[f], place int64[f], count of nodes int64[f]. ``begun`` float64[f, r]: when each release
    began on those very nodes, infinite where it had not. None where that is not known: then a place counts as a whole,
    from the moment that a release first came there."""

    at: Floats
    place: Ints
    count: Ints
    begun: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """How a release in flight came: at float64[k] it began on so many further nodes int64[k] of a place int64[k]."""

    release: str
    at: Floats
    place: Ints
    nodes: Ints

    @staticmethod
    def whole(release: str, begun: Floats, places: Places) -> Arrival:
        """A release that came to all nodes of each place at one time, float64[p]; infinite: not yet."""
        come = np.flatnonzero(np.isfinite(begun))
        return Arrival(release, begun[come], come, places.nodes[come])

    def to_whole_places(self, places: Places) -> Arrival:
        """The same, as if it had come to all nodes of a place with the first."""
        begun = np.full(len(places.nodes), np.inf)
        np.minimum.at(begun, self.place, self.at)
        return Arrival.whole(self.release, begun, places)


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What a cause is sought in: all that failed from ``since`` (Unix seconds) on, and the arrivals of all releases in
    flight, of which the one named ``release`` is judged."""

    release: str
    places: Places
    arrivals: Sequence[Arrival]
    failures: Failures
    since: float


def widened(signals: Signals) -> Signals:
    """The same, as if each release had come to all nodes of a cluster with the first of them. That a single cluster is
    struck excuses no release that had come to it: clusters are no suspects then."""
    places = signals.places
    found = [domain for domain in places.domains if domain.kind == CLUSTER]
    cluster = found[0].code if found else np.arange(len(places.nodes))
    begun = np.full((int(cluster.max(initial=0)) + 1, len(signals.arrivals)), np.inf)
    for index, arrival in enumerate(signals.arrivals):
        np.minimum.at(begun[:, index], cluster[arrival.place], arrival.at)
    arrivals = [
        Arrival.whole(arrival.release, begun[cluster, index], places) for index, arrival in enumerate(signals.arrivals)
    ]
    failures = signals.failures
    wide = Failures(failures.at, failures.place, failures.count, begun[cluster[failures.place]])
    domains = tuple(domain for domain in places.domains if domain.kind != CLUSTER)
    return Signals(signals.release, Places(places.names, places.nodes, domains), arrivals, wide, signals.since)


@dataclass(frozen=True, slots=True)
class Background:
    """History without a release: failures in so many node-hours."""

    failures: float = 0.0
    node_hours: float = 0.0

    @property
    def rate(self) -> float:
        """Failures an hour and node: history and, as heavy as one failure, what is usual for nodes."""
        usual = 1.0 / USUAL_NODE_HOURS
        return max((self.failures + 1.0) / (self.node_hours + 1.0 / usual), LEAST_RATE)


USUAL_NODE_HOURS = 5000.0
"""Where no history is known, a node is taken to fail once in so many hours (about seven months)."""


@dataclass(frozen=True, slots=True, eq=False)
class Incidents:
    """``i`` incidents by time: at float64[i] (the first failure), place int64[i], count int64[i], reached bool[i, r],
    age float64[i, r] in hours since the release came (0 before), votes float64[i].

    Nodes of one place fail together for one cause, so their votes grow with the logarithm of their number. Those that a
    release had reached and those that it had not are two incidents, and share the votes by their numbers. Votes decay
    with time.
    """

    at: Floats
    place: Ints
    count: Ints
    reached: Bools
    age: Floats
    votes: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """All that a cause is sought in, from ``since`` to ``now`` (Unix seconds). ``rate`` is that of the background, in
    failures an hour and node."""

    places: Places
    arrivals: Sequence[Arrival]
    incidents: Incidents
    rate: float
    since: float
    now: float

    @property
    def node_hours(self) -> float:
        """Of all places over the whole time, decayed."""
        hours = decayed_hours(np.asarray([self.since]), np.asarray([self.now]), self.now)
        return float(self.places.nodes.sum() * hours[0])


def find_incidents(failures: Failures, arrivals: Sequence[Arrival], now: float) -> Incidents:
    """Join failures to incidents. Failures after ``now`` are left out."""
    known = np.flatnonzero((failures.at <= now) & (failures.count > 0))
    at, place, count = failures.at[known], failures.place[known], failures.count[known]
    begun = begun_before(failures, arrivals)[known]
    reached = begun <= at[:, None]
    blow = _blows(at, place)
    alike = np.unique(reached, axis=0, return_inverse=True)[1].reshape(-1) if arrivals else np.zeros(len(at), np.int64)
    order = np.lexsort((at, alike, blow))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(blow[order]) != 0) | (np.diff(alike[order]) != 0)
    first = order[new]
    nodes = np.bincount(np.cumsum(new) - 1, weights=count[order], minlength=len(first))
    by_time = np.argsort(at[first], kind="stable")
    first, nodes = first[by_time], nodes[by_time]
    age = np.where(reached, at[:, None] - np.where(reached, begun, 0.0), 0.0)[first] / HOUR
    together = np.bincount(blow, weights=count)[blow[first]] if len(at) else nodes
    votes = (1.0 + np.log(together)) * nodes / together * decay(at[first], now)
    return Incidents(at[first], place[first], nodes.astype(np.int64), reached[first], age, votes)


def _blows(at: Floats, place: Ints) -> Ints:
    """int64[f]: failures of one place that follow each other within ``INCIDENT_SECONDS`` have the same number."""
    order = np.lexsort((at, place))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(place[order]) != 0) | (np.diff(at[order]) > INCIDENT_SECONDS)
    blow = np.empty(len(order), np.int64)
    blow[order] = np.cumsum(new) - 1
    return blow


def begun_before(failures: Failures, arrivals: Sequence[Arrival]) -> Floats:
    """float64[f, r]: as the failures tell, else when each release last began in their place before them."""
    if failures.begun is not None:
        return failures.begun
    begun = np.full((len(failures.at), len(arrivals)), np.inf)
    for index, arrival in enumerate(arrivals):
        begun[:, index] = _last_begun(failures.at, failures.place, arrival)
    return begun


def _last_begun(at: Floats, place: Ints, arrival: Arrival) -> Floats:
    begun = np.full(len(at), np.inf)
    if not len(at) or not len(arrival.at):
        return begun
    order = np.lexsort((arrival.at, arrival.place))
    where, when = arrival.place[order], arrival.at[order]
    base = min(when.min(), at.min())
    span = max(when.max(), at.max()) - base + 1.0
    latest = np.searchsorted(where * span + (when - base), place * span + (at - base), side="right") - 1
    found = (latest >= 0) & (where[latest] == place)
    begun[found] = when[latest[found]]
    return begun


def decay(at: Floats, now: float) -> Floats:
    """The weight of what happened then, 0 to 1."""
    weight: Floats = np.exp(-np.maximum(now - at, 0.0) / (MEMORY_HOURS * HOUR))
    return weight


def decayed_hours(start: Floats, end: Floats, now: float) -> Floats:
    """Hours from ``start`` to ``end`` (Unix seconds), each weighed as a failure then would be; 0 where none."""
    late, early = np.minimum(end, now), np.minimum(start, now)
    hours: Floats = np.where(late > early, MEMORY_HOURS * (decay(late, now) - decay(early, now)), 0.0)
    return hours
