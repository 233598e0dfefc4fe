"""Which attributes are blamed: right ones first, none where failures are spread, and what can't be told apart named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from myriarch.api.strata import pair_name, pair_value
from myriarch.engine.blame.attributes import find_attributes
from myriarch.engine.blame.attribution import Attribution, Spread
from myriarch.engine.blame.candidates import Counts, Profiles, Tallies
from myriarch.engine.population import Bools, Ints, Value

NODES = 400
WORLDS = 200
SIZES = {"os": 3, "arch": 2, "gpu": 4, "minor": 3, "size": 3, "provider": 3, "zone": 6, "instance": 12}


def fleet(rng: np.random.Generator, nodes: int = NODES) -> tuple[tuple[Value, ...], Bools]:
    """Nodes with nine attributes of uneven shares; kernels follow from the OS, drivers are the GPUs'."""
    codes = {name: rng.choice(n, size=nodes, p=rng.dirichlet(np.full(n, 2.0))) for name, n in SIZES.items()}
    codes["kernel"] = codes["os"] * 2 + (rng.random(nodes) < 0.4)
    codes["driver"] = codes["gpu"]
    columns = [(Value(name, f"{v}"), column == v) for name, column in codes.items() for v in np.unique(column)]
    return tuple(value for value, _ in columns), np.stack([has for _, has in columns], axis=1)


def profiles(values: tuple[Value, ...], has: Bools, failed: Ints, updated: Ints | None = None) -> Profiles:
    at_risk = np.ones(len(has), np.int64) if updated is None else updated
    return Profiles(values, has, Counts.of(at_risk, failed, 1 - at_risk, np.zeros_like(failed)))


def covered(found: Attribution, values: tuple[Value, ...], has: Bools) -> Bools:
    """bool[n]: nodes of the first explanation."""
    assert found.first is not None
    inside: Bools = np.logical_and.reduce([has[:, values.index(value)] for value in found.first.values])
    return inside


