"""Failures over time beside the arrival of a release: the numbers of the plot that shows a cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myriarch.engine.blame.signals import Arrival, Failures, Places, begun_before
from myriarch.engine.population import Floats, Ints

BINS = 48


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """``since`` to ``now`` (Unix seconds) in equal bins: failed nodes that the release had reached, int64[b], and that
    it had not; ``share`` float64[b] of all nodes where it had come by the end of each."""

    release: str
    since: float
    now: float
    reached: Ints
    unreached: Ints
    share: Floats


def make_timeline(
    places: Places, arrivals: Sequence[Arrival], index: int, failures: Failures, since: float, now: float
) -> Timeline:
    """The timeline of the release at ``index``."""
    come = arrivals[index] if failures.begun is not None else arrivals[index].to_whole_places(places)
    begun = begun_before(failures, arrivals)[:, index]
    edges = np.linspace(since, now, BINS + 1)
    reached = begun <= failures.at
    after, _ = np.histogram(failures.at[reached], edges, weights=failures.count[reached])
    before, _ = np.histogram(failures.at[~reached], edges, weights=failures.count[~reached])
    order = np.argsort(come.at, kind="stable")
    behind = np.concatenate([[0], np.cumsum(come.nodes[order])])
    share = behind[np.searchsorted(come.at[order], edges[1:], side="right")] / float(max(places.nodes.sum(), 1))
    return Timeline(come.release, since, now, after.astype(np.int64), before.astype(np.int64), share)
