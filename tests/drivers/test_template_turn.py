"""Whose turn it is to have the template, as the movers ask."""

from __future__ import annotations

from dataclasses import dataclass, field

from myriarch.drivers.template_turn import TemplateTurn


@dataclass
class Numbers:
    """A ledger of the numbers of orders alone."""

    numbers: dict[str, int] = field(default_factory=dict)

    def order_of(self, node: str) -> int:
        return self.numbers.get(node, 0)

    def text(self, node: str) -> str:
        raise NotImplementedError

    def restore(self, node: str, text: str) -> None:
        raise NotImplementedError

    def inherit(self, node: str, heir: str) -> None:
        raise NotImplementedError


def turn(*nodes: str) -> tuple[TemplateTurn, Numbers]:
    ledger = Numbers(dict.fromkeys(nodes, 1))
    return TemplateTurn(ledger), ledger


def test_two_nodes_that_go_back_to_different_revisions_take_turns() -> None:
    found, _ = turn("a", "b")
    found.wants("a", "v1", backward=True)
    found.wants("b", "v2", backward=True)
    assert found.claim("a", "v1") == ""
    assert found.claim("b", "v2") == "the template becomes that of v1 for a first"
    assert found.claim("a", "v1") == ""
    found.replaced("a", "v1", "uid-1")
    assert "until 1 nodes have come up" in found.claim("b", "v2")
    found.came("a")
    assert found.claim("b", "v2") == ""


def test_the_turn_passes_on_when_its_holder_is_told_otherwise_or_has_nothing_to_replace() -> None:
    found, ledger = turn("a", "b")
    assert found.claim("a", "v1") == ""
    ledger.numbers["a"] = 2
    assert found.claim("b", "v2") == ""
    assert found.claim("a", "v1")
    found.give_up("b")
    assert found.claim("a", "v1") == ""


def test_who_goes_back_comes_before_who_goes_forward() -> None:
    found, _ = turn("a", "b")
    assert found.claim("a", "v2") == ""
    found.wants("b", "v1", backward=True)
    assert found.claim("b", "v1") == ""
    assert found.claim("a", "v2") == "1 nodes go back to v1 first"


def test_nodes_of_one_revision_share_a_turn() -> None:
    found, _ = turn("a", "b")
    assert found.claim("a", "v1") == found.claim("b", "v1") == ""
