"""What becomes of a policy for an urgent release, and for one that fixes an earlier one."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.columns import plan_clusters, population_of
from tests.engine.world import Node, Unit

from myriarch.api.pace import ProvenWaves, UrgentRule
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Phase, ReleaseStatus
from myriarch.base.durations import parse_duration
from myriarch.engine.pace import ALL_WAVES, hastened, passed_waves, with_proven
from myriarch.engine.plan import ReleasePlan

FOUR = "[{name: c, clusters: cover, nodes: cover}, {clusters: 5%, soak: 2h}, {clusters: 25%}, {clusters: 50%}, {}]"


def policy(waves: str = FOUR, more: str = "") -> ReleasePolicySpec:
    text = f"stages: [{{name: prod, soak: 1h, waves: {waves}}}]\n{more}"
    return msgspec.yaml.decode(text, type=ReleasePolicySpec)


def sizes(spec: ReleasePolicySpec) -> list[int | str]:
    return [wave.clusters for wave in spec.stages[0].waves]


def proven(waves: int, stage: str = "prod") -> list[ProvenWaves]:
    return [ProvenWaves(stage=stage, waves=waves)]


def planned(spec: ReleasePolicySpec, clusters: int = 40) -> ReleasePlan:
    units = [Unit(f"c{i:02}", [Node({"os": "a" if i % 3 else "b"}) for _ in range(4)]) for i in range(clusters)]
    return plan_clusters(spec, units, population_of(units, 0))


def test_an_urgent_release_keeps_its_first_wave_and_goes_in_fewer_and_shorter_ones() -> None:
    quick = hastened(policy(), UrgentRule(soak_factor=0.25, minimum_soak="5m", waves_together=2))
    assert sizes(quick) == ["cover", "25%", "100%"]
    assert [wave.soak for wave in quick.stages[0].waves] == [None, "30m", "15m"]
    assert quick.stages[0].soak == "15m"


def test_no_soak_gets_shorter_than_the_minimum_nor_longer_than_it_was() -> None:
    spec = policy("[{soak: 2m}, {soak: 10m}, {soak: 10h}]")
    quick = hastened(spec, UrgentRule(soak_factor=0.01, minimum_soak="6m", waves_together=1))
    assert [wave.soak for wave in quick.stages[0].waves] == ["2m", "6m", "6m"]


def test_only_the_fast_lane_asks_for_another_concurrency() -> None:
    assert hastened(policy(), UrgentRule()).concurrency == policy().concurrency
    assert hastened(policy(), UrgentRule(clusters=7)).concurrency.clusters == 7


def test_proven_waves_go_out_as_one_after_the_first() -> None:
    assert sizes(with_proven(policy(), proven(3))) == ["cover", "25%", "50%", "100%"]
    assert with_proven(policy(), proven(3)).stages[0].waves[1].soak == "2h"  # the longest of those that it stands for
    assert sizes(with_proven(policy(), proven(4))) == ["cover", "50%", "100%"]
    assert sizes(with_proven(policy(), proven(ALL_WAVES))) == ["cover", "100%"]


@pytest.mark.parametrize("waves", [0, 1, 2])
def test_one_or_two_proven_waves_change_nothing(waves: int) -> None:
    some = proven(waves) if waves else []
    assert with_proven(policy(), some) == policy()
    assert with_proven(policy(), proven(5, "other")) == policy()


def test_waves_that_need_an_approval_or_are_of_a_group_or_of_another_measure_stay() -> None:
    everything = proven(ALL_WAVES)
    for waves in (
        "[{}, {clusters: 5%, approval: true}, {clusters: 25%}]",
        "[{}, {group: {matchLabels: {a: b}}}, {clusters: 25%}]",
        "[{}, {clusters: 5}, {clusters: 25%}]",
        "[{}, {clusters: 5%, nodes: 100%}, {clusters: 25%, nodes: 50%}]",
        "[{}, {clusters: 5%}, {clusters: 25%, exposure: 3%}]",
        "[{}, {clusters: cover}, {clusters: 25%}]",
    ):
        assert with_proven(policy(waves), everything) == policy(waves), waves


def test_waves_that_a_gate_names_by_number_keep_theirs() -> None:
    gates = "gates: [{name: g, when: After, waves: [3], approval: {}}]"
    assert sizes(with_proven(policy(more=gates), proven(ALL_WAVES))) == ["cover", "5%", "25%", "100%"]
    elsewhere = "gates: [{name: g, when: After, stages: [other], waves: [3], approval: {}}]"
    assert sizes(with_proven(policy(more=elsewhere), proven(ALL_WAVES))) == ["cover", "100%"]


def test_exponential_growth_skips_what_was_proven_and_grows_faster_when_urgent() -> None:
    spec = msgspec.yaml.decode("stages: [{name: prod, exponential: {start: 1}}]", type=ReleasePolicySpec)

    def clusters(of: ReleasePolicySpec) -> list[int]:
        return [int((wave.ceiling > 0).sum()) for wave in planned(of).stages[0].waves]

    assert clusters(spec) == [1, 2, 4, 8, 16, 32, 40]
    assert clusters(with_proven(spec, proven(4))) == [1, 8, 16, 32, 40]
    assert clusters(with_proven(spec, proven(ALL_WAVES))) == [1, 40]
    assert clusters(hastened(spec, UrgentRule(waves_together=2))) == [1, 4, 16, 40]


def test_how_far_an_earlier_release_had_come() -> None:
    two = msgspec.yaml.decode(
        "stages: [{name: sim, waves: [{clusters: 1}, {}]}, {name: prod, exponential: {}}]", type=ReleasePolicySpec
    )
    status = ReleaseStatus(phase=Phase.ROLLED_BACK, policy=two, stage=1, wave=3)
    assert passed_waves(status, two) == [
        ProvenWaves(stage="sim", waves=ALL_WAVES),
        ProvenWaves(stage="prod", waves=3),
    ]
    assert passed_waves(msgspec.structs.replace(status, wave=0), two) == proven(ALL_WAVES, "sim")
    other = msgspec.structs.replace(two.stages[0], waves=[])
    changed = msgspec.structs.replace(two, stages=[other, two.stages[1]])
    assert passed_waves(status, changed) == proven(3)
    assert passed_waves(ReleaseStatus(), two) == []


_WAVES = (
    "clusters: 2",
    "clusters: 5",
    "clusters: 10%",
    "clusters: 50%",
    "nodes: 50%",
    "exposure: 20%",
    "approval: true",
)


@given(
    waves=st.lists(st.sampled_from((*_WAVES, "approval: true", "")), min_size=1, max_size=6),
    passed=st.integers(0, 8),
    together=st.integers(1, 4),
    factor=st.floats(0.01, 1),
)
def test_whatever_the_waves_the_first_one_the_approvals_and_the_end_stay(
    waves: list[str], passed: int, together: int, factor: float
) -> None:
    usual = policy("[{clusters: cover, nodes: cover}, " + ", ".join(f"{{{wave}}}" for wave in waves) + "]")
    quick = with_proven(usual, proven(passed)) if passed else usual
    quick = hastened(quick, UrgentRule(soak_factor=factor, waves_together=together))
    old, new = planned(usual).stages[0], planned(quick).stages[0]
    assert (old.waves[0].ceiling == new.waves[0].ceiling).all()
    assert (old.waves[0].owed == new.waves[0].owed).all()
    assert np.array_equal(old.waves[-1].ceiling, new.waves[-1].ceiling)
    assert sum(wave.approval for wave in old.waves) == sum(wave.approval for wave in new.waves)
    assert len(new.waves) <= len(old.waves)
    longest = max(parse_duration(wave.soak or usual.stages[0].soak) for wave in usual.stages[0].waves)
    assert all(0 < wave.soak_seconds <= longest for wave in new.waves)
