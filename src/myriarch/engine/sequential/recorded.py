"""A rate against its own record: failures since something was done everywhere, against those from before.

As ``rare.py``: two Poisson processes with unknown rates r1 (now) and r0 (the record), the null r1 <= ratio r0, and

    prior mean of the likelihood of (r1, r0)  /  largest likelihood within the null,

an e-process at any look by universal inference (Wasserman, Ramdas, Balakrishnan 2020). The record's uncertainty is in
it: of a short record the null explains much. The prior is a Gamma of small shape for each rate, nearly even in the
logarithm over many magnitudes; its mean has a closed form, b^a G(a + n) / (G(a) (b + T)^(a + n)) for n events in the
time T, so hundreds of strata cost one pass over a column.

Where it is known that r0 is ``most`` at most, the null is that much smaller. The likelihood is concave in the rates:
where the best r0 would be beyond the bound, the best of those allowed is at the bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Floats
from myriarch.engine.sequential.arrays import log_gamma

SHAPE = 0.1
SCALE_SECONDS = 1000.0
"""Rates up to one event of a unit in a quarter of an hour, and seven magnitudes below."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """``events`` in so many unit-seconds of ``time``, [...] each."""

    events: Floats
    time: Floats


def log_evidence(now: Counted, record: Counted, ratio: float, most: Floats) -> Floats:
    """ln of the e-values against "events come at most ``ratio`` times as often as in the record", [...]. ``most``: the
    largest rate that the record may stand for, events a unit and second; infinite where nothing is known."""
    told = _log_mean(now) + _log_mean(record)
    answer: Floats = told - np.minimum(_log_tied(now, record, ratio), _log_bounded(now, record, ratio, most))
    return answer


def _log_mean(counted: Counted) -> Floats:
    """ln of the mean likelihood over the prior."""
    shape = SHAPE + counted.events
    mean: Floats = (
        SHAPE * np.log(SCALE_SECONDS)
        - shape * np.log(SCALE_SECONDS + counted.time)
        + log_gamma(shape)
        - log_gamma(np.asarray(SHAPE))
    )
    return mean


def _log_tied(now: Counted, record: Counted, ratio: float) -> Floats:
    """ln of the largest likelihood with r1 <= ratio r0."""
    free = _log_at(now, _rate(now)) + _log_at(record, _rate(record))
    tied = _tied_rate(now, record, ratio)
    bound = _log_at(now, ratio * tied) + _log_at(record, tied)
    return np.where(_rate(now) <= ratio * _rate(record), free, bound)


def _log_bounded(now: Counted, record: Counted, ratio: float, most: Floats) -> Floats:
    """The same with r0 at its bound; infinite where the bound doesn't tell."""
    best = np.where(_rate(now) <= ratio * _rate(record), _rate(record), _tied_rate(now, record, ratio))
    bound = np.where(np.isfinite(most), most, 1.0)
    there = _log_at(now, np.minimum(_rate(now), ratio * bound)) + _log_at(record, bound)
    return np.where(best > most, there, np.inf)


def _rate(counted: Counted) -> Floats:
    rate: Floats = counted.events / np.maximum(counted.time, 1.0)
    return rate


def _tied_rate(now: Counted, record: Counted, ratio: float) -> Floats:
    rate: Floats = (now.events + record.events) / np.maximum(record.time + ratio * now.time, 1.0)
    return rate


def _log_at(counted: Counted, rate: Floats) -> Floats:
    """ln of the likelihood of one rate."""
    with np.errstate(divide="ignore", invalid="ignore"):
        events = np.where(counted.events > 0, counted.events * np.log(rate), 0.0)
    told: Floats = events - rate * counted.time
    return told
