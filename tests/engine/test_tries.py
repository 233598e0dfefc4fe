"""Which first stages may be tried again, and what of the evidence a new try begins with."""

from __future__ import annotations

import numpy as np
import pytest

from myriarch.api.policy import ReleasePolicySpec, Stage
from myriarch.api.release import Phase
from myriarch.engine.evidence import Evidence, Row
from myriarch.engine.memory import Memory
from myriarch.engine.outages import Look, Outages, StageOutages, Standings, begun_again, stood_by, watched
from myriarch.engine.policy_check import policy_faults
from myriarch.engine.population import Value
from myriarch.engine.rules import fleet_rules
from myriarch.engine.tries import begun_anew, tries_left

SIM = Stage(name="sim", environment="sim", attempts=2)
PROD = Stage(name="prod", environment="prod")
DAY = 86_400.0
BEGAN = 100 * DAY


@pytest.mark.parametrize(
    ("stages", "field"),
    [
        ([SIM, PROD], None),
        ([SIM], "spec.stages[0].attempts"),
        (
            [Stage(name="a", environment="sim"), Stage(name="prod", environment="prod", attempts=2)],
            "stages[1].attempts",
        ),
        ([Stage(name="a", environment="prod", attempts=2), PROD], "spec.stages[0].attempts"),
        ([Stage(name="a", attempts=2), PROD], "spec.stages[0].attempts"),
    ],
)
def test_only_a_rehearsal_is_tried_again(stages: list[Stage], field: str | None) -> None:
    told = [fault.field for fault in policy_faults(ReleasePolicySpec(stages=stages)) if "attempts" in fault.field]
    assert told == [] if field is None else told[0].endswith(field)


def test_tries_are_counted_and_belong_to_the_first_stage() -> None:
    rules = fleet_rules(ReleasePolicySpec(stages=[SIM, PROD]))
    assert tries_left(rules, Memory())
    assert not tries_left(rules, Memory(tried=1))
    assert not tries_left(rules, Memory(stage=1))
    assert not tries_left(rules, Memory(wave_only=True))
    assert not tries_left(fleet_rules(ReleasePolicySpec(stages=[PROD])), Memory())


def test_nothing_that_was_seen_counts_for_the_next_try() -> None:
    known = Evidence({"*": Row((1.0,), (2.0,))}, log_value=9.0, strata=3)
    before = Memory(Phase.PENDING, 0, 1, 5.0, reason="r", blame={"os": "x"}, evidence=known, held=(Value("os", "x"),))
    fresh = begun_anew(before)
    assert (fresh.tried, fresh.since, fresh.wave) == (1, 5.0, 0)
    assert (fresh.evidence.joint, fresh.evidence.rows, fresh.held, fresh.blame) == (0.0, {}, (), {})


def test_a_cluster_that_went_out_in_the_first_try_may_count_in_the_second() -> None:
    order = np.array([1, 2], np.uint64) << np.uint64(32)
    here, nobody = np.ones(2, np.bool_), np.zeros(2, np.bool_)

    def look(now: float, out: float, *, touched: bool) -> Look:
        standings = Standings(np.array([out, np.inf]), np.full(2, BEGAN - 14 * DAY), np.zeros(2))
        return Look((here,), np.array([touched, False]) if touched else nobody, order, standings, now)

    first: Outages = watched(None, look(BEGAN, np.inf, touched=False))
    first = watched(first, look(BEGAN + 60, np.inf, touched=True))
    struck = watched(first, look(BEGAN + 1000, BEGAN + 600, touched=True))
    assert (struck.events, struck.counted) == (1, (1,))
    again = begun_again(struck)
    assert (again.events, again.counted) == (0, ())
    meanwhile = stood_by(again, look(BEGAN + 2000, BEGAN + 600, touched=False))
    assert meanwhile.counted == (1,)  # out when the next try begins: it counts on neither side
    assert meanwhile.stages[0].control == again.stages[0].control
    well = stood_by(meanwhile, look(BEGAN + 3000, np.inf, touched=False))
    second = watched(well, look(BEGAN + 4000, np.inf, touched=True))
    second = watched(second, look(BEGAN + 5000, BEGAN + 4500, touched=True))
    assert second.events == 1
    assert second.stages[0] == StageOutages(0, second.stages[0].treated_seconds, 1, 0, BEGAN + 4500, 0.0)
