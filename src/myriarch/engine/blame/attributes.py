"""Which attributes, one or two together, explain the failures of a release.

Each value and each pair is asked two questions. Do the updated nodes with it fail more than the updated nodes without
it? And, where nodes with it wait still not updated (controls), do they fail less? Old hardware that always fails says
yes to the first only. A candidate's p-value is the larger of the two (both must hold), and q-values over all
candidates bound the false discoveries (``discovery.py``).

Of what passes, the likeliest wins: how many times likelier it makes what was seen than "all are struck alike" does
(``likelihood.py``), less the logarithm of how many candidates of its kind there are (as in the extended Bayesian
information criterion, Chen and Chen 2008), and less the doubt in its attribute (``plausible.py``). So a pair needs a
much better fit than a single value, and besides it has to fail more than the rest of *both* its values
(``PAIR_LEVEL``). What fits nearly as well (``NEAR``) is named beside it. Suspects stand in the same order, convicted or
not: where failures are few, that is all there is to go by.

Then the nodes it covers are set aside and the rest is asked again, until nothing passes. That no attribute explains
the failures is an answer too, and so is that there are too few failures to tell.

Whether the release is to blame at all is not asked here: see ``cause.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from myriarch.engine.blame.attribution import Attribution, Explanation, Spread
from myriarch.engine.blame.candidates import Candidates, Counts, Source
from myriarch.engine.blame.discovery import convictable, q_values
from myriarch.engine.blame.hypergeometric import chance_of_so_many, least_chance
from myriarch.engine.blame.likelihood import gained
from myriarch.engine.blame.plausible import doubt
from myriarch.engine.population import Bools, Floats

LEVEL = 0.05
"""Of the attributes blamed, at most this share is expected to be false."""

PAIR_LEVEL = 0.03
"""A pair can take the place of its two values where chance would make it stand out within each less often than this."""

NOTABLE = 0.5
"""With a candidate of a lower q-value, failures that convict none are too few to tell rather than spread evenly."""

CONTROL_LEVEL = 0.01
"""Controls are asked where they could, at best, give an answer this sure; else they are too few to speak."""

NEAR = 3.0
"""A candidate that passes too and is less than e^3 (20 times) less likely is told beside the one that is blamed."""

MOST_EXPLANATIONS = 3
MOST_RIVALS = 3
MOST_SUSPECTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class _Round:
    """One question to all candidates: float64[m] p-values, q-values, weights and what is left of these once the
    number of candidates is paid for; bool[m] single values, and pairs that beat both of theirs."""

    candidates: Candidates
    whole: Counts
    chance: Floats
    q: Floats
    weight: Floats
    worth: Floats
    fit: Bools
    telling: bool


def find_attributes(source: Source, level: float = LEVEL) -> Attribution:
    """Explain the failures in ``source``; ``level`` bounds the false discoveries."""
    explanations: list[Explanation] = []
    suspects: tuple[Explanation, ...] = ()
    spread = Spread.TOO_FEW
    whole = left = source.whole
    while len(explanations) < MOST_EXPLANATIONS and left.failed[0]:
        asked = _ask(source, level)
        if not explanations:
            suspects = _suspects(source, asked)
            spread = Spread.EVEN if asked.telling else Spread.TOO_FEW
        best = _best(asked, level)
        if best is None:
            break
        explanations.append(replace(_explanation(source, asked, best), rivals=_rivals(source, asked, best, level)))
        source = source.without(asked.candidates.name(best))
        left = source.whole
        spread = Spread.CONCENTRATED
    return Attribution(
        spread=spread,
        explanations=tuple(explanations),
        suspects=suspects,
        updated=int(whole.updated[0]),
        failed=int(whole.failed[0]),
        left_updated=int(left.updated[0]),
        left_failed=int(left.failed[0]),
        level=level,
    )


def _ask(source: Source, level: float) -> _Round:
    candidates, whole = source.candidates(), source.whole
    c = candidates.counts
    chance = chance_of_so_many(c.failed, c.updated, whole.failed, whole.updated)
    least = least_chance(c.updated, whole.failed, whole.updated)
    eligible = convictable(least, level)
    suspected = np.flatnonzero(chance < 1)
    chance[suspected] = np.maximum(chance[suspected], _beside_controls(c.at(suspected)))
    q = q_values(chance, eligible)
    weight = np.where(chance < 1, gained(c, whole), -np.inf)
    single = candidates.halves[:, 0] < 0
    fit = single | _beats_both(candidates)
    price = np.where(single, np.log(max(single.sum(), 1)), np.log(max((~single).sum(), 1)))
    telling = bool((eligible & single).any() and not (q[fit] <= NOTABLE).any())
    doubts = np.asarray([doubt(value.attribute) for value in source.values], np.float64)
    worth = weight - price - doubts[candidates.names].max(axis=1, where=candidates.names >= 0, initial=0.0)
    return _Round(candidates, whole, chance, q, weight, worth, fit, telling)


def _beside_controls(c: Counts) -> Floats:
    """p-values of failing more than the controls with the same values; 0 where these are too few to speak."""
    failures, total = c.failed + c.control_failed, c.updated + c.control
    speak = (c.control > 0) & (least_chance(c.updated, failures, total) <= CONTROL_LEVEL)
    return np.where(speak, chance_of_so_many(c.failed, c.updated, failures, total), 0.0)


def _beats_both(candidates: Candidates) -> Bools:
    """bool[m]: pairs that fail more than what is left of each of their values."""
    c, halves = candidates.counts, candidates.halves
    beats = np.zeros(len(halves), np.bool_)
    pairs = np.flatnonzero((halves[:, 0] >= 0) & (c.failed > 0))
    for side in (0, 1):
        half = halves[pairs, side]
        chance = chance_of_so_many(c.failed[pairs], c.updated[pairs], c.failed[half], c.updated[half])
        pairs = pairs[chance <= PAIR_LEVEL]
    beats[pairs] = True
    return beats


def _best(asked: _Round, level: float) -> int | None:
    passed = np.flatnonzero((asked.q <= level) & asked.fit)
    return int(passed[np.argmax(asked.worth[passed])]) if len(passed) else None


def _rivals(source: Source, asked: _Round, best: int, level: float) -> tuple[str, ...]:
    near = (asked.q <= level) & asked.fit & (asked.worth > asked.worth[best] - NEAR)
    rows = np.flatnonzero(near)
    strongest = rows[np.argsort(-asked.worth[rows], kind="stable")]
    names = [asked.candidates.name(int(row)) for row in strongest if row != best][:MOST_RIVALS]
    return tuple(" and ".join(str(source.values[index]) for index in name) for name in names)


def _suspects(source: Source, asked: _Round) -> tuple[Explanation, ...]:
    fitting = np.flatnonzero(asked.fit & (asked.chance < 1))
    strongest = fitting[np.argsort(-asked.worth[fitting], kind="stable")][:MOST_SUSPECTS]
    return tuple(_explanation(source, asked, int(row)) for row in strongest)


def _explanation(source: Source, asked: _Round, row: int) -> Explanation:
    own = asked.candidates.counts.at(row)
    rest = asked.whole.minus(own)
    names = asked.candidates.name(row)
    return Explanation(
        values=tuple(source.values[index] for index in names),
        together=source.together(names),
        updated=int(own.updated[0]),
        failed=int(own.failed[0]),
        control=int(own.control[0]),
        control_failed=int(own.control_failed[0]),
        elsewhere_updated=int(rest.updated[0]),
        elsewhere_failed=int(rest.failed[0]),
        chance=float(asked.chance[row]),
        q=float(asked.q[row]),
        weight=float(asked.weight[row]),
    )
