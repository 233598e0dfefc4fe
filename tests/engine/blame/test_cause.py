"""Which release is blamed, or none: the right one first, no one for what is ambient, and honest where nobody can tell.

Measured over seeded fleets (``world.py``), hundreds of cases of each sort taken together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.engine.blame.world import (
    DAY,
    NEVER,
    START,
    USUAL_RATE,
    ZONES,
    Rng,
    World,
    by_outage,
    by_release,
    judge,
    make_world,
    shown_at,
    struck,
    with_background,
)

from myriarch.engine.blame.cause import find_cause
from myriarch.engine.blame.signals import HOUR, Arrival, Background, Domain, Failures, Places
from myriarch.engine.blame.verdict import Ruling

GUILTY = "release-1"
CASES_EACH = 40
"""Of each sort of case; with eight sorts, 320 cases."""

Case = tuple[World, float]


def soon(rng: Rng) -> Case:
    """Nodes fail twenty minutes after the release, on average; the judge is asked after a few."""
    world = make_world(rng)
    world = by_release(rng, world, 1, rng.choice([0.1, 0.3, 1.0]), rng.exponential(1200, len(world.fails)))
    return with_background(rng, world, USUAL_RATE), shown_at(rng, world, int(rng.integers(4, 30)))


def late(rng: Rng) -> Case:
    """Symptoms come 8 to 30 hours after the release."""
    world = make_world(rng)
    delay = rng.uniform(12, 20) * HOUR * np.exp(rng.normal(0, 0.2, len(world.fails)))
    world = by_release(rng, world, 1, rng.choice([0.3, 1.0]), delay)
    return with_background(rng, world, USUAL_RATE), shown_at(rng, world, int(rng.integers(6, 40)))


def at_the_peak(rng: Rng) -> Case:
    """Half of the nodes with the release fail at one moment of the day, the others bear the peak."""
    world = make_world(rng)
    at = float(np.quantile(world.come[1], rng.uniform(0.2, 0.7)) + rng.uniform(0, 0.2) * HOUR)
    hit = (world.come[1] < at) & (rng.random(len(world.fails)) < 0.5)
    world = struck(world, np.where(hit, at + rng.uniform(0, 1200, len(hit)), NEVER))
    return with_background(rng, world, USUAL_RATE), at + 1800


def in_noise(rng: Rng) -> Case:
    """The background is four times what history says."""
    world = make_world(rng)
    world = by_release(rng, world, 1, rng.choice([0.1, 0.3, 1.0]), rng.exponential(1200, len(world.fails)))
    return with_background(rng, world, 4 * USUAL_RATE), shown_at(rng, world, 20)


def beside_an_outage(rng: Rng) -> Case:
    """A zone fails within the first hour of a bad release."""
    world = make_world(rng)
    world = by_release(rng, world, 1, rng.choice([0.3, 1.0]), rng.exponential(1200, len(world.fails)))
    now = shown_at(rng, world, 20)
    at = float(world.come[1].min() + rng.uniform(0, 1) * HOUR)
    world = by_outage(
        rng, with_background(rng, world, USUAL_RATE), world.node.zone == rng.integers(ZONES), 0.6, at, 600
    )
    return world, max(now, at + 1800)


def zone_outage(rng: Rng) -> Case:
    """A share of one zone fails; all releases are harmless."""
    world = with_background(rng, make_world(rng), USUAL_RATE)
    at = START + rng.uniform(0.5, 3) * DAY
    zone = world.node.zone == rng.integers(ZONES)
    world = by_outage(rng, world, zone, rng.choice([0.2, 0.6, 1.0]), at, rng.choice([60, 900, 3000]))
    return world, at + rng.uniform(300, 5400)


def bad_rack(rng: Rng) -> Case:
    """One rack loses its power."""
    world = with_background(rng, make_world(rng), USUAL_RATE)
    at = START + rng.uniform(0.5, 3) * DAY
    rack = world.node.rack == rng.choice(np.unique(world.node.rack))
    return by_outage(rng, world, rack, 1.0, at, 60), at + rng.uniform(300, 5400)


def background(rng: Rng) -> Case:
    """Nodes die on their own, as often as history says or four times."""
    world = with_background(rng, make_world(rng), USUAL_RATE * rng.choice([1, 4]))
    return world, START + rng.uniform(0.5, 3) * DAY


def seeded(sort: Callable[[Rng], Case], seed: int) -> Case:
    return sort(np.random.default_rng(seed))


@pytest.mark.parametrize("exact", [True, False], ids=["known nodes", "known places"])
def test_the_guilty_release_comes_first(exact: bool) -> None:
    sorts = (soon, late, at_the_peak, in_noise, beside_an_outage)
    first = blamed_alone = 0
    for sort in sorts:
        for seed in range(CASES_EACH):
            verdict = judge(*seeded(sort, seed), exact=exact)
            first += verdict.charges[0].release == GUILTY
            blamed_alone += verdict.blamed == (GUILTY,)
    assert first >= 0.99 * CASES_EACH * len(sorts)
    assert blamed_alone >= 0.95 * CASES_EACH * len(sorts)


def test_nobody_is_blamed_for_what_is_ambient() -> None:
    sorts = (zone_outage, bad_rack, background)
    none = 0
    for sort in sorts:
        for seed in range(CASES_EACH):
            none += judge(*seeded(sort, seed)).ruling is Ruling.CLEARED
    assert none >= 0.99 * CASES_EACH * len(sorts)


def test_the_outage_is_named() -> None:
    verdict = judge(*seeded(beside_an_outage, 3))
    assert verdict.blamed == (GUILTY,)
    assert verdict.ambient[0].name.startswith("zone z")
    assert verdict.ambient[0].name in verdict.sentence


def fleet_of(places: int) -> Places:
    zone = Domain("zone", ("a", "b"), np.arange(places) % 2)
    return Places([f"c{i}" for i in range(places)], np.full(places, 50), (zone,))


def failures_at(at: list[float], place: list[int], count: int = 5) -> Failures:
    return Failures(np.array(at), np.array(place), np.full(len(at), count))


def arrived(places: Places, name: str, at: dict[int, float]) -> Arrival:
    begun = np.full(len(places.nodes), np.inf)
    begun[list(at)] = list(at.values())
    return Arrival.whole(name, begun, places)


def test_a_release_that_came_after_the_failures_is_vetoed() -> None:
    places = fleet_of(20)
    failed = failures_at([START + 600.0 * i for i in range(8)], list(range(8)))
    before = arrived(places, "before", {i: START - 600.0 + 600 * i for i in range(8)})
    after = arrived(places, "after", {i: START + 300.0 + 600 * i for i in range(20)})
    verdict = find_cause(places, [after, before], failed, Background(), START - DAY, START + 2 * HOUR)
    assert verdict.blamed == ("before",)
    cleared = verdict.charges[1]
    assert cleared.release == "after"
    assert cleared.vetoes[0] == "no failure where it had come"
    assert "after is not to blame" in cleared.sentence


def test_two_releases_that_came_together_are_told_apart_by_nobody() -> None:
    places = fleet_of(20)
    come = {i: START + 60.0 * i for i in range(6)}
    failed = failures_at([START + 900.0 + 60 * i for i in range(6)], list(range(6)))
    arrivals = [arrived(places, name, come) for name in ("one", "other")]
    verdict = find_cause(places, arrivals, failed, Background(), START - DAY, START + HOUR)
    assert verdict.ruling is Ruling.UNDECIDED
    assert [charge.rivals for charge in verdict.charges] == [("other",), ("one",)]


def test_a_release_that_had_come_everywhere_is_neither_blamed_nor_cleared() -> None:
    places = fleet_of(20)
    failed = failures_at([START + DAY + 60.0 * i for i in range(10)], list(range(0, 20, 2)))
    everywhere = arrived(places, "everywhere-else", dict.fromkeys(range(20), START))
    verdict = find_cause(
        places, [everywhere], Failures(failed.at, np.arange(10), failed.count), Background(), START, START + 1.1 * DAY
    )
    assert verdict.ruling is Ruling.UNDECIDED
    assert verdict.charges[0].rivals == ("everywhere",)


def test_one_dead_node_is_no_evidence() -> None:
    places = fleet_of(20)
    canary = arrived(places, "canary", {0: START})
    verdict = find_cause(places, [canary], failures_at([START + 60], [0], 1), Background(), START - DAY, START + 300)
    assert verdict.ruling is Ruling.CLEARED
    assert verdict.left == 1


def test_old_failures_fade() -> None:
    places = fleet_of(20)
    failed = failures_at([START + 900.0 * i for i in range(4)], list(range(4)))
    release = arrived(places, "old", {i: START - 60.0 + 900 * i for i in range(4)})
    now = [find_cause(places, [release], failed, Background(), START - DAY, START + h * HOUR) for h in (1, 200)]
    assert [verdict.ruling for verdict in now] == [Ruling.BLAMED, Ruling.CLEARED]


def test_nothing_to_judge() -> None:
    places = fleet_of(4)
    nothing = Failures(np.array([]), np.array([], np.int64), np.array([], np.int64))
    verdict = find_cause(places, [], nothing, Background(), START, START + HOUR)
    assert (verdict.ruling, verdict.charges, verdict.left) == (Ruling.CLEARED, (), 0)
    waiting = arrived(places, "waiting", {})
    assert find_cause(places, [waiting], nothing, Background(), START, START + HOUR).ruling is Ruling.CLEARED


def test_rows_in_any_order_give_the_same_verdict() -> None:
    world, now = seeded(soon, 1)
    twice = [judge(world, now).sentence for _ in range(2)]
    assert twice[0] == twice[1]
