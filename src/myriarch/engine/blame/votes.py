"""The votes of incidents for a release, by how long after its arrival they came, and what was to be expected.

Expected by history: the background's rate over the node-hours of each window. Expected by the hour: were the cause of
an incident indifferent to the release, its node would be one of those in a window with the *share* that they have of
all nodes at that very moment. So whatever makes failures more frequent for a while, for everybody, tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from myriarch.engine.blame.signals import HOUR, Case, decayed_hours
from myriarch.engine.population import Bools, Floats, Ints

WINDOWS_HOURS: Final = (0.0, 0.25, 1.0, 6.0, 24.0, 72.0, 336.0)
"""Edges of the windows after a release's arrival. Later failures are not laid at its door."""

LEAST_HOURS: Final = 1 / 12
"""No suspect is taken to say more precisely than this when failures should have been."""


@dataclass(frozen=True, slots=True, eq=False)
class Coming:
    """How one release came, seen by windows: node-hours float64[w] in each, decayed; and for each incident its window,
    int64[i] (-1 where the release had not come, or came too long ago), and the share of all nodes that was in each
    window at that moment, float64[i, w]."""

    index: int
    release: str
    hours: Floats
    window: Ints
    shares: Floats


def coming_of(case: Case, index: int) -> Coming:
    """The release at ``index``, by windows."""
    incidents = case.incidents
    window = np.searchsorted(WINDOWS_HOURS, incidents.age[:, index], side="right") - 1
    window[~incidents.reached[:, index] | (window == len(WINDOWS_HOURS) - 1)] = -1
    release = case.arrivals[index].release
    return Coming(index, release, _window_hours(case, index), window, _window_shares(case, index))


def _window_hours(case: Case, index: int) -> Floats:
    arrival = case.arrivals[index]
    came = np.flatnonzero(arrival.at <= case.now)
    begun, nodes = arrival.at[came], arrival.nodes[came]
    hours = np.zeros(len(WINDOWS_HOURS) - 1, np.float64)
    for window, (low, high) in enumerate(pairwise(WINDOWS_HOURS)):
        start = np.maximum(begun + low * HOUR, case.since)
        length = np.maximum(decayed_hours(start, begun + high * HOUR, case.now), LEAST_HOURS)
        hours[window] = (nodes * np.where(start <= case.now, length, 0.0)).sum()
    return hours


def _window_shares(case: Case, index: int) -> Floats:
    arrival = case.arrivals[index]
    order = np.argsort(arrival.at, kind="stable")
    nodes = np.concatenate([[0], np.cumsum(arrival.nodes[order])])
    edges = case.incidents.at[:, None] - np.asarray(WINDOWS_HOURS) * HOUR
    reached = nodes[np.searchsorted(arrival.at[order], edges.ravel(), side="right")].reshape(edges.shape)
    shares: Floats = (reached[:, :-1] - reached[:, 1:]) / float(case.places.nodes.sum())
    return shares


def votes_by_window(case: Case, coming: Coming, mine: Bools) -> Floats:
    """float64[w]: the votes for a release, of the incidents bool[i], in each window."""
    inside = mine & (coming.window >= 0)
    votes = np.bincount(coming.window[inside], case.incidents.votes[inside], len(WINDOWS_HOURS) - 1)
    return votes.astype(np.float64)


def window_name(used: Bools) -> str:
    """The stretch from the first to the last of the windows bool[w]."""
    at = np.flatnonzero(used)
    low, high = WINDOWS_HOURS[at[0]], WINDOWS_HOURS[at[-1] + 1]
    return f"{hours_text(low)} to {hours_text(high)}" if low else f"within {hours_text(high)}"


def hours_text(hours: float) -> str:
    """Minutes below an hour, days from two."""
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:g} h" if hours < 48 else f"{hours / 24:g} d"


def likelihood_gain(votes: Floats | float, expected: Floats | float) -> Floats:
    """O ln(O/B) - (O - B) where O votes exceed the B expected, else 0."""
    o, b = np.asarray(votes, np.float64), np.maximum(np.asarray(expected, np.float64), 1e-12)
    gain: Floats = np.where(o > b, o * np.log(np.maximum(o, 1e-12) / b) - (o - b), 0.0)
    return gain
