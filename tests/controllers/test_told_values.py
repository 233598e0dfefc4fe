"""What has begun of each value: told by clusters of which a part has begun, bounded where nobody tells."""

from __future__ import annotations

import numpy as np

from myriarch.api.cluster import TALLIES_MAX, ComponentStatus, ValueTally
from myriarch.base.hashing import hash_names
from myriarch.controllers.release.told_values import ToldValues
from myriarch.engine.population import Population, Value

VALUES = (Value("os", "jammy"), Value("os", "flatcar"), Value("role", "web"))
STRATA = np.asarray([[8, 2, 10], [10, 0, 10]], np.int64)
BEGUN = np.asarray([4, 3], np.int64)


def population() -> Population:
    names = ["a", "b"]
    return Population(hash_names(1, names), STRATA[:, 2], STRATA, VALUES, np.full(2, -1, np.int64), names)


def told(*counts: tuple[str, int]) -> ToldValues:
    values = ToldValues()
    tallies = [ValueTally(attribute="os", value=value, updated=count, failed=0) for value, count in counts]
    values.set(0, ComponentStatus(component="os", tallies=tallies))
    return values


def test_of_each_value_as_many_may_have_begun_as_are_told_and_what_is_not_told_of() -> None:
    may = told(("jammy", 3)).at_most_begun(population(), BEGUN)
    assert may.tolist() == [[4, 1, 4], [3, 0, 3]]
    assert told(("jammy", 3), ("flatcar", 1)).at_most_begun(population(), BEGUN)[0].tolist() == [3, 1, 4]


def test_who_tells_nothing_any_more_is_bounded_by_what_it_has() -> None:
    values = told(("jammy", 4))
    assert values.at_most_begun(population(), BEGUN)[0].tolist() == [4, 0, 4]
    values.set(0, None)
    assert values.at_most_begun(population(), BEGUN)[0].tolist() == [4, 2, 4]


def test_a_list_that_may_be_cut_off_says_nothing_of_what_it_lacks() -> None:
    cut = told(*((f"jammy-{number}", 0) for number in range(TALLIES_MAX)))
    assert cut.at_most_begun(population(), BEGUN)[0].tolist() == [4, 2, 4]


def test_updated_nodes_are_those_told_and_a_share_of_what_is_not_told_of() -> None:
    assert told(("flatcar", 2)).updated(0, population(), 0.4).tolist() == [0.0, 2.0, 4.0]
    assert told(("bookworm", 2)).updated(0, population(), 0.4).tolist() == [0.0, 0.0, 4.0]


def test_it_follows_what_is_told_and_who_is_there() -> None:
    values, before = told(("flatcar", 2)), population()
    assert values.updated(0, before, 0.4)[1] == 2
    fewer = ValueTally(attribute="os", value="flatcar", updated=1, failed=0)
    values.set(0, ComponentStatus(component="os", tallies=[fewer]))
    assert values.updated(0, before, 0.4)[1] == 1
    turned = Population(before.order, before.weight, STRATA[:, ::-1].copy(), VALUES[::-1], before.domain, before.names)
    assert values.updated(0, turned, 0.4).tolist() == [4.0, 1.0, 0.0]
