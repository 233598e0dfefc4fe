"""Clusters compared with clusters: who counts, what is one cause, and how seldom the harmless are accused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from myriarch.api.outage import COUNTED_MAX
from myriarch.base.hashing import hash_names
from myriarch.engine.evidence import NO_EVIDENCE, Evidence, forgotten, with_outages
from myriarch.engine.outages import BURST_SECONDS, GRACE_SECONDS, Look, Outages, Standings, next_due, out_text, watched

CLUSTERS, CANARIES = 100, 5
HOUR, DAY = 3600.0, 86400.0
BEGAN = 1_700_000_000.0
RATIO, ALPHA = 2.0, 0.01


def look(hours: float, touched: int, out: dict[int, float] | None = None, clusters: int = CLUSTERS) -> Look:
    """``hours`` after the begin; the first ``touched`` clusters are; ``out``: since how many hours after the begin."""
    now = BEGAN + hours * HOUR
    since = np.full(clusters, np.inf)
    for cluster, at in (out or {}).items():
        since[cluster] = BEGAN + at * HOUR
    made = np.full(clusters, BEGAN - 30 * DAY)
    return Look(
        stages=(np.ones(clusters, np.bool_),),
        touched=np.arange(clusters) < touched,
        order=hash_names(7, [f"c{number}" for number in range(clusters)]),
        standings=Standings(since, made, made),
        now=now,
    )


def after(*looks: Look) -> Evidence:
    known = NO_EVIDENCE
    for each in looks:
        known = with_outages(known, each, RATIO)
    return known


def outages(known: Evidence) -> Outages:
    assert known.outages is not None
    return known.outages


def test_one_canary_cluster_that_goes_out_within_the_hour_is_harm_and_says_that_it_rests_on_history() -> None:
    last = look(1.6, CANARIES, {2: 1.5})
    known = after(look(0, 0), look(1, CANARIES), last)
    assert known.shows_harm(ALPHA)
    assert known.of_clusters
    text = out_text(outages(known), last)
    assert text.startswith("outages of whole clusters: 1 in 3.0 cluster hours since they were touched, 0 in ")
    assert text.endswith("rests on matched history")


def test_it_must_last_and_is_waited_for() -> None:
    early = look(1.51, CANARIES, {2: 1.5})
    known = after(look(0, 0), look(1, CANARIES), early)
    assert outages(known).events == 0
    assert next_due(known.outages, early) == pytest.approx(BEGAN + 1.5 * HOUR + GRACE_SECONDS)
    assert next_due(known.outages, look(1.55, CANARIES)) == float("inf")


@pytest.mark.parametrize("other", [20, 60, 99])
def test_what_strikes_others_in_the_same_minutes_is_no_doing_of_the_release(other: int) -> None:
    together = {2: 1.5, 3: 1.5, other: 1.5 + BURST_SECONDS / HOUR / 2}
    known = after(look(0, 0), look(1, CANARIES), look(1.6, CANARIES, together))
    assert (outages(known).events, outages(known).stages[0].control) == (0, 1)
    assert known.times() < 1


def test_a_cluster_that_was_out_before_it_was_touched_counts_for_the_others() -> None:
    known = after(look(0, 0), look(0.9, 0, {2: 0.85}), look(1, CANARIES, {2: 0.85}), look(2, CANARIES, {2: 0.85}))
    assert (outages(known).events, outages(known).stages[0].control) == (0, 1)


def test_who_was_out_when_the_release_began_counts_not_at_all() -> None:
    known = after(look(0, 0, {2: -1.0}), look(1, CANARIES, {2: -1.0}), look(2, CANARIES))
    assert outages(known).events == 0
    assert known.times() < 1


def test_a_cluster_counts_once_and_one_cause_once() -> None:
    known = after(
        look(0, 0),
        look(1, CANARIES),
        look(1.6, CANARIES, {2: 1.5, 3: 1.5, 4: 1.55}),
        look(2, CANARIES),
        look(3, CANARIES, {2: 2.5}),
    )
    assert outages(known).events == 1
    assert outages(after(look(0, 0), look(1, 5), look(1.6, 5, {2: 1.5}), look(3, 5, {3: 2.5}))).events == 2


def test_in_the_last_wave_one_outage_says_little() -> None:
    looks = [look(hours, CLUSTERS) for hours in range(1, 100, 5)]
    assert not after(look(0, 0), *looks, look(101, CLUSTERS, {2: 100})).raises_suspicion(ALPHA)


def test_looking_again_changes_nothing_and_what_is_kept_goes_on() -> None:
    seen = look(1.6, CANARIES, {2: 1.5})
    known = after(look(0, 0), look(1, CANARIES), seen)
    assert with_outages(known, seen, RATIO) is known
    later = look(3, CANARIES, {3: 2.5})
    again = Evidence(outages=replace(outages(known)), log_clusters=known.log_clusters)
    assert with_outages(again, later, RATIO) == with_outages(known, later, RATIO)


def test_what_a_person_accepted_counts_no_more() -> None:
    known = forgotten(after(look(0, 0), look(1, CANARIES), look(1.6, CANARIES, {2: 1.5})))
    assert not known.shows_harm(ALPHA)
    known = with_outages(known, look(2, CANARIES, {2: 1.5}), RATIO)
    assert outages(known).events == 0
    assert with_outages(known, look(3, CANARIES, {3: 2.8}), RATIO).shows_harm(ALPHA)


def test_no_more_clusters_are_remembered_than_fit() -> None:
    many = 3 * COUNTED_MAX
    first = watched(None, look(0, 0, clusters=many))
    known = watched(first, look(1, many, dict.fromkeys(range(COUNTED_MAX), 0.5), clusters=many))
    assert len(known.counted) == COUNTED_MAX
    assert watched(known, look(1.1, many, {many - 1: 0.9}, clusters=many)).counted == known.counted


@pytest.mark.parametrize("outages_a_week", [0.3, 3.0, 30.0])
def test_the_chance_of_a_false_alarm_stays_below_alpha_at_every_look(outages_a_week: float) -> None:
    """A hundred clusters that go out for two hours at random, a release in four waves, a look every half an hour."""
    alpha, runs, alarms = 0.05, 60, 0
    chance = np.random.default_rng(3)
    waves = [(0.0, 0), (1.0, 5), (13.0, 20), (19.0, 50), (25.0, 100)]
    for _ in range(runs):
        number = chance.poisson(outages_a_week * 31 / 168)
        struck = [(int(chance.integers(CLUSTERS)), float(chance.uniform(0.0, 31.0))) for _ in range(number)]
        before = np.full(CLUSTERS, BEGAN - 30 * DAY)
        for _ in range(chance.poisson(2 * outages_a_week)):
            before[chance.integers(CLUSTERS)] = BEGAN - chance.uniform(0, 14 * DAY)
        known = NO_EVIDENCE
        for step in range(62):
            hours = step / 2
            touched = max(count for at, count in waves if at <= hours)
            out = {cluster: at for cluster, at in struck if at <= hours < at + 2}
            now = look(hours, touched, out)
            ended = [(cluster, BEGAN + (at + 2) * HOUR) for cluster, at in struck if at + 2 <= hours]
            well = before.copy()
            for cluster, at in ended:
                well[cluster] = max(well[cluster], at)
            known = with_outages(known, replace(now, standings=replace(now.standings, well_since=well)), RATIO)
            if known.shows_harm(alpha):
                alarms += 1
                break
    assert alarms <= alpha * runs
    assert math.isfinite(known.log_clusters)
