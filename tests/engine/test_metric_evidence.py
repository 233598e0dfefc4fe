"""What metrics show: seldom harm where there is none, soon where there is; and who is not believed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest

from myriarch.api.analysis import Analysis
from myriarch.engine.evidence import Evidence, forgotten
from myriarch.engine.metric_evidence import MetricState, States, joined, looked, most_harmful
from myriarch.engine.metric_rules import MetricRule, read_metrics
from myriarch.engine.metric_samples import MetricLook, Reading

ALPHA = 0.05
UNITS = 30
PLACE = "prod/1"

Draw = Callable[[np.random.Generator, bool], float]


def rule(kind: str = "Mean", minimum: int = 2, soak: bool = False, **metric: Any) -> MetricRule:
    given = {"name": "m", "kind": kind, "query": "q", "server": {"url": "https://p.example"}, "every": "5m", **metric}
    if kind in ("Mean", "Quantile"):
        given.setdefault("ceiling", 5.0)
    analysis = {"alpha": ALPHA, "metrics": [given], "soakUntilSafe": ["m"] if soak else []}
    return read_metrics(msgspec.convert(analysis, Analysis), minimum)[0]


def fleet(seed: int, level_noise: float = 0.02) -> list[tuple[float, float]]:
    """True level of each unit, and what is known of it: some units are far slower than others, and always were."""
    dice = np.random.default_rng(seed)
    true = np.exp(dice.normal(0.0, 0.7, UNITS))
    return list(zip(true, true * (1 + level_noise * dice.standard_normal(UNITS)), strict=True))


def mean_look(seed: int, at: float, updated: int, harm: float = 1.0, noise: float = 0.1) -> MetricLook:
    """A look at ``UNITS`` units of which the first are updated; those are ``harm`` times as slow."""
    dice = np.random.default_rng([seed, int(at)])
    readings = [
        Reading(f"u{index}", true * (harm if index < updated else 1.0) * (1 + noise * dice.standard_normal()), level)
        for index, (true, level) in enumerate(fleet(seed))
    ]
    return MetricLook("m", at, PLACE, tuple(readings[:updated]), tuple(readings[updated:]))


def drawn_look(seed: int, at: float, updated: int, draw: Draw, hit: set[str] | None = None) -> MetricLook:
    """The same of values without levels. ``hit``: who showed a Share before."""
    dice = np.random.default_rng([seed, int(at)])
    known = hit if hit is not None else set()
    readings = []
    for index in range(UNITS):
        name, value = f"u{index}", draw(dice, index < updated)
        readings.append(Reading(name, value, float(name in known)))
        if hit is not None and value:
            hit.add(name)
    return MetricLook("m", at, PLACE, tuple(readings[:updated]), tuple(readings[updated:]))


def run(the_rule: MetricRule, looks: list[MetricLook]) -> MetricState:
    states: States = {}
    for look in looks:
        states = looked(states, [the_rule], [look])
    return states["m"]


def harmed(the_rule: MetricRule, looks: list[MetricLook]) -> int:
    """The look at which the metric, with its share of alpha, shows harm; 0 for never."""
    states: States = {}
    for index, look in enumerate(looks, start=1):
        states = looked(states, [the_rule], [look])
        if joined(0.0, states) >= -math.log(ALPHA):
            return index
    return 0


def rarely(_chance: float) -> Draw:
    return lambda dice, _updated: float(dice.random() < _chance)


def counted(rate: float, times: float = 1.0) -> Draw:
    return lambda dice, updated: float(dice.poisson(rate * (times if updated else 1.0)))


def tailed(times: float = 1.0) -> Draw:
    return lambda dice, updated: float(np.exp(dice.normal(0, 0.3))) * (times if updated else 1.0)


def _looks(kind: str, seed: int, count: int, times: float) -> list[MetricLook]:
    hit: set[str] = set()
    moments = [300.0 * (index + 1) for index in range(count)]
    match kind:
        case "Mean":
            return [mean_look(seed, at, 6, times) for at in moments]
        case "Share":
            draw: Draw = lambda dice, updated: float(dice.random() < 0.003 * (times if updated else 1.0))  # noqa: E731
            return [drawn_look(seed, at, 10, draw, hit) for at in moments]
        case "Rate":
            return [drawn_look(seed, at, 6, counted(0.5, times)) for at in moments]
        case _:
            return [drawn_look(seed, at, 6, tailed(times)) for at in moments]


RULES = {
    "Mean": rule("Mean"),
    "Share": rule("Share"),
    "Rate": rule("Rate"),
    "Quantile": rule("Quantile", change="None"),
}
"""Under all of them the updated may be a fifth worse than the others."""


@pytest.mark.parametrize("kind", RULES)
def test_a_harmless_release_is_seldom_called_harmful(kind: str) -> None:
    """At every look of 30, with the tolerance that metrics have by default, among units that differ for good."""
    alarms = sum(harmed(RULES[kind], _looks(kind, seed, 30, 1.0)) > 0 for seed in range(25))
    assert alarms <= 3  # more have a chance of 3 % at alpha itself


@pytest.mark.parametrize(("kind", "times"), [("Mean", 1.5), ("Share", 40.0), ("Rate", 4.0), ("Quantile", 2.0)])
def test_harm_is_found(kind: str, times: float) -> None:
    found = [harmed(RULES[kind], _looks(kind, seed, 30, times)) for seed in range(6)]
    assert sum(each > 0 for each in found) >= 5, found


def test_one_sick_unit_is_no_harm_and_two_are_where_the_policy_says_so() -> None:
    def sick(count: int, updated: int) -> list[MetricLook]:
        looks = [mean_look(3, 300.0 * (index + 1), updated) for index in range(60)]
        return [
            replace(look, updated=tuple(_times(4.0, each) for each in look.updated[:count]) + look.updated[count:])
            for look in looks
        ]

    assert harmed(rule(), sick(1, 1)) == harmed(rule(), sick(1, 3)) == 0
    assert harmed(rule(minimum=1), sick(1, 1)) > 0
    assert harmed(rule(), sick(2, 2)) > 0


def _times(times: float, reading: Reading) -> Reading:
    return replace(reading, value=reading.value * times)


def test_the_sentence_tells_both_arms_and_a_bound() -> None:
    state = run(rule(), [mean_look(1, 300.0 * (index + 1), 6, 3.0) for index in range(60)])
    assert "times its own level in 6 updated units" in state.message
    assert "in 24 others; at least" in state.message
    lower = float(state.message.split("at least ")[1].split(" ")[0])
    assert 1.0 < lower < 3.0


def test_lower_is_worse_where_the_metric_says_so() -> None:
    looks = [mean_look(2, 300.0 * (index + 1), 6, 0.4) for index in range(40)]
    assert harmed(rule(), looks) == 0
    assert harmed(rule(worse="Lower"), looks) > 0
    by_difference = rule(change="Difference", worse="Lower", toleratedDifference=0.05)
    assert harmed(by_difference, looks) > 0


def test_harm_is_excluded_in_each_wave_anew() -> None:
    the_rule = rule(toleratedRatio=1.5)
    looks = [mean_look(5, 300.0 * (index + 1), 6, noise=0.05) for index in range(60)]
    state = run(the_rule, looks)
    assert state.excludes_harm(ALPHA, PLACE)
    assert not state.excludes_harm(ALPHA, "prod/2")
    after = looked({"m": state}, [the_rule], [replace(looks[-1], at=looks[-1].at + 300, place="prod/2")])["m"]
    assert not after.excludes_harm(ALPHA, "prod/2")
    worse = run(the_rule, [mean_look(5, 300.0 * (index + 1), 6, 1.6) for index in range(60)])
    assert not worse.excludes_harm(ALPHA, PLACE)


def test_clusters_that_are_updated_in_part_exclude_nothing() -> None:
    looks = [mean_look(5, 300.0 * (index + 1), 6, noise=0.05) for index in range(40)]
    partly = [replace(look, updated=tuple(replace(each, whole=False) for each in look.updated)) for look in looks]
    state = run(rule(toleratedRatio=1.5), partly)
    assert state.log_safe == 0.0
    assert state.looks == 40


def test_a_look_counts_once() -> None:
    looks = [mean_look(1, 300.0 * (index + 1), 6) for index in range(10)]
    once = run(rule(), looks)
    again = looked({"m": once}, [rule()], looks)
    assert again["m"] == once
    assert run(rule(), [look for look in looks for _ in range(2)]) == once


LIES: dict[str, tuple[str, dict[str, float]]] = {
    "3 of 3 updated units give no number": ("Mean", {"value": math.nan}),
    "units have no level from before the release": ("Mean", {"level": math.nan}),
    "gives -1 for u0: a value below 0 is no multiple of a level": ("Mean", {"value": -1.0}),
    "gives -3 for u0: a count is never below 0": ("Rate", {"value": -3.0}),
    "gives 0.5 for u0: a Share is 0 or 1 for each unit": ("Share", {"value": 0.5}),
}


@pytest.mark.parametrize("told", LIES)
def test_a_source_that_lies_is_told_and_counts_nothing(told: str) -> None:
    kind, change = LIES[told]
    known = run(RULES[kind], _looks(kind, 1, 5, 1.0))
    look = _looks(kind, 1, 6, 1.0)[-1]
    bad = replace(look, updated=tuple(replace(each, **change) for each in look.updated[:3]))
    after = looked({"m": known}, [RULES[kind]], [bad])["m"]
    assert told in after.problem
    assert (after.log_harm, after.looks, after.looked_at) == (known.log_harm, known.looks, known.looked_at)
    better = looked({"m": after}, [RULES[kind]], [replace(look, at=look.at + 300)])["m"]
    assert (better.problem, better.looks) == ("", known.looks + 1)


def test_numbers_that_stand_still_count_once_and_are_told() -> None:
    look = mean_look(1, 300.0, 6)
    state = run(rule(), [replace(look, at=300.0 * (index + 1)) for index in range(5)])
    assert "the very same numbers at 5 looks in a row" in state.problem
    assert state.looks == 1
    zeros = [drawn_look(1, 300.0 * (index + 1), 6, lambda _dice, _updated: 0.0) for index in range(5)]
    quiet = run(RULES["Rate"], zeros)
    assert (quiet.problem, quiet.looks) == ("", 5)


def test_an_arm_without_units_is_told() -> None:
    look = mean_look(1, 300.0, 6)
    assert "gives no updated unit" in run(rule(), [replace(look, updated=())]).problem
    assert "gives no other unit" in run(rule(), [replace(look, controls=())]).problem


def test_silence_changes_no_evidence() -> None:
    known = run(rule(), [mean_look(1, 300.0 * (index + 1), 6, 1.4) for index in range(8)])
    after = looked({"m": known}, [rule()], [MetricLook("m", 9999.0, PLACE, problem="answers 503")])["m"]
    assert (after.log_harm, after.problem, after.tried_at) == (known.log_harm, "answers 503", 9999.0)


def test_harm_in_one_stratum_is_found_and_strata_are_bounded() -> None:
    def stratified(look: MetricLook, count: int) -> MetricLook:
        def placed(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
            return tuple(replace(each, stratum=f"s{int(each.unit[1:]) % count}") for each in readings)

        updated = placed(look.updated)
        worse = tuple(replace(each, value=each.value * (3 if each.stratum == "s1" else 1)) for each in updated)
        return replace(look, updated=worse, controls=placed(look.controls))

    looks = [mean_look(1, 300.0 * (index + 1), 15) for index in range(40)]
    by_place = rule(stratum="place")
    assert harmed(by_place, [stratified(look, 3) for look in looks]) > 0
    many = run(by_place, [stratified(look, 15) for look in looks[:3]])
    assert len(many.strata) == 8
    assert len(many.harm) == 9


def test_all_metrics_and_failures_share_one_alpha() -> None:
    states = looked({}, [rule(name="a", weight=1), rule(name="b", weight=1)], [])
    assert [state.share for state in states.values()] == [0.5, 0.5]  # each was read as the only one
    two = {"a": MetricState(0.25, log_harm=10.0), "b": MetricState(0.25)}
    assert joined(0.0, two) == pytest.approx(math.log(0.75 + 0.25 * math.exp(10)))
    assert joined(0.0, {}) == 0.0
    assert most_harmful(two, 0.0) == "a"
    assert most_harmful(two, 12.0) == ""


def test_who_accepts_harm_begins_anew_and_no_look_counts_again() -> None:
    looks = [mean_look(1, 300.0 * (index + 1), 6, 2.0) for index in range(20)]
    evidence = Evidence(metrics={"m": run(rule(), looks)})
    assert evidence.shows_harm(ALPHA)
    fresh = forgotten(evidence)
    assert fresh.joint == 0.0
    assert looked(fresh.metrics, [rule()], looks) == fresh.metrics
