"""How likely each candidate makes what was seen: what it leaves over, and the well nodes that it covers, both cost."""

from __future__ import annotations

import numpy as np

from myriarch.engine.blame.candidates import Counts
from myriarch.engine.blame.likelihood import gained


def counts(*rows: tuple[int, int, int, int]) -> Counts:
    """Updated, failed, controls, failed controls."""
    return Counts(*np.asarray(rows, np.int64).T)


def test_of_two_that_cover_all_failures_the_one_with_fewer_well_nodes_is_likelier() -> None:
    narrow, wide = gained(counts((5, 4, 0, 0), (20, 4, 0, 0)), counts((90, 4, 600, 0)))
    assert narrow > wide + 3


def test_failures_left_over_cost_more_the_seldomer_controls_fail() -> None:
    inside = counts((20, 10, 0, 0))
    (seldom,) = gained(inside, counts((70, 12, 5000, 0)))
    (often,) = gained(inside, counts((70, 12, 5000, 200)))
    assert often > seldom + 1


def test_what_covers_all_is_likelier_than_what_fits_a_higher_rate_and_leaves_some_over() -> None:
    """The counts of an OS whose nodes were struck by half, and of a size of which more happened to be."""
    system, size = gained(counts((49, 16, 0, 0), (23, 12, 0, 0)), counts((69, 16, 560, 0)))
    assert system > size


def test_all_struck_alike_is_likelier_than_a_group_with_its_share() -> None:
    (gain,) = gained(counts((50, 5, 0, 0)), counts((100, 10, 0, 0)))
    assert gain < 0
