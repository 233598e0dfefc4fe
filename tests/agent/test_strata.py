"""Pairs of attributes as agents count them: joint values of single nodes, rare ones pooled."""

from __future__ import annotations

import numpy as np

from myriarch.agent.host import _without_the_lost
from myriarch.agent.nodes import joint_attributes, strata_counts
from myriarch.api.strata import OTHERS, PAIR_VALUES_MAX
from myriarch.drivers.driver import Attribute


def column(*values: str) -> Attribute:
    names = tuple(dict.fromkeys(values))
    return Attribute(names, np.array([names.index(value) for value in values], np.int16))


def test_a_pair_exists_only_where_nodes_have_both() -> None:
    attributes = {"os": column("a", "a", "b", "b"), "gpuModel": column("T4", "none", "none", "none")}
    joint = joint_attributes(attributes, [["os", "gpuModel"], ["gpuModel", "os"], ["os", "colour"]])
    chosen = np.array([True, True, True, False])
    assert strata_counts(joint, chosen) == {"gpuModel+os": {"T4+a": 1, "none+a": 1, "none+b": 1}}


def test_rare_values_beyond_the_limit_count_as_one() -> None:
    count = PAIR_VALUES_MAX + 40
    often = ["x"] * 5
    kernels = column(*often, *(f"k{number}" for number in range(count)))
    systems = column(*(["u"] * (count + len(often))))
    joint = joint_attributes({"kernel": kernels, "os": systems}, [["kernel", "os"]])
    counts = strata_counts(joint, np.ones(count + 5, np.bool_))
    found = counts["kernel+os"]
    assert len(found) == PAIR_VALUES_MAX + 1
    assert found["x+u"] == 5, "the most frequent keep their names"
    assert found[OTHERS] == 41
    assert sum(found.values()) == count + 5


def test_a_pair_that_nobody_asks_for_any_more_is_taken_out() -> None:
    told = {"os": {"a": 1, "b": 2}, "kernel+os": {"k+a": 1}, "gone+os": None}
    assert _without_the_lost({"os": {"a": 3}}, told) == {"os": {"a": 3, "b": None}, "kernel+os": None}
