"""Whether a release is to blame for the harm that it met: the guilty never holds, the innocent does for a while."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from myriarch.api.acquittal import Acquittal
from myriarch.api.cause import Guilty
from myriarch.api.policy import FailureRule, ReleasePolicySpec, Stage
from myriarch.api.release import Phase
from myriarch.engine.acquittal import AMBIENT_HARM, HARM_BY_OTHER, hear, judge
from myriarch.engine.blame.signals import CLUSTER, HOUR, Arrival, Domain, Failures, Places, Signals
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Observed
from myriarch.engine.policy_check import policy_faults
from myriarch.engine.population import Ints
from myriarch.engine.rules import Rules, fleet_rules

CLUSTERS, ZONES, EACH = 20, 3, 10
NOW = 1_700_000_000.0
OWN, OTHER = "default/own", "default/other"
STAGE = Stage(name="prod", environment="prod")
POLICY = ReleasePolicySpec(
    stages=[STAGE], failure=FailureRule(tolerance="1%", minimum=2), acquittal=Acquittal(max_hold="4h")
)
NEVER = float("inf")


def rules(policy: ReleasePolicySpec = POLICY) -> Rules:
    return fleet_rules(policy)


def signals(own: Ints, other: Ints, failed: Ints, touched: bool) -> Signals:
    """Places ``own`` and ``other`` have had half of their nodes moved two hours and one hour ago; one node failed in
    each of the places ``failed`` ten minutes ago, ``touched`` by whatever had come there, or not."""
    place = np.arange(CLUSTERS * ZONES)
    zones, clusters = place % ZONES, place // ZONES
    domains = (
        Domain("zone", [f"z{i}" for i in range(ZONES)], zones),
        Domain(CLUSTER, [f"c{i}" for i in range(CLUSTERS)], clusters),
    )
    places = Places([f"c{c}/z{z}" for c, z in zip(clusters, zones, strict=True)], np.full(len(place), EACH), domains)
    came = [(OWN, own, NOW - 2 * HOUR), (OTHER, other, NOW - HOUR)]
    arrivals = [Arrival(name, np.full(len(to), at), to, np.full(len(to), EACH // 2)) for name, to, at in came]
    begun = np.stack([np.where(np.isin(failed, to) & touched, at, NEVER) for _, to, at in came], axis=-1)
    failures = Failures(np.full(len(failed), NOW - 600), failed, np.ones(len(failed), np.int64), begun)
    return Signals(OWN, places, arrivals, failures, NOW - 3 * HOUR)


def observed(failed: int, given: Signals | None = None) -> Observed:
    """One unit of 100 nodes that began, of which so many failed."""
    no, none = np.zeros(1, np.bool_), np.zeros(1, np.int64)
    yes, hundred = np.ones(1, np.bool_), np.full(1, 100)
    return Observed(
        present=yes,
        reachable=yes,
        silent_seconds=np.zeros(1),
        asserted=np.ones(1, np.int8),
        granted=hundred,
        echoed=yes,
        settled=yes,
        busy=no,
        begun=hundred,
        updated=hundred - failed,
        failed=np.full(1, failed),
        unavailable=none,
        off_target=none,
        stuck=none,
        failed_seconds=np.zeros(1),
        self_reverted=no,
        frozen=no,
        signals=lambda: given,
    )


def of(clusters: range, zones: tuple[int, ...] = (0, 1, 2)) -> Ints:
    return np.asarray([cluster * ZONES + zone for cluster in clusters for zone in zones], np.int64)


ALL = of(range(CLUSTERS))
NOWHERE = np.empty(0, np.int64)
GUILTY = signals(of(range(6)), NOWHERE, of(range(4)), touched=True)
BY_OTHER = signals(of(range(12)), of(range(8, 14)), of(range(8, 13)), touched=True)
OUTAGE = signals(of(range(6)), NOWHERE, of(range(CLUSTERS), (1,)), touched=False)
SPILLED = signals(of(range(6)), NOWHERE, of(range(1)), touched=False)


@pytest.mark.parametrize(
    ("given", "guilty"),
    [(GUILTY, Guilty.SELF), (BY_OTHER, Guilty.OTHER), (OUTAGE, Guilty.AMBIENT), (SPILLED, Guilty.UNDECIDED)],
    ids=["own nodes fail", "nodes of the other fail", "a zone is out", "a cluster fails around the nodes moved"],
)
def test_the_cause_is_found(given: Signals, guilty: Guilty) -> None:
    found = judge(given, observed(0), NOW)
    assert found.guilty is guilty, found.message
    assert found.message
    assert found.suspects[0].name


@pytest.mark.parametrize(
    ("given", "reason"), [(BY_OTHER, HARM_BY_OTHER), (OUTAGE, AMBIENT_HARM), (GUILTY, ""), (SPILLED, "")]
)
def test_only_the_innocent_holds(given: Signals, reason: str) -> None:
    hearing = hear(rules(), observed(1, given), Memory(phase=Phase.SOAKING), NOW)
    assert hearing.reason == reason
    assert hearing.cause is not None


def test_what_the_culprit_leaves_unexplained_counts_against_the_release() -> None:
    """Failures that agents tell of without telling where and when."""
    told = int((OUTAGE.failures.begun[:, 0] < NEVER).sum()) if OUTAGE.failures.begun is not None else 0
    assert hear(rules(), observed(told + 1, OUTAGE), Memory(), NOW).reason == AMBIENT_HARM
    assert hear(rules(), observed(told + 2, OUTAGE), Memory(), NOW).reason == ""


def test_without_an_acquittal_the_verdict_is_told_only() -> None:
    hearing = hear(replace(rules(), acquitted_seconds=None), observed(1, OUTAGE), Memory(), NOW)
    assert hearing.reason == ""
    assert hearing.cause is not None
    assert hearing.cause.guilty is Guilty.AMBIENT


@pytest.mark.parametrize(("held_hours", "reason"), [(3.9, AMBIENT_HARM), (4.0, "")])
def test_it_holds_no_longer_than_the_policy_says(held_hours: float, reason: str) -> None:
    memory = Memory(phase=Phase.PAUSED, reason=AMBIENT_HARM, since=NOW - held_hours * HOUR)
    assert hear(rules(), observed(1, OUTAGE), memory, NOW).reason == reason


def test_where_no_agent_tells_of_failures_nobody_is_judged() -> None:
    assert hear(rules(), observed(1), Memory(), NOW).cause is None


@pytest.mark.parametrize("text", ["", "soon", "0s"])
def test_a_hold_of_no_time_is_refused(text: str) -> None:
    spec = ReleasePolicySpec(stages=[STAGE], acquittal=Acquittal(max_hold=text))
    assert [fault.field for fault in policy_faults(spec) if "acquittal" in fault.field] == ["spec.acquittal.maxHold"]
