"""Whole clusters that go out, updated or not: the evidence that neighbours can't give.

Some harm strikes all nodes of a cluster once enough of them are updated, and what moves a cluster as one leaves no
neighbour to compare with. So clusters are compared with clusters: those that the release has touched with those that it
has not, by how seldom one goes *out* (half of its nodes down, or not heard) in so much time that it could have
(``sequential/rare.py``). The time of a cluster before the release touched it counts as the others', to two weeks before
the release began: one outage within the hour says much where there was none in years of cluster time, and little in the
last wave, when most of the time is that of touched clusters. That part of it is history, and the verdict says so.

A cluster counts once in a release. One that was out when the release began, or touched it, counts as not touched.
Outages of either side that begin within ten minutes have one cause: they count once, and as no doing of the release
where one of them was not touched.

Who is out, and since when, is told (``Standings``); this remembers a few numbers a stage, and who has counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from myriarch.api.outage import COUNTED_MAX
from myriarch.engine.population import Bools, Floats, Hashes, count, identities, some
from myriarch.engine.sequential.combine import weighted
from myriarch.engine.sequential.rare import Spell, log_evidence

OUT_SHARE = 0.5
OUT_NODES = 3
"""A cluster is out with more than this share of its nodes down, and at least so many: two of three die by chance."""

GRACE_SECONDS = 300.0
"""So long a touched cluster must have been out to count."""
BURST_SECONDS = 600.0
RECORD_SECONDS = 14 * 86400.0
"""What lies further back is another fleet's."""

NOTED_SECONDS = 3600.0
"""The time that passes is noted so often where nothing else is."""

LAST_STAGE_SHARE = 2 / 3
"""Of the weight: the others rehearse."""


@dataclass(frozen=True, slots=True, eq=False)
class Standings:
    """Columns of the clusters. out_since float64[n]: since when each is out (Unix seconds; infinite where it isn't).
    well_since float64[n]: since when it last was not. known_since float64[n]: since when it is known at all."""

    out_since: Floats
    well_since: Floats
    known_since: Floats


@dataclass(frozen=True, slots=True)
class StageOutages:
    """``treated_seconds`` of touched clusters until the last look, which were so many; their outages and those of
    others, and when the last ones began."""

    touched: int = 0
    treated_seconds: float = 0.0
    treated: int = 0
    control: int = 0
    treated_at: float = 0.0
    control_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Outages:
    """``began`` and ``at``: the first and the last look (Unix seconds). ``counted``: who has, by hash, sorted."""

    began: float
    at: float
    stages: tuple[StageOutages, ...]
    counted: tuple[int, ...] = ()

    @property
    def events(self) -> int:
        """Outages of touched clusters, those of one cause once."""
        return sum(stage.treated for stage in self.stages)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """``stages`` bool[n] each: whose clusters they are, of those that are there; ``touched`` bool[n]; ``order`` hashes
    of names."""

    stages: tuple[Bools, ...]
    touched: Bools
    order: Hashes
    standings: Standings
    now: float


def watched(known: Outages | None, look: Look) -> Outages:
    """``known`` after one more look; the same object where there is nothing to note."""
    if known is None:
        return _first(look)
    since, identity = look.standings.out_since, identities(look.order)
    fresh = ~np.isin(identity, known.counted) if known.counted else np.ones(len(identity), np.bool_)
    due = np.isfinite(since) & fresh
    if some(due):
        due &= ~look.touched | (look.now - since >= GRACE_SECONDS)
        due &= len(known.counted) + count(due) <= COUNTED_MAX
    touched = [count(here & look.touched & fresh & ~due) for here in look.stages]
    same = touched == [stage.touched for stage in known.stages]
    if same and not some(due) and look.now - known.at < NOTED_SECONDS:
        return known
    stages = [_passed(stage, look.now - known.at) for stage in known.stages]
    stages = [replace(stage, touched=number) for stage, number in zip(stages, touched, strict=True)]
    if some(due):
        stages = [_added(stage, here & due, look) for stage, here in zip(stages, look.stages, strict=True)]
    counted = tuple(sorted({*known.counted, *(int(number) for number in identity[due])}))
    return Outages(known.began, max(look.now, known.at), tuple(stages), counted)


def log_value(known: Outages, look: Look, ratio: float) -> float:
    """ln of the evidence that touched clusters go out more than ``ratio`` times as often as the others."""
    spells = [_spells(stage, here, known, look) for stage, here in _each(known, look)]  # as of this very look
    logs = np.asarray([log_evidence(treated, control, ratio) for treated, control in spells])
    return float(weighted(logs, _weights(len(logs))))


