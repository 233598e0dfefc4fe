"""Harm was found: is it this release's doing?

``blame/cause.py`` judges all releases in flight by the failures that agents tell, those of nodes that no release has
touched too. Its verdict is told in any case. Where the policy has an acquittal, a release that is cleared holds
instead of going back, and goes on by itself when what failed is well again; held for too long, the failure rule
decides after all.

To acquit takes a culprit: another release that is blamed, or an outage that is found. An outage excuses only
who is cleared by whole clusters too, and of its own failures so few may be left over that the failure rule would bear
them; and it excuses nothing that the comparison with nodes not updated shows, which an outage strikes as well.
Whoever can't be told apart from a rival, and whatever nobody explains, counts against the release: to
take a harmless release back is the smaller mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myriarch.api.cause import SUSPECTS_MAX, Cause, Guilty, Suspect
from myriarch.api.release import Phase
from myriarch.engine.blame.cause import find_cause
from myriarch.engine.blame.signals import Background, Signals, widened
from myriarch.engine.blame.verdict import CauseVerdict, Charge, Ruling
from myriarch.engine.harm import find_harm
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_REVERT, Observed
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.rules import Rules

HARM_BY_OTHER: Final = "HarmByOther"
AMBIENT_HARM: Final = "AmbientHarm"
ACQUITTED: Final = frozenset({HARM_BY_OTHER, AMBIENT_HARM})
"""Reasons of a pause that ends by itself, when what failed is well again."""

WHY_LIMIT: Final = 400
MESSAGE_LIMIT: Final = 2048
SCORE_DIGITS: Final = 1


@dataclass(frozen=True, slots=True)
class Hearing:
    """The verdict; ``reason`` is why the release holds instead of going back, empty where it is not acquitted."""

    cause: Cause | None
    reason: str = ""

    @property
    def message(self) -> str:
        """Why it holds, in a sentence."""
        return f"not to blame: {self.cause.message}" if self.cause is not None else ""


UNHEARD: Final = Hearing(None)


def hear(rules: Rules, observed: Observed, memory: Memory, now: float) -> Hearing:
    """Who is to blame for the harm that was found at ``now`` (Unix seconds), and whether the release may hold."""
    signals = None if observed.signals is None else observed.signals()
    if signals is None:
        return UNHEARD
    cause = judge(signals, observed, now)
    if rules.acquitted_seconds is None or cause.guilty not in _EXCUSES or held_too_long(rules, memory, now):
        return Hearing(cause)
    if not _borne(cause.unexplained, observed, rules) or _beyond_the_others(cause, rules, memory):
        return Hearing(cause)
    return Hearing(cause, _EXCUSES[cause.guilty])


def _beyond_the_others(cause: Cause, rules: Rules, memory: Memory) -> bool:
    """Whether updated nodes fail more than those beside them: then no outage excuses it, which strikes both alike."""
    compared = rules.analysis is not None and memory.evidence.at_one_time.shows_harm(rules.analysis.alpha)
    return compared and cause.guilty is Guilty.AMBIENT


_EXCUSES: Final = {Guilty.OTHER: HARM_BY_OTHER, Guilty.AMBIENT: AMBIENT_HARM}


def judge(signals: Signals, observed: Observed, now: float) -> Cause:
    """The verdict on one release, with its numbers.

    Whom an outage clears is judged by whole clusters too: a release that harms its cluster, for one by overloading its
    API server, strikes nodes that it has not come to, and looks like an outage of that cluster.
    """
    verdict, own = _verdict(signals, now)
    left = own.left
    if own.ruling is Ruling.CLEARED and not verdict.blamed:
        wide, own_wide = _verdict(widened(signals), now)
        left = max(left, own_wide.left)
        if own_wide.ruling is not Ruling.CLEARED:
            verdict, own = wide, own_wide
    guilty, name, odds = _culprit(verdict, own)
    judged = observed.present & (observed.asserted != TOLD_REVERT)
    failed = int(observed.failed[judged].sum())
    return Cause(
        guilty=guilty,
        name=name,
        odds=round(odds, SCORE_DIGITS),
        unexplained=left + max(failed - own.reached_nodes, 0),
        message=verdict.sentence[:MESSAGE_LIMIT],
        suspects=_suspects(verdict),
    )


def _verdict(signals: Signals, now: float) -> tuple[CauseVerdict, Charge]:
    """Of all releases, and of the one in question."""
    where = (signals.places, signals.arrivals, signals.failures)
    verdict = find_cause(*where, Background(), signals.since, max(now, signals.since))
    return verdict, next(charge for charge in verdict.charges if charge.release == signals.release)


def is_well(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory) -> bool:
    """Whether what failed is well again, so far that the failure rule bears the rest."""
    here = observed.present & (observed.asserted != TOLD_REVERT)
    if not _borne(int(observed.failed[here].sum()), observed, rules):
        return False
    return find_harm(plan, observed, rules, memory.stage, memory.evidence.record_only) is None


def _borne(failed: int, observed: Observed, rules: Rules) -> bool:
    begun = int(observed.begun[observed.present].sum())
    return failed < rules.minimum or failed <= rules.tolerance.floor(begun)


def held_until(rules: Rules, memory: Memory) -> float:
    """Until when (Unix seconds) a release that is not to blame holds at most; infinite where it doesn't hold."""
    if memory.phase is not Phase.PAUSED or memory.reason not in ACQUITTED:
        return float("inf")
    return memory.since + (rules.acquitted_seconds or 0.0)


def held_too_long(rules: Rules, memory: Memory, now: float) -> bool:
    """Whether it has held so long that the failure rule decides after all."""
    return now >= held_until(rules, memory)


def _culprit(verdict: CauseVerdict, own: Charge) -> tuple[Guilty, str, float]:
    if own.ruling is Ruling.BLAMED:
        return Guilty.SELF, own.release, own.score
    if own.ruling is Ruling.UNDECIDED:
        return Guilty.UNDECIDED, own.release, own.score
    other = next((charge for charge in verdict.charges if charge.ruling is Ruling.BLAMED), None)
    if other is not None:
        return Guilty.OTHER, other.release, other.score
    if verdict.ambient:
        return Guilty.AMBIENT, verdict.ambient[0].name, verdict.ambient[0].gain
    return Guilty.NOBODY, "", 0.0


def _suspects(verdict: CauseVerdict) -> list[Suspect]:
    releases = [
        Suspect(
            name=charge.release,
            ruling=str(charge.ruling),
            score=round(charge.score, SCORE_DIGITS),
            incidents=charge.incidents,
            nodes=charge.nodes,
            why=charge.sentence[:WHY_LIMIT],
        )
        for charge in verdict.charges
    ]
    places = [
        Suspect(
            name=place.name,
            ruling=str(Guilty.AMBIENT),
            score=round(place.gain, SCORE_DIGITS),
            incidents=place.incidents,
            nodes=place.nodes,
            why=f"{place.nodes} nodes {place.when}",
        )
        for place in verdict.ambient
    ]
    half = SUSPECTS_MAX // 2
    return [*releases[: SUSPECTS_MAX - min(len(places), half)], *places][:SUSPECTS_MAX]
