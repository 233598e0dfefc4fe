"""Who may have caused the failures, and how much better than chance each explains them.

After Gandalf (Li et al., NSDI 2020), incidents vote. A release gets the votes of the incidents in places that it had
reached, by the time since it came there: that is the temporal correlation. A domain (a zone, a rack, one place) gets
the votes of the incidents within it in a stretch of time (``bursts.py``): that is the spatial one, and what is
ambient. Votes decay with time (``signals.py``).

What Gandalf weighs by constants learned from its operators' feedback is weighed here by likelihood, which is the same
in every fleet, and twice:

- ``support``: are there more votes than history, and the time before a release came, would give? O votes where B
  were expected speak for a suspect with O ln(O/B) - (O - B), the log-likelihood ratio of two Poisson rates.
- ``gain``: were *these* nodes struck, rather than others at the same moments? (``odds.py``). A suspect gains by how
  narrowly it says which: half a zone that failed at one moment speaks for the zone, and not for a release that had
  reached the other half of the fleet too. Everybody together ("everywhere") gains nothing by definition.

Having many to choose from has its price: one of a thousand places is struck by chance a thousand times as often as
the one place where a release had come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from myriarch.engine.blame.bursts import BURST_HOURS, densest
from myriarch.engine.blame.odds import fit_odds, log_odds_gain, share_gain
from myriarch.engine.blame.signals import Case, Domain
from myriarch.engine.blame.votes import WINDOWS_HOURS, Coming, hours_text, likelihood_gain, window_name
from myriarch.engine.population import Bools, Floats, Ints

WINDOW_PRICE: Final = 1.0
"""What each window in which a release is taken to strike costs it: one odds more is fitted."""

RESTART_VOTES: Final = 0.02
"""Expected of any suspect at least, to be taken seriously: what restarts a node shows that it was about to fail."""


NEEDED: Final = 7.0
"""The support without which a suspect is not heard: e^7, about 1,000 times likelier than the background."""


HISTORY_VOTES: Final = 0.25
"""So many votes of history stand beside those that came where a release had not: it decides where these are few."""


class Kind(StrEnum):
    """What a suspect is."""

    RELEASE = "release"
    DOMAIN = "domain"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True, eq=False)
class Suspect:
    """``gain`` and ``support`` as above (natural logarithms); ``explained`` bool[i] the incidents that would be its
    own; ``when`` says in which stretch of time they came. ``could_gain`` is the gain were all of them really its own.
    """

    kind: Kind
    index: int
    name: str
    gain: float
    support: float
    explained: Bools
    when: str
    could_gain: float = np.inf


def release_suspects(case: Case, comings: Sequence[Coming], left: Bools) -> Iterator[Suspect]:
    """Each release with votes among the incidents ``left`` bool[i]: with odds for each window since it came, or with
    one for all of them, whichever gains more."""
    for coming in comings:
        if not (left & (coming.window >= 0)).any():
            continue
        by_window = _of_windows(case, coming, left, coming.window, coming.shares)
        together = coming.shares.sum(axis=1, keepdims=True)
        as_one = _of_windows(case, coming, left, np.minimum(coming.window, 0), together)
        yield by_window if by_window.explained.any() and by_window.gain > as_one.gain else as_one


def _of_windows(case: Case, coming: Coming, left: Bools, group: Ints, shares: Floats) -> Suspect:
    """``group`` int64[i] of each incident (-1: not reached), with ``shares`` float64[i, g] of all nodes."""
    votes = case.incidents.votes[left]
    theta = fit_odds(group[left], shares[left], votes)
    gain = log_odds_gain(group[left], shares[left], votes, theta)
    # One odds for all is kept though it be 1: where a release had come everywhere, nothing tells it from the rest.
    used = theta > 1.0 if len(theta) > 1 else np.ones(1, np.bool_)
    explained = left & np.append(used, False)[group]
    windows = used if len(used) > 1 else np.full(len(WINDOWS_HOURS) - 1, used[0])
    own = float(case.incidents.votes[explained].sum())
    expected = _rate_elsewhere(case, coming, left) * float(coming.hours[windows].sum())
    return Suspect(
        kind=Kind.RELEASE,
        index=coming.index,
        name=coming.release,
        gain=gain - WINDOW_PRICE * float(used.sum()),
        support=float(likelihood_gain(own, max(expected, RESTART_VOTES))),
        explained=explained,
        when=f"{window_name(windows)} after it came" if used.any() else "",
        could_gain=_could_gain(votes, shares[left][:, used].sum(axis=1), explained[left]),
    )


def _rate_elsewhere(case: Case, coming: Coming, left: Bools) -> float:
    """Failures an hour and node where the release had not come (yet), if that is more than history gives: what was
    there before it came is not its doing."""
    votes = float(case.incidents.votes[left & (coming.window < 0)].sum())
    hours = max(case.node_hours - float(coming.hours.sum()), 0.0)
    return max(case.rate, (votes + HISTORY_VOTES) / (hours + HISTORY_VOTES / case.rate))


def _could_gain(votes: Floats, share: Floats, explained: Bools) -> float:
    return -float((votes * np.log(np.clip(share, 1e-12, 1.0)))[explained].sum())


def domain_suspects(case: Case, left: Bools) -> Iterator[Suspect]:
    """The densest stretch of the incidents ``left`` bool[i] of all places, of each domain, and of each place."""
    places = case.places
    if left.any():
        everywhere = Domain(Kind.EVERYWHERE, ("",), np.zeros(len(places.nodes), np.int64))
        yield _of_burst(case, everywhere, 0, left, left, 0.0)
    for domain in (*places.domains, Domain("place", places.names, np.arange(len(places.nodes)))):
        yield from _of_domain(case, domain, left)


def _of_domain(case: Case, domain: Domain, left: Bools) -> Iterator[Suspect]:
    price = float(np.log(max(len(np.unique(domain.code[domain.code >= 0])), 1) * len(BURST_HOURS)))
    own = domain.code[case.incidents.place]
    inside = left & (own >= 0)
    votes = np.bincount(own[inside], case.incidents.votes[inside], len(domain.names)).astype(np.float64)
    worth_asking = likelihood_gain(votes, RESTART_VOTES) >= NEEDED
    for index in np.flatnonzero(worth_asking):
        yield _of_burst(case, domain, int(index), left, left & (own == index), price)


def _of_burst(case: Case, domain: Domain, index: int, left: Bools, inside: Bools, price: float) -> Suspect:
    nodes = float(case.places.nodes[domain.code == index].sum())
    burst = densest(case, inside, nodes)
    meanwhile = left & burst.holds(case.incidents.at)
    share = nodes / float(case.places.nodes.sum())
    gain = share_gain(burst.votes, float(case.incidents.votes[meanwhile].sum()), share)
    return Suspect(
        kind=Kind.EVERYWHERE if domain.kind is Kind.EVERYWHERE else Kind.DOMAIN,
        index=index,
        name=f"{domain.kind} {domain.names[index]}".strip(),
        gain=gain - price,
        support=float(likelihood_gain(burst.votes, max(burst.expected, RESTART_VOTES))),
        explained=inside & meanwhile,
        when=f"within {hours_text(burst.hours)}",
    )
