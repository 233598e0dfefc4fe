"""What the metrics of an analysis show, look by look, as a release remembers it.

Each metric holds two tests (``sequential/metric.py``): against "not worse than tolerated", and, anew in every wave,
against "worse than tolerated". The first is joined with the failures of nodes under the one alpha of the release: a
weighted mean whose weights are fixed before the first look (``sequential/combine.py`` has the proof). A look is counted
once: who comes after a crash knows by its time which looks are in what was saved. Silence is no evidence either way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from myriarch.engine.metric_rules import MetricRule
from myriarch.engine.metric_samples import MOST_UNCHANGED, Arms, MetricLook, NoSamples, arms_of, kept_strata, mark_of
from myriarch.engine.metric_telling import NOTHING_SEEN, Totals, added, sentence
from myriarch.engine.sequential.combine import weighted
from myriarch.engine.sequential.metric import MetricTest, look_of, metric_test

NO_UPDATED = "gives no updated unit: is the metric known, and are the labels right?"
NO_OTHERS = "gives no other unit: is the metric known, and are the labels right?"

SavedRows = tuple[tuple[float, ...], ...]
SAVED_DIGITS = 9
MOST_LOG = 100.0


@dataclass(frozen=True, slots=True)
class MetricState:
    """``tried_at``, ``looked_at``: when it was asked, and gave numbers, last (Unix seconds; 0: never). ``harm`` and
    ``safe`` are the tests as saved. ``rests``: why it is not asked now. ``seen``, ``unchanged``: whether its numbers
    stand still."""

    share: float
    log_harm: float = 0.0
    log_safe: float = 0.0
    tried_at: float = 0.0
    looked_at: float = 0.0
    looks: int = 0
    place: str = ""
    problem: str = ""
    rests: str = ""
    message: str = ""
    updated: Totals = NOTHING_SEEN
    controls: Totals = NOTHING_SEEN
    strata: tuple[str, ...] = ()
    harm: SavedRows = ()
    safe: SavedRows = ()
    seen: str = ""
    unchanged: int = 0

    def times(self) -> float:
        """How many times likelier what it shows is with harm than without, by itself."""
        return math.exp(min(self.log_harm, MOST_LOG))

    def excludes_harm(self, alpha: float, place: str) -> bool:
        """Whether harm above the tolerated is excluded in the wave of ``place``."""
        return self.place == place and self.log_safe >= -math.log(alpha)


States = Mapping[str, MetricState]


def joined(failures: float, states: States) -> float:
    """ln of the evidence of failures and metrics together."""
    if not states:
        return failures
    shares = [state.share for state in states.values()]
    logs = np.asarray([failures, *(state.log_harm for state in states.values())])
    return float(weighted(logs, np.asarray([max(1.0 - sum(shares), 0.0), *shares])))


def looked(known: States, rules: Sequence[MetricRule], looks: Sequence[MetricLook]) -> States:
    """``known`` after ``looks``, oldest first; every metric has its share from the first turn on."""
    states = {rule.name: known.get(rule.name) or MetricState(rule.share) for rule in rules}
    by_name = {rule.name: rule for rule in rules}
    for look in looks:
        if look.name in by_name:
            states[look.name] = _after(states[look.name], by_name[look.name], look)
    return known if states == known else states


def accepted(known: States) -> States:
    """A person accepted what was seen: the wealth begins anew, and no look counts again."""
    return {name: replace(state, log_harm=0.0, harm=()) for name, state in known.items()}


def most_harmful(states: States, failures: float) -> str:
    """The name of the metric that shows more than all else; '' where the failures do."""
    found, most = "", failures + math.log(max(1.0 - sum(state.share for state in states.values()), 1e-9))
    for name, state in states.items():
        if state.log_harm + math.log(state.share) > most:
            found, most = name, state.log_harm + math.log(state.share)
    return found


def _after(known: MetricState, rule: MetricRule, look: MetricLook) -> MetricState:
    if look.at <= known.tried_at:
        return known
    known = replace(known, tried_at=look.at)
    if look.problem:
        return replace(known, problem=look.problem)
    mark = mark_of(look)
    if mark and mark == known.seen:
        unchanged = known.unchanged + 1
        still = f"gives the very same numbers at {unchanged + 1} looks in a row: are they fresh?"
        return replace(known, unchanged=unchanged, problem=still if unchanged >= MOST_UNCHANGED else "")
    try:
        arms = arms_of(rule, look, known.strata, known.updated.total)
    except NoSamples as problem:
        return replace(known, problem=str(problem))
    if not len(arms.every.value) or not len(arms.controls.value):
        return replace(known, problem=NO_OTHERS if len(arms.every.value) else NO_UPDATED)
    return _weighed(replace(known, seen=mark, unchanged=0, problem=""), rule, look, arms)


def _weighed(known: MetricState, rule: MetricRule, look: MetricLook, arms: Arms) -> MetricState:
    tests = _restored(rule, known, look.place)
    harm = tests.updated(look_of(rule.test, rule.strata, arms.harm, arms.controls))
    safe = tests.updated(look_of(rule.test, rule.strata, arms.safe, arms.controls))
    after = replace(
        known,
        log_harm=round(harm.log_harm, SAVED_DIGITS),
        log_safe=round(safe.log_safe, SAVED_DIGITS),
        looked_at=look.at,
        looks=known.looks + 1,
        place=look.place,
        updated=added(known.updated, rule, arms.every),
        controls=added(known.controls, rule, arms.controls),
        strata=kept_strata(arms.strata) if rule.strata > 1 else (),
        harm=_saved(harm.harm.saved()),
        safe=_saved(safe.safe.saved()),
    )
    return replace(after, message=sentence(rule, after.updated, after.controls))


def _restored(rule: MetricRule, known: MetricState, place: str) -> MetricTest:
    fresh = metric_test(rule.test, rule.strata)
    harm = fresh.harm.restored(known.harm) if known.harm else fresh.harm
    safe = fresh.safe.restored(known.safe) if known.safe and known.place == place else fresh.safe
    return MetricTest(rule.test, rule.strata, harm, safe)


def _saved(rows: list[list[float]]) -> SavedRows:
    """Stakes have fewer digits than this already; the rest only sizes bets."""
    return tuple(tuple(round(number, SAVED_DIGITS) for number in row) for row in rows)
