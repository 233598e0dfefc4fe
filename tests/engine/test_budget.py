"""Budgets by groups hold in random fleets and clusters, and let in as many units as they allow."""

from __future__ import annotations

from dataclasses import replace
from textwrap import indent

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.budget_checker import GroupBudgets
from tests.engine.cases import KINDS, Case, fleet_cases, node_cases
from tests.engine.invariants import Broken, Checker, Ends, Exposure, Newcomers, Rollback, Wakes
from tests.engine.test_invariants import PLAYED, check
from tests.engine.test_mutations import SEARCHED

from myriarch.api.budgets import Budgets
from myriarch.engine.budget import _fit_chunk
from myriarch.engine.budget_limit import Limit
from myriarch.engine.partition import NO_GROUP, Partition, label_column, partitions_of, selected
from myriarch.engine.population import Bools, Ints

DOMAINS = (
    "",
    "domains: [{label: rack, maxUnavailable: 1}]",
    "domains: [{label: rack, maxDomains: 1}]",
    "domains: [{label: rack, maxUnavailable: 50%, maxDomains: 2}, {label: ring, maxUnavailable: 2}]",
)
ROLES = (
    "",
    "roles: [{name: inner, selector: {matchLabels: {ring: inner}}, maxUnavailable: 1}]",
    "roles: [{name: r, selector: {matchExpressions: [{key: rack, operator: NotIn, values: [r1]}]},"
    " maxUnavailable: 50%}]",
)
GANGS = ("", "gangs: [{label: pair, kind: NeverTogether}]")
DEAD = ("", "dead: {after: 5m, tolerated: 100%}")


PLAYED_FEWER = settings(PLAYED, max_examples=80)


@st.composite
def budgets(draw: st.DrawFn) -> str:
    parts = [draw(st.sampled_from(choices)) for choices in (DOMAINS, ROLES, GANGS, DEAD)]
    return "\n".join(part for part in parts if part) or "{}"


@PLAYED_FEWER
@given(node_cases(), budgets())
def test_no_order_breaks_a_budget_of_a_cluster(case: Case, text: str) -> None:
    check(_in_grant(case, text), watching())


@PLAYED_FEWER
@given(fleet_cases((*KINDS, "silent", "silent")), budgets(), st.sampled_from([None, 1, "50%"]))
def test_no_order_breaks_a_budget_of_a_fleet(case: Case, text: str, gently: int | str | None) -> None:
    check(in_policy(case, text if gently is None else f"{text}\nreturning: {gently}".removeprefix("{}\n")), watching())


def watching() -> list[Checker]:
    """Budgets by groups, and what must hold besides."""
    return [GroupBudgets(), Rollback(), Exposure(), Ends(), Newcomers(), Wakes()]


def in_policy(case: Case, text: str) -> Case:
    """The case with ``text`` as its policy's budgets over clusters."""
    return replace(case, policy=f"{case.policy}\nbudgets:\n  clusters:\n{indent(text, '    ')}\n")


@pytest.mark.parametrize("level", ["cluster", "fleet"])
def test_a_budget_that_allows_all_is_noticed(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases and the checker can see: without its guard the budgets of either level are broken."""

    def all_of_them(_limit: Limit, units: Ints) -> Bools:
        return np.ones(len(units), np.bool_)

    cases, put = (node_cases(), _in_grant) if level == "cluster" else (fleet_cases(), in_policy)

    @SEARCHED
    @given(cases, budgets())
    def search(case: Case, text: str) -> None:
        check(put(case, text), [GroupBudgets()])

    monkeypatch.setattr(Limit, "keep", all_of_them)
    with pytest.raises(Broken, match=r"^I1 "):
        search()


def _in_grant(case: Case, text: str) -> Case:
    return replace(case, budgets=text)


@st.composite
def limits(draw: st.DrawFn, size: int) -> tuple[Limit, np.ndarray, np.ndarray, int]:
    groups = draw(st.integers(1, 4))
    group = np.array(draw(st.lists(st.integers(NO_GROUP, groups - 1), min_size=size, max_size=size)), np.int64)
    room = np.array([*draw(st.lists(st.integers(-1, 4), min_size=groups, max_size=groups)), 1000], np.int64)
    openings = draw(st.integers(-1, 3))
    limit = Limit(Partition(group, groups), room.copy(), np.array([*[False] * groups, True]), openings)
    return limit, group, room, openings


@PLAYED
@given(st.data(), st.integers(1, 30), st.integers(1, 20))
def test_as_many_fit_as_one_by_one_and_no_more(data: st.DataObject, size: int, free: int) -> None:
    """Sound, and full: no unit that is left over would still fit."""
    drawn = [data.draw(limits(size)) for _ in range(data.draw(st.integers(1, 3)))]
    chosen = _fit_chunk(np.arange(size), free, [limit for limit, *_ in drawn]).tolist()
    assert len(chosen) == len(set(chosen)) <= free
    for _, group, room, openings in drawn:
        taken = np.bincount(group[chosen][group[chosen] != NO_GROUP], minlength=len(room))
        assert (taken[:-1] <= np.maximum(room[:-1], 0)).all()
        assert (taken > 0).sum() <= max(openings, 0)
    if len(chosen) == free:
        return
    for unit in set(range(size)) - set(chosen):
        assert any(_bars(unit, chosen, *parts[1:]) for parts in drawn)


def _bars(unit: int, chosen: list[int], group: np.ndarray, room: np.ndarray, openings: int) -> bool:
    mine = group[unit]
    if mine == NO_GROUP:
        return False
    full = sum(group[other] == mine for other in chosen) >= room[mine]
    opened = {group[other] for other in chosen if group[other] != NO_GROUP}
    return full or (mine not in opened and len(opened) >= openings)


def test_units_without_the_label_are_one_domain_and_in_no_gang() -> None:
    budgets = msgspec.yaml.decode(
        "domains: [{label: rack, maxUnavailable: 1}]\ngangs: [{label: rack, kind: NeverTogether}]", type=Budgets
    )
    found = partitions_of(budgets, {"rack": label_column(["a", None, "b", None])}, 4)
    domain, gang = found["domain rack"].group, found["gang rack NeverTogether"].group
    assert domain[1] == domain[3]
    assert len(set(domain.tolist())) == 3
    assert (gang == NO_GROUP).tolist() == [False, True, False, True]


def test_a_selector_over_columns_chooses_as_over_labels() -> None:
    labels = [{"role": "ingress"}, {"role": "etcd", "zone": "a"}, {}, {"zone": "b"}]
    columns = {key: label_column([unit.get(key) for unit in labels]) for key in ("role", "zone")}
    text = "roles: [{name: x, maxUnavailable: 1, selector: {matchExpressions: [%s]}}]"
    for clause in (
        "{key: role, operator: In, values: [etcd, ingress]}",
        "{key: role, operator: NotIn, values: [etcd]}",
        "{key: zone, operator: Exists}",
        "{key: zone, operator: DoesNotExist}",
    ):
        selector = msgspec.yaml.decode(text % clause, type=Budgets).roles[0].selector
        assert selected(selector, columns, 4).tolist() == [selector.matches(unit) for unit in labels]
