"""What is expected of a release, by hand where it is small; the trial on the simulator is in ``tests/sim``."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.engine.forecasts import MINUTE, USUAL, planned

from myriarch.api.freezewindow import FreezeWindowSpec, Weekday, Weekly
from myriarch.engine.forecast import Assumed, Freezing, Seconds, WaveForecast, forecast
from myriarch.engine.makespan import UpdateTime

MONDAY = 1_767_571_200.0
HOUR = 3600.0
NIGHT = FreezeWindowSpec(weekly=[Weekly(days=list(Weekday), from_="18:00", until="08:00")], reason="nobody is there")


def of(policy: str, sizes: list[int], assumed: Assumed = USUAL, now: float = 0.0) -> tuple[WaveForecast, ...]:
    return forecast(*planned(policy, sizes), assumed, (), now)


def test_nodes_advance_by_their_budget_then_soak() -> None:
    policy = (
        "{stages: [{name: p, soak: 1h}], nodes: {maxUnavailable: 2, soak: 5m, updateTimeout: 30m, failureGrace: 5m}}"
    )
    (wave,) = of(policy, [10, 4])
    assert wave.rounds == 5
    assert wave.advance.expected == pytest.approx(5 * 2 * MINUTE + 5 * MINUTE)
    assert wave.soak == Seconds(HOUR, HOUR)
    assert wave.ends.expected == pytest.approx(wave.advance.expected + HOUR)
    dead, silent, told = 30 * MINUTE, 30 * MINUTE, USUAL.told_worst_seconds
    assert wave.advance.worst == pytest.approx(5 * 35 * MINUTE + 5 * MINUTE + dead + silent + told)


def test_clusters_take_turns_in_concurrency() -> None:
    policy = "{stages: [{name: p, soak: 0s}], concurrency: {clusters: 1}, nodes: {maxUnavailable: 1, soak: 1m}}"
    (wave,) = of(policy, [3, 3, 3])
    assert wave.advance.expected == pytest.approx(3 * (3 * 2 * MINUTE + MINUTE))


def test_regions_take_turns() -> None:
    one = "{stages: [{name: p, soak: 0s}], nodes: {maxUnavailable: 1, soak: 1m}"
    (together,) = of(one + "}", [3] * 4)
    (apart,) = of(one + ", budgets: {clusters: {domains: [{label: region, maxDomains: 1}]}}}", [3] * 4)
    (single,) = of(one + ", budgets: {clusters: {domains: [{label: region, maxUnavailable: 1}]}}}", [3] * 4)
    assert apart.advance.expected == pytest.approx(2 * together.advance.expected)
    assert single.advance.expected == pytest.approx(2 * together.advance.expected)


def test_a_cluster_that_moves_as_one_takes_one_turn() -> None:
    (wave,) = of("{stages: [{name: p, soak: 0s}]}", [100], Assumed(UpdateTime(60.0), whole=True, told_seconds=0.0))
    assert wave.advance.expected == pytest.approx(60.0 + 300.0)


def test_waves_grow_from_what_stands() -> None:
    waves = of("{stages: [{name: p, soak: 1h, waves: [{nodes: 1}, {}]}], nodes: {maxUnavailable: 1, soak: 0s}}", [5])
    assert [wave.nodes_at_most for wave in waves] == [1, 5]
    assert [wave.advance.expected for wave in waves] == pytest.approx([2 * MINUTE, 8 * MINUTE])
    assert waves[1].begins == waves[0].ends


def test_covering_waves_begin_between_what_one_attribute_needs_and_their_ceiling() -> None:
    (wave,) = of("{stages: [{name: p, waves: [{clusters: cover, nodes: cover}]}], coverage: {perValue: 2}}", [20])
    assert (wave.nodes_at_least, wave.nodes_at_most) == (4, 6)


def test_gates_and_analyses_draw_it_out() -> None:
    gate = "{name: g, job: {template: smoke}, timeout: 10m, interval: 20m}"
    policy = "{stages: [{name: p, soak: 1h, waves: [{clusters: 1}, {}]}], gates: [GATE], analysis: {maxSoak: 6h}}"
    plain = of(policy.replace("GATE", ""), [4, 4])
    gated = of(policy.replace("GATE", gate), [4, 4])
    assert plain[0].soak == Seconds(HOUR, 7 * HOUR)
    assert plain[0].gates == Seconds(0.0, 0.0)
    assert gated[0].gates == Seconds(0.0, 30 * MINUTE)


def test_freezes_hold_the_way_forward_and_not_the_soak() -> None:
    spec, plan = planned("{stages: [{name: p, soak: 12h, waves: [{clusters: 1}, {}]}], nodes: {soak: 0s}}", [4, 4])
    every = np.ones(2, np.bool_)
    first, second = forecast(spec, plan, USUAL, [Freezing("night", NIGHT, every)], MONDAY + 17 * HOUR)
    assert first.advance.expected < HOUR
    assert first.ends.expected < MONDAY + 30 * HOUR, "the soak went on in the night"
    assert second.ends.expected > MONDAY + (32 + 12) * HOUR, "it began when the night was over"
    assert [span.window for span in second.freezes] == ["night"]
    assert first.freezes == ()
    elsewhere = Freezing("night", NIGHT, np.zeros(2, np.bool_))
    assert forecast(spec, plan, USUAL, [elsewhere], MONDAY + 17 * HOUR)[1].advance.expected < HOUR


def test_a_stop_is_never_over() -> None:
    spec, plan = planned("{stages: [{name: p, waves: [{clusters: 1}, {}]}]}", [4, 4])
    stop = Freezing("stop", FreezeWindowSpec(stop=True, reason="stop"), np.ones(2, np.bool_))
    waves = forecast(spec, plan, USUAL, [stop], MONDAY)
    assert {wave.ends for wave in waves} == {Seconds(math.inf, math.inf)}
    assert waves[1].advance == Seconds(math.inf, math.inf)


def test_the_worst_is_never_shorter_than_what_is_expected() -> None:
    for policy in ("{stages: [{name: p}]}", "{stages: [{name: p, exponential: {}}], concurrency: {clusters: 2}}"):
        for wave in of(policy, [1, 5, 30, 2]):
            assert wave.advance.worst >= wave.advance.expected
            assert wave.ends.worst >= wave.ends.expected
