"""Which of the releases in flight caused the failures, or none of them.

Rounds. In each, every release and every domain (zone, rack, place) says how well it explains the incidents that are
left (``suspects.py``). The best takes what it explains, and the rest is asked again, until nobody explains anything:
so a zone's outage in the middle of a bad release hides neither.

- **Support**: a suspect is heard where its incidents are ``NEEDED`` likelier than by history.
- **Veto by order of events**: a release is out of a round while its arrival makes no difference: that nodes fail alike
  before and after it is ``VETO_GAIN`` likelier than that they fail ``VETO_TIMES`` as often after it. A later round,
  when a domain has taken its own, may lift that. Nor is one heard that would have gained ``SEEN`` and gains too little.
- **Rivals**: two suspects that explain the same incidents, and neither ``MARGIN`` better than the other, leave it
  undecided: their incidents are nobody's, and a person reads both names. That everything failed everywhere is a rival
  of a release that had come (nearly) everywhere.

The thresholds are natural logarithms of how much likelier a thing has to be: e^7 is about 1,000 times, e^4.6 100
times, e^3 20 times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from myriarch.engine.blame.odds import log_odds_gain
from myriarch.engine.blame.signals import Arrival, Background, Case, Failures, Places, find_incidents
from myriarch.engine.blame.suspects import NEEDED, Kind, Suspect, domain_suspects, release_suspects
from myriarch.engine.blame.verdict import Ambient, CauseVerdict, Charge, Ruling
from myriarch.engine.blame.votes import Coming, coming_of, votes_by_window
from myriarch.engine.population import Bools

MARGIN: Final = 4.6
SEEN: Final = 2 * MARGIN
"""A release whose guilt would have shown by so much, and has not shown by ``MARGIN``, is out of the round too."""

VETO_TIMES: Final = 2.0
VETO_GAIN: Final = 3.0
SAME_SHARE: Final = 0.5
"""Suspects that share this much of the smaller one's votes are rivals for the same failures."""

MOST_ROUNDS: Final = 12


@dataclass(slots=True, eq=False)
class _Findings:
    """How the releases came, and what the rounds have found so far. ``left`` bool[i]: incidents that nothing explains
    yet; ``open`` bool[i]: those too that only everybody together explains."""

    comings: Sequence[Coming]
    left: Bools
    open: Bools
    blamed: dict[int, Suspect] = field(default_factory=dict)
    undecided: dict[int, tuple[Suspect, tuple[str, ...]]] = field(default_factory=dict)
    ambient: list[Suspect] = field(default_factory=list)


def find_cause(
    places: Places,
    arrivals: Sequence[Arrival],
    failures: Failures,
    background: Background,
    since: float,
    now: float,
) -> CauseVerdict:
    """Judge every release of ``arrivals`` by the failures from ``since`` to ``now`` (Unix seconds)."""
    if failures.begun is None:
        arrivals = [arrival.to_whole_places(places) for arrival in arrivals]
    incidents = find_incidents(failures, arrivals, now)
    case = Case(places, arrivals, incidents, background.rate, since, now)
    everything = np.ones(len(incidents.at), np.bool_)
    comings = [coming_of(case, index) for index in range(len(arrivals))]
    findings = _Findings(comings, everything, everything)
    for _ in range(MOST_ROUNDS):
        if not _round(case, findings):
            break
    return _verdict(case, findings)


def _round(case: Case, findings: _Findings) -> bool:
    """Let the best suspect take what it explains; False where none explains anything."""
    suspects = _suspects(case, findings.comings, findings.left)
    strong = [suspect for suspect in suspects if suspect.support >= NEEDED]
    if not strong:
        return False
    best = max(strong, key=lambda suspect: suspect.gain)
    rivals = [other for other in suspects if _rivals(case, best, other)]
    if best.kind is not Kind.RELEASE:
        # Two domains that explain the same are both no release: that is all that matters here.
        rivals = [other for other in rivals if other.kind is Kind.RELEASE]
    taken = best.explained.copy()
    for suspect in (best, *rivals) if rivals else ():
        taken |= suspect.explained
        others = tuple(other.name for other in (best, *rivals) if other is not suspect)
        if suspect.kind is Kind.RELEASE and suspect.index not in findings.blamed:
            findings.undecided.setdefault(suspect.index, (suspect, others))
    if not rivals and best.kind is Kind.RELEASE:
        findings.blamed.setdefault(best.index, best)
        findings.undecided.pop(best.index, None)
    elif not rivals:
        findings.ambient.append(best)
    findings.left = findings.left & ~taken
    if rivals or best.kind is not Kind.EVERYWHERE:
        findings.open = findings.open & ~taken
    return bool(taken.any())


def _suspects(case: Case, comings: Sequence[Coming], left: Bools) -> list[Suspect]:
    """Who is heard; everybody together always is, and gains nothing."""
    heard = [s for s in domain_suspects(case, left) if s.kind is Kind.EVERYWHERE or s.gain >= MARGIN]
    for suspect in release_suspects(case, comings, left):
        shown = suspect.gain >= MARGIN or suspect.could_gain < SEEN
        if shown and _veto(case, comings[suspect.index], left) is None:
            heard.append(suspect)
    return heard


