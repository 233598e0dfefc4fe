"""Cases that random search once found broken, kept as they were found (shortened to what matters)."""

from __future__ import annotations

import pytest
from tests.engine.cases import Case, Fault
from tests.engine.test_invariants import check
from tests.engine.world import Level

ONE_WAVE = "stages: [{name: production, soak: 4m, waves: [{}]}]\nunreachable: {after: 10m, tolerance: 100%}"


@pytest.mark.parametrize(
    "faults",
    [
        # Done, it never hears of the freeze, and is silent at the thaw.
        (Fault(16, "deaf", 0, 11), Fault(20, "freeze", 0, 5), Fault(22, "silent", 0, 15)),
        # Done, it holds, is silent at the thaw, and a second freeze finds it so.
        (Fault(21, "freeze", 0, 13), Fault(33, "silent", 0, 10), Fault(38, "freeze", 0, 11)),
    ],
)
def test_a_freeze_that_comes_and_goes_makes_no_old_report_count_anew(faults: tuple[Fault, ...]) -> None:
    policy = f"{ONE_WAVE}\nfailure: {{action: RollBack}}".replace("[{}]", "[{clusters: 1, approval: true}, {}]")
    check(Case(Level.CLUSTERS, (5,), policy, faults, seed=81, literal=True))


def test_nodes_begin_in_the_turn_in_which_a_failed_one_is_taken_back() -> None:
    """Else whoever asks again, once the node is told, gets another answer."""
    faults = (*(Fault(10, "fail", unit, 1) for unit in range(6)), Fault(30, "grow", 0, 9))
    policy = "{maxUnavailable: 3, tolerance: 100%, revertFailedAfter: 20m}"
    check(Case(Level.NODES, (1,) * 6, policy, faults, seed=1, grant=2))
