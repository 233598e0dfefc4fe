"""The ready policies are sound, plan over a small fleet, and say of themselves what is so."""

from __future__ import annotations

import re

import msgspec
import pytest
from tests.policies.small_fleet import small_plan

from myriarch.api.policy import COVER, ReleasePolicySpec
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.engine.policy_check import policy_faults
from myriarch.policies.shipped import purpose, shipped_names, shipped_policy, shipped_text

NAMES = ("careful", "control-plane", "standard", "stateful", "urgent")
AT_LEAST = re.compile(r"^# Time: at least (\w+)", re.MULTILINE)


def test_there_are_five() -> None:
    assert shipped_names() == NAMES
    with pytest.raises(UserFault, match="careful, control-plane"):
        shipped_text("hasty")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_sound_and_says_what_it_is_for(name: str) -> None:
    policy = shipped_policy(name)
    assert policy.name == name
    assert policy_faults(policy.spec) == []
    assert [stage.environment for stage in policy.spec.stages] == ["sim", "prod"]
    assert purpose(shipped_text(name)).startswith("For ")
    assert "\n# Cost: " in shipped_text(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_time_that_each_states_is_the_sum_of_its_soaks(name: str) -> None:
    spec = shipped_policy(name).spec
    stated = AT_LEAST.search(shipped_text(name))
    assert stated, "its comment has a line '# Time: at least ...'"
    assert parse_duration(stated[1]) == _soaks(spec)


def _soaks(spec: ReleasePolicySpec) -> float:
    waves = [(wave.soak or stage.soak) for stage in spec.stages for wave in stage.waves]
    return sum(parse_duration(soak) + parse_duration(spec.nodes.soak) for soak in waves)


@pytest.mark.parametrize("name", NAMES)
def test_each_begins_with_canaries_and_ends_with_every_node(name: str) -> None:
    spec = shipped_policy(name).spec
    plan = small_plan(spec)
    for stage, rules in zip(plan.stages, spec.stages, strict=True):
        assert rules.waves[0].clusters == COVER
        assert stage.waves[0].nodes > 0
        assert stage.waves[-1].nodes == stage.weight
    production = plan.stages[-1]
    assert production.waves[0].nodes < production.weight / 2


def test_urgent_shortens_times_and_never_coverage() -> None:
    urgent, standard = shipped_policy("urgent").spec, shipped_policy("standard").spec
    assert _soaks(urgent) < _soaks(standard) / 5
    for attribute in ("os", "gpuModel"):
        assert urgent.coverage.wanted(attribute) >= standard.coverage.wanted(attribute)


def test_names_are_said_once() -> None:
    spoken = [msgspec.yaml.decode(shipped_text(name))["metadata"]["name"] for name in shipped_names()]
    assert spoken == list(shipped_names())