def _rivals(case: Case, best: Suspect, other: Suspect) -> bool:
    if other is best or other.gain < best.gain - MARGIN:
        return False
    if other.kind is Kind.EVERYWHERE:
        return True
    if other.support < NEEDED:
        return False
    votes = case.incidents.votes
    shared = float(votes[best.explained & other.explained].sum())
    smaller = min(float(votes[best.explained].sum()), float(votes[other.explained].sum()))
    return shared >= SAME_SHARE * smaller


def _veto(case: Case, coming: Coming, left: Bools) -> str | None:
    """Why the release can't have caused what is left, or None."""
    came = left & (coming.window >= 0)
    if not came.any():
        return "no failure where it had come"
    group = np.where(came[left], 0, -1)
    shares = coming.shares[left].sum(axis=1, keepdims=True)
    votes = case.incidents.votes[left]
    if log_odds_gain(group, shares, votes, np.asarray([VETO_TIMES])) > -VETO_GAIN:
        return None
    due = float((votes * shares[:, 0]).sum())
    got = float(votes[group == 0].sum())
    return f"nodes fail alike where it had come and where it had not: {got:.0f} votes where {due:.0f} are its share"


def _contrast(case: Case, coming: Coming, left: Bools) -> tuple[tuple[int, float, float], tuple[int, float, float]]:
    """(incidents, votes, node-hours) where the release had come, and where it had not."""
    came, missed = left & (coming.window >= 0), left & (coming.window < 0)
    hours = float(coming.hours.sum())
    votes = case.incidents.votes
    return (
        (int(came.sum()), float(votes[came].sum()), hours),
        (int(missed.sum()), float(votes[missed].sum()), max(case.node_hours - hours, 0.0)),
    )


def _verdict(case: Case, findings: _Findings) -> CauseVerdict:
    rest = {
        suspect.index: max(suspect.gain, 0.0) for suspect in release_suspects(case, findings.comings, findings.open)
    }
    charges = [_charge(case, findings, coming, rest.get(coming.index, 0.0)) for coming in findings.comings]
    order = {Ruling.BLAMED: 0, Ruling.UNDECIDED: 1, Ruling.CLEARED: 2}
    charges.sort(key=lambda charge: (order[charge.ruling], -charge.score, charge.release))
    return CauseVerdict(
        ruling=charges[0].ruling if charges else Ruling.CLEARED,
        charges=tuple(charges),
        ambient=tuple(_ambient(case, suspect) for suspect in findings.ambient),
        incidents=len(case.incidents.at),
        left=int(findings.left.sum()),
        background=case.rate * case.node_hours,
    )


def _charge(case: Case, findings: _Findings, coming: Coming, rest: float) -> Charge:
    incidents = case.incidents
    everything = np.ones(len(incidents.at), np.bool_)
    blamed = findings.blamed.get(coming.index)
    suspect, rivals = findings.undecided.get(coming.index, (blamed, ()))
    reached, unreached = _contrast(case, coming, everything)
    explained = suspect.explained if suspect is not None else np.zeros(len(incidents.at), np.bool_)
    ruling = Ruling.BLAMED if blamed else Ruling.UNDECIDED if suspect else Ruling.CLEARED
    vetoes = () if suspect is not None else _vetoes(case, findings, coming)
    return Charge(
        release=coming.release,
        ruling=ruling,
        score=suspect.gain if suspect is not None else rest,
        when=suspect.when if suspect is not None else "",
        votes=votes_by_window(case, coming, everything),
        expected=case.rate * coming.hours,
        incidents=int(explained.sum()),
        nodes=int(incidents.count[explained].sum()),
        reached=reached,
        unreached=unreached,
        vetoes=vetoes,
        rivals=rivals,
        reached_nodes=int(incidents.count[coming.window >= 0].sum()),
        left=int(incidents.count[(coming.window >= 0) & (explained | _unexcused(case, findings, coming))].sum()),
    )


def _unexcused(case: Case, findings: _Findings, coming: Coming) -> Bools:
    """bool[i]: what nothing explains yet. That everybody suffers excuses a release only if its arrival made no
    difference."""
    vetoed = _veto(case, coming, np.ones(len(coming.window), np.bool_)) is not None
    return findings.left if vetoed else findings.open


def _vetoes(case: Case, findings: _Findings, coming: Coming) -> tuple[str, ...]:
    found = []
    veto = _veto(case, coming, np.ones(len(coming.window), np.bool_))
    if veto is not None:
        found.append(veto)
    taken = sorted({*(s.name for s in findings.ambient), *(s.name for s in findings.blamed.values())})
    if taken and not veto:
        found.append(f"explained better by {', '.join(taken)}")
    return tuple(found)


def _ambient(case: Case, suspect: Suspect) -> Ambient:
    incidents, own = case.incidents, suspect.explained
    start = float(incidents.at[own].min()) if own.any() else case.now
    return Ambient(suspect.name, suspect.when, start, int(own.sum()), int(incidents.count[own].sum()), suspect.gain)
