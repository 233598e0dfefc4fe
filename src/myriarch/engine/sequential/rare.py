"""Rare events against the time in which they could have happened: outages of whole clusters.

A cluster that goes out leaves no neighbours to compare with, and seldom does one go out: a single outage must be able
to speak. What tells is when and where it came: most clusters stood for weeks, the updated ones for an hour. Two arms
have ``events`` in so much ``time``, with unknown rates r1 (updated) and r0 (the others). The null is r1 <= ratio r0,
and the evidence is

    prior mean of the likelihood of (r1, r0)  /  largest likelihood within the null,

with the likelihood of two Poisson processes, r^events exp(-r time) each. For any rates within the null the numerator
over the *true* likelihood is a nonnegative martingale that begins at 1, and the largest likelihood is never below the
true one: an e-process at any look, by universal inference (Wasserman, Ramdas, Balakrishnan 2020, "Universal inference",
PNAS 117; Ramdas, Ruf, Larsson, Koolen 2022). Which clusters are updated when may depend on all that was seen. Nothing
is estimated beforehand and nothing is staked: four numbers are all that need be kept.

The prior knows nothing but magnitudes: r1 between one event in 30 days and one in five minutes, even in the logarithm;
r0 none at all with a half, else even in the logarithm too. Time recorded before the release counts with the others',
so the null includes that rates have not changed since by more than ``ratio``: that is what resting on history means.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Floats
from myriarch.engine.sequential.arrays import log_sum

FASTEST = 1.0 / 300.0
TREATED_RATES = np.log(np.geomspace(FASTEST / 8640, FASTEST, 96))
CONTROL_RATES = np.log(np.geomspace(1e-9, 1e-4, 96))
"""ln of the rates betted on, events a unit and second; one in thirty years of a unit to one in three
hours."""
NEVER_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Spell:
    """``events`` in so many unit-seconds of ``time``."""

    events: int
    time: float


def log_evidence(treated: Spell, control: Spell, ratio: float) -> float:
    """ln of the e-value against "the updated have events at most ``ratio`` times as often as the others"."""
    if treated.events == 0:
        return min(_log_treated(treated) + _log_control(control) - _log_null(treated, control, ratio), 0.0)
    return _log_treated(treated) + _log_control(control) - _log_null(treated, control, ratio)


def _log_treated(spell: Spell) -> float:
    return _log_mean(TREATED_RATES, spell)


def _log_control(spell: Spell) -> float:
    some = np.log1p(-NEVER_SHARE) + _log_mean(CONTROL_RATES, spell)
    return float(some if spell.events else np.logaddexp(np.log(NEVER_SHARE), some))


def _log_mean(log_rates: Floats, spell: Spell) -> float:
    """ln of the mean likelihood over the rates."""
    each = spell.events * log_rates - np.exp(log_rates) * spell.time
    return float(log_sum(each)) - float(np.log(len(log_rates)))


def _log_null(treated: Spell, control: Spell, ratio: float) -> float:
    """ln of the largest likelihood with r1 <= ratio r0."""
    if treated.events * control.time <= ratio * control.events * treated.time:
        return _log_best(treated.events, treated.time) + _log_best(control.events, control.time)
    events = treated.events + control.events
    return treated.events * float(np.log(ratio)) + _log_best(events, control.time + ratio * treated.time)


def _log_best(events: int, time: float) -> float:
    """ln of the largest likelihood of one rate."""
    return events * (float(np.log(events / max(time, 1.0))) - 1.0) if events else 0.0
