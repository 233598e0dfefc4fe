"""What agents tell of updated nodes against the others, added up: what clusters share, and pairs."""

from __future__ import annotations

import msgspec
import numpy as np

from myriarch.api.cluster import Cluster, ClusterSpec, ClusterStatus, Comparison, ComponentStatus
from myriarch.api.meta import ObjectMeta
from myriarch.controllers.release.compared import Comparisons
from myriarch.engine.population import Value

VALUES = (
    Value("gpuModel", "a10"),
    Value("provider", "aws"),
    Value("provider", "metal"),
    Value("gpuModel+provider", "a10+aws"),
    Value("gpuModel+os", "a10+jammy"),
    Value("environment", "prod"),
    Value("provider+role", "aws+core"),
)
ALL = len(VALUES)


def cluster(
    provider: str, *told: Comparison, role: str = "core", stage: int = 0
) -> tuple[Cluster, ComponentStatus, int]:
    labels = {"myriarch.io/provider": provider, "myriarch.io/role": role}
    spec, status = ClusterSpec(environment="prod"), ClusterStatus(nodes=10)
    made = Cluster(metadata=ObjectMeta(name=provider, labels=labels), spec=spec, status=status)
    return made, ComponentStatus(component="os", comparisons=list(told)), stage


def row(
    attribute: str = "", value: str = "", *, failed: int = 1, factors: tuple[float, ...] = (1, 2, 3, 4)
) -> Comparison:
    return Comparison(
        attribute=attribute, value=value, treated=3, treated_failed=failed, control=7, log_factors=list(factors)
    )


def test_a_comparison_counts_for_what_all_nodes_share_and_for_its_pairs() -> None:
    told = [
        cluster("aws", row(), row("gpuModel", "a10", failed=2), row("gpuModel+os", "a10+jammy")),
        cluster("metal", row(failed=5)),
    ]
    compared = Comparisons().compared(told, VALUES, 1)
    failed = {str(value): int(compared.counts[index, 1]) for index, value in enumerate(VALUES)}
    assert failed == {
        "gpuModel=a10": 2,
        "provider=aws": 1,
        "provider=metal": 5,
        "gpuModel+provider=a10+aws": 2,
        "gpuModel+os=a10+jammy": 1,
        "environment=prod": 6,
        "provider+role=aws+core": 1,
    }
    assert compared.counts[ALL].tolist() == [6, 6, 14, 0]
    assert np.array_equal(compared.log_factors[ALL], [2, 4, 6, 8])


def test_what_an_agent_of_another_version_tells_of_other_effects_is_left_out() -> None:
    compared = Comparisons().compared([cluster("aws", row(factors=(1, 2)))], VALUES, 1)
    assert not compared.counts.any()


def test_each_stage_has_the_counts_of_its_own_clusters() -> None:
    told = [
        cluster("aws", row(), row("gpuModel", "a10", failed=2), stage=0),
        cluster("metal", row(failed=5), stage=1),
        cluster("metal", row(failed=3), stage=2),
    ]
    compared = Comparisons().compared(told, VALUES, 2)
    assert [int(compared.of_stage(stage)[ALL, 1]) for stage in (0, 1)] == [1, 5]
    assert compared.of_stage(0)[0].tolist() == [3, 2, 7, 0]
    assert not compared.of_stage(1)[0].any()
    assert int(compared.counts[ALL, 1]) == 9


def test_what_is_told_anew_replaces_what_was_told() -> None:
    one = cluster("aws", row())
    comparisons = Comparisons()
    before = comparisons.compared([one], VALUES, 1)
    again = comparisons.compared([one], VALUES, 1)
    assert before.log_factors.any()
    assert (before.log_factors == again.log_factors).all()
    told, status, stage = one
    fresh = msgspec.structs.replace(status, comparisons=[])
    assert not comparisons.compared([(told, fresh, stage)], VALUES, 1).log_factors.any()
