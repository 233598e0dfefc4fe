"""Time to failure against concurrent controls: the safe logrank test.

Each failure is a draw from the units at risk at that moment. With y1 updated and y0 controls at risk and hazard ratio
theta, it hits an updated unit with the chance theta y1 / (theta y1 + y0), whatever the baseline hazard is. Against
the tolerated ratio theta0 the factor of one failure is the likelihood ratio of a larger theta:

    (theta / theta0)^[it is an updated unit] * (theta0 y1 + y0) / (theta y1 + y0).

It rises with the indicator, so its mean is at most 1 for every ratio up to theta0: an e-variable (ter Schure,
Perez-Ortiz, Ly, Gruenwald 2020, "The safe logrank test", arXiv:2011.06931; published 2024). The baseline cancels, so
nothing depends on the time since the update: a crash after nine days counts like one after nine minutes, and a zone
outage that hits both arms counts for neither.

*Several failures in one look* come in an unknown order. The product over the order differs only through what is left
at risk, and ``(theta0 y1 + y0) / (theta y1 + y0)`` falls as y1 / y0 rises: the order "all controls first" gives the
smallest product of all orders (for SAFE, where theta < theta0, "all updated first"). We take that smallest product.
It never exceeds the product of the true order, so the test stays valid for any order, ties and baseline.

*Failures that are not independent* (a rack dies): hand ``updated`` the same look counted by failure domains
(``by_domain``), where each arm of a domain counts once. Per effect, the smaller factor of the two is taken. The
result is valid if in each look either units fail on their own, or failures are shocks to domains that do not ask
which arm a unit is in (a domain with more updated units than controls makes the second count conservative only as far
as shocks rule). One rack full of updated units then counts as one failure, not as forty.

Times within a look are not needed; units at risk are those at its start. Wealth and late harm: ``wealth``; the ratio
with its bounds: ``hazard_ratio``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myriarch.base.errors import ProgrammerError
from myriarch.engine.population import Floats, Ints
from myriarch.engine.sequential.arrays import as_floats, log_gamma
from myriarch.engine.sequential.saving import packed, unpacked
from myriarch.engine.sequential.tolerance import Question
from myriarch.engine.sequential.wealth import LATE_SHARE, Wealth, begin_strata

HARMFUL_TIMES = (3.0, 10.0, 100.0, 1000.0)
"""Hazard ratios betted on, as multiples of the tolerated one. A release that kills at once is far beyond 100."""
SAFE_TIMES = (0.2, 0.5)
"""For SAFE: true ratios betted on, as parts of the tolerated one."""


@dataclass(frozen=True, slots=True, eq=False)
class HazardLook:
    """Since the last look, [..., strata] each: units at risk at its start, and failures among them."""

    treated_at_risk: Floats
    control_at_risk: Floats
    treated_events: Floats
    control_events: Floats


def domain_look(stratum: Ints, domain: Ints, strata: int, look: HazardLook) -> HazardLook:
    """The same look counted by failure domains: at most one unit at risk and one failure an arm, stratum and domain.

    ``look`` has one entry a unit (or a group of units), ``stratum`` int64[n] and ``domain`` int64[n] >= 0 say where.
    """
    width = int(domain.max(initial=0)) + 1
    cell = stratum * width + domain

    def once(values: Floats) -> Floats:
        present = np.bincount(cell, weights=as_floats(values), minlength=strata * width)[: strata * width] > 0
        return as_floats(present.reshape(strata, width).sum(axis=1))

    treated, control = once(look.treated_at_risk), once(look.control_at_risk)
    hit, control_hit = once(look.treated_events), once(look.control_events)
    return HazardLook(treated, control, np.minimum(hit, treated), np.minimum(control_hit, control))


@dataclass(frozen=True, slots=True, eq=False)
class HazardTest:
    """``wealth`` has one row a stratum and a last one for all strata together, which bets on a common ratio."""

    tolerated_ratio: float
    question: Question
    wealth: Wealth

    @property
    def log_evidence(self) -> Floats:
        """[..., strata + 1], ln; the last is all strata together."""
        return self.wealth.log_value

    def updated(self, look: HazardLook, by_domain: HazardLook | None = None) -> HazardTest:
        """After one more look."""
        factors = log_factors(look, self.tolerated_ratio, self.question)
        if by_domain is not None:
            factors = np.minimum(factors, log_factors(by_domain, self.tolerated_ratio, self.question))
        events = look.treated_events + look.control_events > 0
        telling = events & (look.treated_at_risk > 0) & (look.control_at_risk > 0)
        return HazardTest(self.tolerated_ratio, self.question, self.wealth.with_strata(factors, telling))

    def saved(self) -> list[list[float]]:
        """A short list a row (``saving``): no leading axes."""
        return packed(self.wealth)

    def restored(self, rows: Sequence[Sequence[float]]) -> HazardTest:
        """This test, as new, with what ``saved`` wrote."""
        return HazardTest(self.tolerated_ratio, self.question, unpacked(self.wealth, rows, 0)[0])


def log_factors(look: HazardLook, tolerated_ratio: float, question: Question = Question.HARM) -> Floats:
    """ln of one look's factor for each effect betted on, [..., strata, effects]. They add up over looks, and over
    clusters that are looked at apart. Only strata where something failed cost time."""
    multiples = HARMFUL_TIMES if question is Question.HARM else SAFE_TIMES
    failed = look.treated_events + look.control_events > 0
    factors = np.zeros((*failed.shape, len(multiples)))
    parts = look.treated_at_risk, look.control_at_risk, look.treated_events, look.control_events
    if failed.any():
        told = HazardLook(*(part[failed] for part in parts))
        factors[failed] = _least_products(told, tolerated_ratio * np.asarray(multiples), tolerated_ratio).T
    return factors


def hazard_test(strata: tuple[int, ...], tolerated_ratio: float, question: Question = Question.HARM) -> HazardTest:
    """Wealth 1 in each of ``strata`` ([..., strata]) and in all together. Raises ProgrammerError for a ratio <= 0."""
    if tolerated_ratio <= 0:
        raise ProgrammerError(f"a tolerated hazard ratio of {tolerated_ratio} is not above zero")
    effects, late = (len(HARMFUL_TIMES), LATE_SHARE) if question is Question.HARM else (len(SAFE_TIMES), 0.0)
    return HazardTest(tolerated_ratio, question, begin_strata(strata, effects, late))


def _least_products(look: HazardLook, ratios: Floats, tolerated: float) -> Floats:
    """ln of the smallest product over all orders of a look's failures, [effects, strata]; ``ratios`` [effects] are all
    above the tolerated one, or all below."""
    controls_first = bool((ratios > tolerated).all())
    column = ratios[:, None]
    sums = log_risk(look, tolerated, controls_first) - log_risk(look, column, controls_first)
    answer: Floats = look.treated_events * np.log(column / tolerated) + sums
    return answer


def log_risk(look: HazardLook, ratio: float | Floats, controls_first: bool) -> Floats:
    """ln of the product, over a look's failures in the order given, of (ratio y1 + y0) at risk before each.

    A control that leaves takes 1 from the sum, an updated one ``ratio``: falling factorials, by gamma functions.
    """
    y1, y0 = look.treated_at_risk, look.control_at_risk
    d1, d0 = look.treated_events, look.control_events
    if controls_first:
        controls = _log_falling(ratio * y1 + y0, d0)
        treated = _log_falling(y1 + (y0 - d0) / ratio, d1)
    else:
        controls = _log_falling(ratio * (y1 - d1) + y0, d0)
        treated = _log_falling(y1 + y0 / ratio, d1)
    answer: Floats = controls + treated + d1 * np.log(ratio)
    return answer


def _log_falling(start: Floats, draws: Floats) -> Floats:
    """ln of start (start - 1) ... (start - draws + 1); 0 without draws."""
    some = draws > 0
    upper = np.where(some, start + 1.0, 1.0)
    lower = np.where(some, np.maximum(start - draws, 0.0) + 1.0, 1.0)
    both = log_gamma(np.stack([upper, lower]))
    answer: Floats = both[0] - both[1]
    return answer