def guilty_single(rng: np.random.Generator, has: Bools) -> Bools:
    sizes = has.sum(axis=0)
    struck: Bools = has[:, rng.choice(np.flatnonzero((sizes >= 12) & (sizes <= NODES // 2)))]
    return struck


def guilty_pair(rng: np.random.Generator, has: Bools) -> Bools:
    while True:
        first, second = rng.choice(has.shape[1], 2, replace=False)
        both = has[:, first] & has[:, second]
        if 12 <= both.sum() < 0.7 * min(has[:, first].sum(), has[:, second].sum()):
            return both


@pytest.mark.parametrize(("guilty", "rates"), [(guilty_single, (0.3, 0.6, 1.0)), (guilty_pair, (0.6, 1.0))])
def test_the_right_attributes_come_first(guilty: Any, rates: tuple[float, ...]) -> None:
    right = 0
    for seed in range(WORLDS):
        rng = np.random.default_rng(seed)
        values, has = fleet(rng)
        struck = guilty(rng, has)
        failed = rng.random(NODES) < np.where(struck, rng.choice(rates), 0.004)
        found = find_attributes(profiles(values, has, failed.astype(np.int64)))
        right += found.first is not None and bool((covered(found, values, has) == struck).all())
    assert right >= 0.95 * WORLDS


def test_failures_spread_evenly_are_nobodys() -> None:
    blamed = 0
    for seed in range(WORLDS):
        rng = np.random.default_rng(seed)
        values, has = fleet(rng)
        failed = (rng.random(NODES) < rng.choice([0.02, 0.1, 0.4])).astype(np.int64)
        blamed += bool(find_attributes(profiles(values, has, failed)).explanations)
    assert blamed <= 0.05 * WORLDS


def test_an_even_spread_is_said_to_be_one() -> None:
    rng = np.random.default_rng(1)
    values, has = fleet(rng)
    found = find_attributes(profiles(values, has, (rng.random(NODES) < 0.1).astype(np.int64)))
    assert found.spread is Spread.EVEN
    assert "spread evenly" in found.sentence


def test_two_explanations_are_both_found() -> None:
    rng = np.random.default_rng(2)
    values, has = fleet(rng)
    gpu, minor = values.index(Value("gpu", "1")), values.index(Value("minor", "2"))
    failed = (has[:, gpu] & (rng.random(NODES) < 0.9)) | (has[:, minor] & (rng.random(NODES) < 0.5))
    found = find_attributes(profiles(values, has, failed.astype(np.int64)))
    assert [e.values for e in found.explanations] == [(values[gpu],), (values[minor],)]
    assert found.left_failed == 0


def test_values_never_apart_are_named_together() -> None:
    values, has = fleet(np.random.default_rng(3))
    gpu = values.index(Value("gpu", "2"))
    found = find_attributes(profiles(values, has, has[:, gpu].astype(np.int64)))
    assert found.explanations[0].values == (Value("gpu", "2"),)
    assert found.explanations[0].together == (Value("driver", "2"),)
    assert "always together with driver=2" in found.sentence


def test_what_fails_without_the_update_too_is_not_blamed() -> None:
    rng = np.random.default_rng(4)
    values, has = fleet(rng, 1000)
    old = has[:, values.index(Value("instance", "3"))]
    dead = (old & (rng.random(1000) < 0.5)).astype(np.int64)
    updated = (rng.random(1000) < 0.5).astype(np.int64)
    counts = Counts.of(updated, dead * updated, 1 - updated, dead * (1 - updated))
    assert find_attributes(Profiles(values, has, counts)).explanations == ()
    without_controls = Counts.of(updated, dead * updated, None, None)
    assert find_attributes(Profiles(values, has, without_controls)).explanations


def test_too_few_failures_leave_a_suspect() -> None:
    values = (Value("os", "jammy"), Value("os", "focal"))
    found = find_attributes(Tallies.of(values, np.array([2, 3]), np.array([2, 0])))
    assert found.spread is Spread.TOO_FEW
    assert found.suspects[0].values == (Value("os", "jammy"),)
    assert "first suspect: os=jammy: 2 of 2" in found.sentence


def test_single_counts_are_enough_for_single_values() -> None:
    values = (Value("gpu", "a10"), Value("gpu", "none"), Value("os", "jammy"), Value("driver", "x"), Value("gpu", "t4"))
    found = find_attributes(Tallies.of(values, np.array([40, 500, 640, 40, 100]), np.array([30, 0, 60, 30, 30])))
    first, second = found.explanations
    assert (first.values, first.together) == ((values[0],), (values[3],))
    assert second.values == (values[4],)
    assert (first.failed, first.updated, first.elsewhere_failed, first.elsewhere_updated) == (30, 40, 30, 600)


def test_a_pair_that_a_policy_names_is_told_as_a_value() -> None:
    gpu, minor, pair = "gpu", "minor", pair_name(("gpu", "minor"))
    values = (
        *(Value(gpu, each) for each in ("a10", "none")),
        *(Value(minor, each) for each in ("31", "32")),
        *(Value(pair, pair_value(one, other)) for one in ("a10", "none") for other in ("31", "32")),
    )
    updated, failed = np.array([100, 300, 200, 200, 50, 50, 150, 150]), np.array([40, 0, 0, 40, 0, 40, 0, 0])
    found = find_attributes(Tallies.of(values, updated, failed))
    assert found.explanations[0].values == (Value(gpu, "a10"), Value(minor, "32"))
    assert found.explanations[0].name == "gpu=a10 and minor=32"
    assert len(found.explanations) == 1
    everywhere = np.array([40, 0, 20, 20, 20, 20, 0, 0])
    assert find_attributes(Tallies.of(values, updated, everywhere)).explanations[0].values == (Value(gpu, "a10"),)


def test_what_a_node_is_comes_before_where_it_stands() -> None:
    values = (
        *(Value("region", each) for each in ("eu1", "us1")),
        *(Value("provider", each) for each in ("azure", "aws")),
        *(Value("os", each) for each in ("windows", "jammy")),
    )
    found = find_attributes(Tallies.of(values, np.array([5, 95] * 3), np.array([5, 0] * 3))).explanations[0]
    assert [value.attribute for value in (*found.values, *found.together)] == ["os", "provider", "region"]
    updated, failed = np.array([50, 950, 60, 940, 75, 925]), np.array([18, 0] * 3)
    close = find_attributes(Tallies.of(values, updated, failed)).explanations[0]
    assert close.rivals != ()
    assert "nearly as likely" in close.sentence


def test_nothing_failed_nothing_found() -> None:
    values = (Value("gpu", "a10"), Value("gpu", "none"))
    found = find_attributes(Tallies.of(values, np.array([40, 60]), np.array([0, 0])))
    assert found.first is None
    assert find_attributes(Tallies.of((), np.array([]), np.array([], np.int64))).first is None
