"""Which component comes after which: circles, order, and what is refused."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myriarch.engine.ordering import find_cycle, in_order
from myriarch.engine.ordering_check import after_faults

NAMES = "abcdef"


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, list[str]]:
    """Each comes only after names that are before it in a drawn order."""
    order = draw(st.permutations(NAMES))
    return {name: draw(st.lists(st.sampled_from(order[:i]), unique=True)) if i else [] for i, name in enumerate(order)}


@given(acyclic(), st.permutations(NAMES))
def test_each_stands_behind_what_it_comes_after(after: dict[str, list[str]], names: list[str]) -> None:
    placed = in_order(names, after)
    assert sorted(placed) == sorted(names)
    for name, earlier in after.items():
        assert all(placed.index(each) < placed.index(name) for each in earlier)
    assert not any(find_cycle(after, name) for name in names)


def test_the_given_order_stands_where_nothing_else_is_asked_and_ways_by_others_count() -> None:
    assert in_order(["c", "a", "b"], {}) == ["c", "a", "b"]
    assert in_order(["app", "cni"], {"app": ["mesh"], "mesh": ["cni"]}) == ["cni", "app"]


@given(acyclic(), st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_closing_any_way_makes_a_circle_that_is_found(after: dict[str, list[str]], start: str, end: str) -> None:
    def reaches(name: str) -> bool:
        return name == end or any(reaches(each) for each in after[name])

    closed = {**after, end: [*after[end], start]}
    cycle = find_cycle(closed, end)
    assert bool(cycle) == (reaches(start) or start == end)
    if cycle:
        assert cycle[0] == cycle[-1] == end
        assert all(later in closed[name] for name, later in pairwise(cycle))


@pytest.mark.parametrize(
    ("after", "field", "problem"),
    [
        (["app"], "spec.after[0]", "is the component itself"),
        (["cni", "cni"], "spec.after[1]", "is named twice"),
        (["cni", "dns"], "spec.after[1]", "doesn't exist"),
        (["cni", "mesh"], "spec.after[1]", "goes round in a circle: app after mesh after app"),
    ],
)
def test_what_can_not_be_meant_is_named(after: list[str], field: str, problem: str) -> None:
    others = {"cni": [], "mesh": ["app"], "log": ["log"]}
    [fault] = after_faults("app", after, others)
    assert (fault.field, fault.problem) == (field, problem)
    assert fault.cure


def test_a_circle_among_others_is_not_this_component_s_fault() -> None:
    assert after_faults("app", ["a"], {"a": ["b"], "b": ["a"]}) == []
