"""What the campaign once found, each kept as a scenario of its own."""

from __future__ import annotations

from tests.sim.scenarios import policy, run


def test_a_harmful_release_is_seen_though_one_node_at_a_time_fails_and_is_taken_back() -> None:
    """With one node of a cluster unavailable at a time there are never two failed nodes at once."""
    result = run(
        revisions=[{"name": "v2", "component": "agent", "effects": [{"symptom": "notReady"}]}],
        policies=[policy(nodes={"maxUnavailable": 1, "tolerance": "100%", "revertFailedAfter": "1h"})],
    )
    (release,) = result.releases
    assert release.phase == "RolledBack"
    assert release.exposure.get("prod", 0.0) == 0.0
    assert release.nodes_on_revision == 0


def test_a_cluster_may_lose_all_its_nodes() -> None:
    faults = [{"fault": "removedNodes", "at": "3m", "clusters": {"environment": "prod", "count": 1}}]
    result = run(faults=[{**faults[0], "nodes": {"nodes": "100%"}}])
    assert result.releases[0].phase == "Succeeded"


def test_a_cluster_that_was_held_half_way_resumes_though_only_one_may_be_in_flight() -> None:
    actions = [{"do": "pause", "when": "Advancing", "after": "80s"}, {"do": "resume", "when": "Paused", "after": "20m"}]
    release = {"name": "one", "component": "agent", "revision": "v2", "policy": "rules", "actions": actions}
    result = run(releases=[release], policies=[policy(concurrency={"clusters": 1}, nodes={"maxUnavailable": 1})])
    assert result.releases[0].phase == "Succeeded"


def test_taking_back_nodes_that_are_slow_but_available_keeps_to_the_budget() -> None:
    result = run(
        revisions=[{"name": "v2", "component": "agent", "effects": [{"symptom": "slow"}]}],
        policies=[
            policy(
                nodes={"maxUnavailable": 1, "tolerance": "100%", "failureGrace": "1m", "revertFailedAfter": "10m"},
                failure={"minimum": 1000},
            )
        ],
    )
    assert result.releases[0].harmed_unit_seconds > 0
