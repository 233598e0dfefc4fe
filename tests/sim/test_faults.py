"""Each fault class can hurt: what it does shows in what becomes of a release. The program bears it all the same."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sim.later_mutations import GATED
from tests.sim.scenarios import policy, run, scenario

from myriarch.api.release import Phase
from myriarch.base.errors import UserFault
from myriarch.sim.faults.clock_skew import ClockSkewPart
from myriarch.sim.faults.old_agents import OldAgents
from myriarch.sim.result import Result
from myriarch.sim.simulate import simulate

HOURS = 3600.0
SHORT_GRANTS = policy(grantDuration="20m")
HARMFUL = [{"name": "v2", "component": "agent", "effects": [{"symptom": "notReady", "delay": "2m"}]}]


def befallen(fault: str, **more: Any) -> list[dict[str, Any]]:
    return [{"fault": fault, "at": "6m", "for": "3h", **more}]


def phase(result: Result) -> Phase:
    return result.releases[0].phase


@pytest.fixture(scope="module")
def undisturbed() -> Result:
    return run(policies=[SHORT_GRANTS])


def test_a_hub_far_behind_its_members_grants_what_has_expired_already(undisturbed: Result) -> None:
    late = run(policies=[SHORT_GRANTS], faults=befallen("clockSkew", by="40m", behind=True))
    assert phase(late) is Phase.SUCCEEDED
    assert late.virtual_seconds >= undisturbed.virtual_seconds + 2 * HOURS


def test_a_hub_a_little_off_is_borne(undisturbed: Result) -> None:
    for behind in (False, True):
        result = run(policies=[SHORT_GRANTS], faults=befallen("clockSkew", by="90s", behind=behind))
        assert abs(result.virtual_seconds - undisturbed.virtual_seconds) < HOURS / 4


def test_while_the_hub_is_lost_grants_run_out_and_nothing_goes_on(undisturbed: Result) -> None:
    result = run(policies=[SHORT_GRANTS], faults=befallen("hubLost"))
    assert phase(result) is Phase.SUCCEEDED
    assert result.virtual_seconds >= undisturbed.virtual_seconds + 2 * HOURS


def test_a_metric_source_that_is_down_holds_and_one_that_lies_takes_back() -> None:
    heard = run(policies=[GATED])
    down = run(policies=[GATED], faults=befallen("metricSource"))
    assert phase(heard) is phase(down) is Phase.SUCCEEDED
    assert down.virtual_seconds >= heard.virtual_seconds + 2 * HOURS
    assert phase(run(policies=[GATED], faults=befallen("metricSource", mood="falseAlarm"))) is Phase.ROLLED_BACK


def test_what_a_blind_metric_source_does_not_see_the_failure_rule_does() -> None:
    result = run(policies=[GATED], revisions=HARMFUL, faults=befallen("metricSource", mood="blind"))
    assert phase(result) is Phase.ROLLED_BACK


def test_events_out_of_order_change_the_course_and_not_the_end() -> None:
    traces = set()
    for rate in (0.0, 0.4):
        result = run(faults=[{"fault": "disorder", "for": "4h", "rate": rate}])
        assert phase(result) is Phase.SUCCEEDED
        traces.add(result.trace)
    assert len(traces) == 2


def test_an_old_agent_reads_no_budgets_and_writes_no_comparisons() -> None:
    old = OldAgents.__new__(OldAgents)
    old.struck = frozenset({"c1"})
    grant = {"component": "agent", "ceiling": 3, "budgets": {"domains": []}, "toleratedRatio": 2.0}
    listing = {"items": [{"metadata": {"name": name}, "spec": {"components": [dict(grant)]}} for name in ("c1", "c2")]}
    rewritten = old.older_list(listing)
    assert [set(item["spec"]["components"][0]) for item in rewritten["items"]] == [{"component", "ceiling"}, set(grant)]


def test_another_release_over_the_same_clusters() -> None:
    others = {
        "components": [{"name": "agent"}, {"name": "net", "initialRevision": "n1"}],
        "faults": befallen("otherRelease", component="net", revision="n2", policy="rules"),
    }
    net = {"name": "n2", "component": "net"}
    guilty = {**net, "effects": [{"symptom": "notReady", "delay": "1m"}]}
    for revision in (net, guilty):
        result, trace = simulate(
            scenario(revisions=[{"name": "v2", "component": "agent"}, revision], **others), 1, keep_trace=True
        )
        assert not result.violations
        ended = "RolledBack" if revision is guilty else "Succeeded"
        assert any("default/other-net-1" in line and f">{ended}" in line for line in trace.lines)


def test_a_skew_of_nothing_is_refused() -> None:
    with pytest.raises(UserFault, match="no skew"):
        ClockSkewPart(by="0s").check("spec.faults[0]")
