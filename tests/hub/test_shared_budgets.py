"""Two releases of two components over the same clusters keep one budget, and the higher priority goes first."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from tests.hub.house import COMPONENT, HOUR, NODES, House, play, small_spec
from tests.hub.others import OTHER, other_component, release_other

from myriarch.api.budgets import ClusterBudgets, DomainBudget, PolicyBudgets
from myriarch.api.cluster import Cluster
from myriarch.api.policy import Concurrency, FailureRule, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase
from myriarch.client import refs
from myriarch.client.objects import Raw

CLUSTERS = 7
REGION = "topology.kubernetes.io/region"
POLICY = ReleasePolicySpec(
    stages=[Stage(name="prod", environment="prod", soak="10m", waves=[Wave()])],
    nodes=NODES,
    failure=FailureRule(tolerance="10%"),
    concurrency=Concurrency(clusters="100%", rollback="100%"),
)
ONE_REGION = msgspec.structs.replace(
    POLICY, budgets=PolicyBudgets(clusters=ClusterBudgets(domains=[DomainBudget(label=REGION, max_domains=1)]))
)


async def limit(house: House, clusters: int | str) -> None:
    patch = {"spec": {"maxConcurrentClusters": clusters}}
    await house.client.patch(refs.ENVIRONMENTS, Raw, "prod", patch)


def in_flight(cluster: Cluster) -> set[str]:
    """Components that move something in the cluster."""
    return {status.component for status in cluster.status.components if status.updating}


async def watch(house: House, seen: Callable[[list[Cluster]], None], *releases: str) -> None:
    """Look at all clusters until the releases have ended."""

    async def over() -> bool:
        seen(await house.clusters())
        return all([(await house.get(name)).status.ended_at for name in releases])

    await house.until(over, 24 * HOUR, 5.0)
    for name in releases:
        assert (await house.get(name)).status.phase is Phase.SUCCEEDED


@pytest.mark.parametrize("at_most", [1, 2, "50%"])
def test_all_releases_together_keep_the_budget_of_the_environment(at_most: int | str) -> None:
    most = 0

    async def story(house: House) -> None:
        await other_component(house)
        await limit(house, at_most)
        await house.wait(60)
        await house.release("r", "v2")
        await release_other(house, "s")
        allowed = at_most if isinstance(at_most, int) else len(house.names()) // 2

        def look(clusters: list[Cluster]) -> None:
            nonlocal most
            moving = sum(bool(in_flight(cluster)) for cluster in clusters)
            assert moving <= allowed
            most = max(most, moving)

        await watch(house, look, "r", "s")
        assert most == allowed

    play(story, policy=POLICY, spec=small_spec(CLUSTERS, 8))


def test_what_another_release_moves_is_out_for_the_budgets_of_a_policy() -> None:
    async def story(house: House) -> None:
        await other_component(house)
        await house.release("r", "v2")
        await release_other(house, "s")

        def look(clusters: list[Cluster]) -> None:
            regions = {cluster.metadata.labels.get(REGION, "") for cluster in clusters if in_flight(cluster)}
            assert len(regions) <= 1

        await watch(house, look, "r", "s")

    play(story, policy=ONE_REGION, spec=small_spec(CLUSTERS, 8))


@pytest.mark.parametrize("higher", [COMPONENT, OTHER])
def test_the_release_with_the_higher_priority_goes_first(higher: str) -> None:
    async def story(house: House) -> None:
        await other_component(house)
        await limit(house, 1)
        await house.wait(60)
        priority = {higher: 10}
        await house.release("r", "v2", priority=priority.get(COMPONENT, 0))
        await release_other(house, "s", priority=priority.get(OTHER, 0))
        await house.phase("r", "Advancing")
        await house.phase("s", "Advancing")
        await house.until(lambda: _soaks(house, "r" if higher == COMPONENT else "s"))
        lower = OTHER if higher == COMPONENT else COMPONENT
        granted = [cluster.grant(lower) for cluster in await house.clusters()]
        begun = [grant for grant in granted if grant is not None and grant.ceiling and not grant.proven]
        assert len(begun) <= 2, "one that had begun before the other, and one that took the last place"
        await watch(house, lambda _: None, "r", "s")

    play(story, policy=POLICY, spec=small_spec(CLUSTERS, 8))


async def _soaks(house: House, name: str) -> bool:
    return (await house.get(name)).status.phase in ("Soaking", "Gated", "Succeeded")