def next_due(known: Outages | None, look: Look) -> float:
    """Unix seconds: when a touched cluster that is out will have been so for long enough; infinite where none is."""
    out = look.touched & np.isfinite(look.standings.out_since)
    if known is None or not some(out):
        return float("inf")
    out &= ~np.isin(identities(look.order), known.counted)
    moments = look.standings.out_since[out] + GRACE_SECONDS
    return float(moments[moments > look.now].min(initial=float("inf")))


def begun_anew(known: Outages) -> Outages:
    """A person accepted what was seen: the touched clusters begin anew."""
    return replace(known, stages=tuple(replace(each, treated=0, treated_seconds=0.0) for each in known.stages))


def begun_again(known: Outages) -> Outages:
    """The release has gone back and is tried again: no cluster is touched, and none has counted as touched."""
    stages = tuple(replace(each, touched=0, treated=0, treated_seconds=0.0, treated_at=0.0) for each in known.stages)
    return replace(known, stages=stages, counted=())


def stood_by(known: Outages, look: Look) -> Outages:
    """``known`` between two tries: who is out meanwhile counts on neither side; the same object where nobody is."""
    out = np.flatnonzero(np.isfinite(look.standings.out_since))[:COUNTED_MAX]
    counted = tuple(sorted(int(number) for number in identities(look.order)[out]))
    if counted == known.counted and look.now - known.at < NOTED_SECONDS:
        return known
    return replace(known, at=max(look.now, known.at), counted=counted)


def out_text(known: Outages, look: Look) -> str:
    """The comparison of clusters in a clause that a person can check."""
    spells = [_spells(stage, here, known, look) for stage, here in _each(known, look)]
    treated, control = spells[int(np.argmax([spell.events for spell, _ in spells]))]
    return (
        f"outages of whole clusters: {treated.events} in {_hours(treated)} cluster hours since they were touched, "
        f"{control.events} in {_hours(control)} of the others and before, which rests on matched history"
    )


def _hours(spell: Spell) -> str:
    return f"{spell.time / 3600:,.1f}"


def _each(known: Outages, look: Look) -> list[tuple[StageOutages, Bools]]:
    return list(zip(known.stages, look.stages, strict=True))


def _weights(stages: int) -> Floats:
    if stages == 1:
        return np.ones(1)
    shares = np.full(stages, (1.0 - LAST_STAGE_SHARE) / (stages - 1))
    shares[-1] = LAST_STAGE_SHARE
    return shares


def _first(look: Look) -> Outages:
    """What the week before shows; who is out already counts no more."""
    told = look.standings
    returned = (told.well_since > told.known_since) & (told.well_since > look.now - RECORD_SECONDS)
    out = np.isfinite(told.out_since)
    stages = tuple(
        StageOutages(control=_bursts(told.well_since[here & returned & ~out]) + _bursts(told.out_since[here & out]))
        for here in look.stages
    )
    sick = np.flatnonzero(out)[:COUNTED_MAX]
    return Outages(look.now, look.now, stages, tuple(sorted(int(number) for number in identities(look.order)[sick])))


def _bursts(moments: Floats) -> int:
    """How many times something happened, by moments of its traces."""
    return int((np.diff(np.sort(moments)) > BURST_SECONDS).sum()) + 1 if len(moments) else 0


def _passed(stage: StageOutages, seconds: float) -> StageOutages:
    return replace(stage, treated_seconds=stage.treated_seconds + stage.touched * max(seconds, 0.0))


def _added(stage: StageOutages, due: Bools, look: Look) -> StageOutages:
    """With the outages of the clusters ``due`` bool[n]."""
    since = look.standings.out_since
    others, touched = since[due & ~look.touched], since[due & look.touched]
    if len(others):
        once = float(others.max())
        more = int(once - stage.control_at > BURST_SECONDS)
        stage = replace(stage, control=stage.control + more, control_at=once)
    own = touched[np.abs(touched - stage.control_at) > BURST_SECONDS]
    if len(own):
        once = float(own.max())
        more = int(once - stage.treated_at > BURST_SECONDS)
        stage = replace(stage, treated=stage.treated + more, treated_at=once)
    return stage


def _spells(stage: StageOutages, here: Bools, known: Outages, look: Look) -> tuple[Spell, Spell]:
    told = look.standings
    record = RECORD_SECONDS + look.now - known.began
    stood = np.minimum(look.now - told.well_since, record)[here & ~np.isfinite(told.out_since)]
    others = max(float(stood.sum()) - stage.treated_seconds, 0.0)
    return Spell(stage.treated, stage.treated_seconds), Spell(stage.control, others)
