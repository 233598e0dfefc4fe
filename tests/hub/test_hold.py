"""Holding only the strata that a release harms, on a whole hub."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from tests.hub.house import COMPONENT, NODES, House, play, small_spec

from myriarch.api.cluster import Access, AgentInfo, Cluster, ClusterSpec, ClusterStatus
from myriarch.api.hold import HOLD_PROTOCOL, HeldStratum, HoldRule, Otherwise
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import Concurrency, FailureAction, FailureRule, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase, Release
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.freezing import Freezes
from myriarch.controllers.release.held_strata import values_on_nodes
from myriarch.controllers.release.terms import hold_outdated
from myriarch.engine.population import Value

CLUSTERS, NODES_EACH = 6, 60
JAMMY = "Ubuntu 22.04"
WAVES = [Wave(clusters="100%", nodes="30%"), Wave(nodes="60%"), Wave()]
POLICY = ReleasePolicySpec(
    stages=[Stage(name="prod", environment="prod", soak="30m", waves=WAVES)],
    nodes=NODES,
    failure=FailureRule(tolerance="1%", action=FailureAction.HOLD_STRATA, hold=HoldRule(at_most="40%")),
    concurrency=Concurrency(rollback=1),
)
SPEC = small_spec(CLUSTERS, NODES_EACH)


def with_tolerance(tolerance: str) -> ReleasePolicySpec:
    """How many failed nodes a cluster bears before it goes back by itself."""
    return msgspec.structs.replace(POLICY, nodes=msgspec.structs.replace(NODES, tolerance=tolerance))


def by_os(house: House) -> dict[str, dict[str, int]]:
    """How many production nodes of each operating system stand at which revision."""
    revisions = house.fleet.revision_names(COMPONENT)
    found: dict[str, dict[str, int]] = {}
    for name in house.names():
        cluster = house.fleet.cluster(name)
        seen = cluster.observe(COMPONENT)
        attribute = cluster.attributes["os"]
        for code, revision, present in zip(attribute.codes, seen.revision, seen.present, strict=True):
            if present:
                counts = found.setdefault(attribute.values[int(code)], {})
                counts[revisions[int(revision)]] = counts.get(revisions[int(revision)], 0) + 1
    return found


def strata(release: Release) -> set[str]:
    return {f"{each.attribute}={each.value}" for each in release.status.held}


def strike(house: House, revision: str = "v2", **effect: object) -> None:
    house.harm(revision, delay_seconds=300.0, **{"where": {"os": (JAMMY,)}, **effect})


async def standing(house: House) -> dict[str, tuple[str, bool]]:
    """The grants of clusters with held nodes and of the others: revision and whether that is proven there."""
    found = {}
    for cluster in await house.clusters():
        grant, told = cluster.grant(COMPONENT), cluster.component(COMPONENT)
        if cluster.spec.environment == "prod" and grant is not None and told is not None:
            found["some held" if told.held else "none held"] = (str(grant.direction), grant.proven)
    return found


def test_the_harmed_stratum_is_left_out_and_the_rest_goes_on() -> None:
    async def story(house: House) -> None:
        strike(house)
        await house.release("r", "v2")
        release = await house.ended("r")
        assert release.status.phase is Phase.SUCCEEDED
        assert strata(release) == {f"os={JAMMY}"}
        assert f"but for what is held: os={JAMMY}" in release.status.message
        assert [(each.type, each.status) for each in release.status.conditions] == [("StrataHeld", "True")]
        found = by_os(house)
        assert set(found.pop(JAMMY)) == {"v1"}
        assert all(set(counts) == {"v2"} for counts in found.values())
        jammy = release.status.held[0].nodes
        assert release.status.environments[-1].begun < CLUSTERS * NODES_EACH - jammy  # canaries of it, and never more
        assert (await house.component()).proven_in("prod") != "v2"
        assert await standing(house) == {"some held": ("Hold", False), "none held": ("Forward", True)}

    play(story, policy=with_tolerance("100%"), spec=SPEC)


def test_a_release_of_a_fix_reaches_what_was_held() -> None:
    async def story(house: House) -> None:
        strike(house)
        await house.release("r", "v2")
        await house.ended("r")
        await house.release("fix", "v3")
        release = await house.ended("fix")
        assert release.status.phase is Phase.SUCCEEDED
        assert release.status.held == []
        assert all(set(counts) == {"v3"} for counts in by_os(house).values())
        assert (await house.component()).proven_in("prod") == "v3"

    play(story, policy=with_tolerance("100%"), spec=SPEC)


def test_clusters_that_go_back_by_themselves_for_what_is_held_are_no_reason_to_go_back_as_a_whole() -> None:
    async def story(house: House) -> None:
        strike(house)
        await house.release("r", "v2")
        release = await house.ended("r")
        assert release.status.phase is Phase.SUCCEEDED
        assert strata(release) == {f"os={JAMMY}"}
        assert set(by_os(house)[JAMMY]) == {"v1"}

    play(story, policy=with_tolerance("20%"), spec=SPEC)


@pytest.mark.parametrize(
    ("effect", "at_most"),
    [({"where": {}, "probability": 0.3}, "40%"), ({}, "5%")],
    ids=["no stratum", "too much of it"],
)
@pytest.mark.parametrize(("otherwise", "phase"), [(Otherwise.ROLL_BACK, "RolledBack"), (Otherwise.PAUSE, "Paused")])
def test_where_no_stratum_can_be_held_the_rest_of_the_rule_says_what_is_done(
    effect: dict[str, object], at_most: str, otherwise: Otherwise, phase: str
) -> None:
    async def story(house: House) -> None:
        strike(house, **effect)
        await house.release("r", "v2")
        weighs = await house.phase("r", "Paused")
        assert weighs.status.reason == "Weighing"
        assert weighs.status.holds[0].startswith("weighs which strata to hold")
        begun = house.begun(1)

        async def decided() -> bool:
            found = await house.get("r")
            return found.status.phase == phase and found.status.reason == "Harm"

        await house.until(decided)
        assert house.begun(1) == begun
        assert (await house.get("r")).status.held == []

    rule = HoldRule(at_most=at_most, otherwise=otherwise)
    failure = FailureRule(tolerance="1%", action=FailureAction.HOLD_STRATA, hold=rule)
    play(story, policy=msgspec.structs.replace(with_tolerance("100%"), failure=failure), spec=SPEC)


def test_an_agent_that_knows_nothing_of_it_gets_no_forward_step_where_such_nodes_may_be() -> None:
    def pulling(protocol: int, strata: dict[str, dict[str, int]]) -> Cluster:
        status = ClusterStatus(agent=AgentInfo(protocol=protocol), strata=strata, nodes=2)
        spec = ClusterSpec(environment="prod", access=Access.PULL)
        return Cluster(metadata=ObjectMeta(name=f"speaks-{protocol}-{len(strata['os'])}"), spec=spec, status=status)

    old, mixed = HOLD_PROTOCOL - 1, {"os": {JAMMY: 1, "Debian 12": 1}}
    clusters = [pulling(old, mixed), pulling(old, {"os": {"Debian 12": 2}}), pulling(HOLD_PROTOCOL, mixed)]
    nothing = Freezes(np.zeros(3, np.bool_), np.full(3, np.inf), np.inf, "")
    table = FleetTable.of(clusters)
    found = hold_outdated(nothing, POLICY, table, [HeldStratum(attribute="os", value=JAMMY)])
    assert found.frozen.tolist() == [True, False, False]
    assert "agents too old for strata that the release holds" in found.reason
    assert not hold_outdated(nothing, POLICY, table).frozen.any()
    shared = HeldStratum(attribute="environment", value="sim")
    assert not hold_outdated(nothing, POLICY, table, [shared]).frozen.any()
    shared = HeldStratum(attribute="environment", value="prod")
    assert hold_outdated(nothing, POLICY, table, [shared]).frozen.tolist() == [True, True, False]


def test_what_all_nodes_of_a_cluster_share_is_told_to_its_agent_as_all_nodes() -> None:
    labels = {"myriarch.io/provider": "metal"}
    cluster = Cluster(metadata=ObjectMeta(name="c", labels=labels), spec=ClusterSpec(environment="prod"))
    values = [
        Value("provider", "metal"),
        Value("provider", "cloud"),
        Value("os", JAMMY),
        Value("environment+provider", "prod+metal"),
        Value("gpuModel+provider", "T4+metal"),
        Value("gpuModel+provider", "T4+cloud"),
    ]
    told = [(each.attribute, each.value) for each in values_on_nodes(values, cluster)]
    assert told == [
        ("", ""),
        ("provider", "cloud"),
        ("os", JAMMY),
        ("", ""),
        ("gpuModel", "T4"),
        ("gpuModel+provider", "T4+cloud"),
    ]
