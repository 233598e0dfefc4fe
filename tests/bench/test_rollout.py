"""RolloutBench in small: the world is fair, policies behave as their tools do, and the command says what it finds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from myriarch.base.errors import UserFault
from myriarch.policies.shipped import shipped_policy
from myriarch.sim.demo.policy import demo_policy
from rollout.command import main
from rollout.fleet import build_fleet
from rollout.loading import INCIDENTS, load_file, read_scenario
from rollout.outcome import Outcome
from rollout.play import Run, play
from rollout.policies.myriarch_policies import named, ready_names
from rollout.register import DEFAULT, POLICIES
from rollout.scenario import Scenario
from rollout.vocabulary import CLUSTER_ATTRIBUTES, NODE_ATTRIBUTES, values_of

DATADOG = load_file(INCIDENTS / "datadog-2023-03.yaml")[0]
QUIET = read_scenario(
    {"name": "quiet", "title": "Nothing", "kind": "harmless", "summary": "-", "expected": {"guilty": "none"}}, "quiet"
)


def without_time(outcome: Outcome) -> tuple[object, ...]:
    return tuple(getattr(outcome, name) for name in outcome.__struct_fields__ if name != "seconds")


def test_every_value_is_in_every_fleet_and_its_mirror() -> None:
    for seed in (1, 2):
        fleet = build_fleet(seed)
        assert fleet.production_nodes == pytest.approx(15_000, rel=0.01)
        for attribute in (*CLUSTER_ATTRIBUTES, *NODE_ATTRIBUTES):
            held = set(fleet.columns[attribute][fleet.production].tolist())
            assert held == set(range(len(values_of(attribute)))), attribute


def test_the_same_seed_gives_the_same_run() -> None:
    assert without_time(play(DATADOG, 3, "myriarch")) == without_time(play(DATADOG, 3, "myriarch"))


def test_every_policy_meets_the_same_weather_and_fates() -> None:
    one, other = Run(DATADOG, 1, "all-at-once").world, Run(DATADOG, 1, "myriarch").world
    assert np.array_equal(one.weather.at, other.weather.at)
    assert np.array_equal(one.strikes[0].struck, other.strikes[0].struck)
    assert np.array_equal(one.chance.update_seconds, other.chance.update_seconds)


def test_myriarch_takes_an_incident_back_that_all_at_once_spreads() -> None:
    own, all_at_once = play(DATADOG, 1, "myriarch"), play(DATADOG, 1, "all-at-once")
    assert own.caught
    assert own.rolled_back
    assert not own.by_person
    assert own.exposed < 0.05 < all_at_once.exposed
    assert own.blamed
    assert not all_at_once.caught
    assert all_at_once.by_person


def test_tools_without_a_way_back_stop_and_call_a_person() -> None:
    outcome = play(DATADOG, 1, "kubefleet")
    assert outcome.caught
    assert not outcome.rolled_back
    assert outcome.by_person


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_a_harmless_release_ends(policy: str) -> None:
    run = Run(QUIET, 2, policy)
    run.play()
    outcome = run.outcome(0.0)
    if not outcome.caught:
        assert outcome.duration is not None
        assert run.world.began[run.world.ready].mean() > 0.99
    assert outcome.harmed == 0
    assert not outcome.by_person or outcome.caught


def test_a_policy_of_ones_own_is_judged(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        """
spec:
  stages:
  - {name: simulated, environment: sim, soak: 1h}
  - {name: production, environment: prod, soak: 1h, waves: [{clusters: 5%}, {}]}
"""
    )
    outcome = play(QUIET, 2, f"myriarch={own}")
    assert outcome.policy == f"myriarch={own}"
    assert outcome.duration is not None
    assert outcome.duration < (play(QUIET, 2, "myriarch").duration or 0.0)


@pytest.mark.parametrize("ready", ready_names())
def test_every_ready_policy_is_judged_by_its_name(ready: str) -> None:
    outcome = play(QUIET, 2, f"myriarch:{ready}")
    assert outcome.policy == f"myriarch:{ready}"
    assert outcome.duration is not None
    assert not outcome.caught


def test_the_demo_is_judged_by_the_policy_that_it_tells_its_stories_under() -> None:
    assert "myriarch:demo" in DEFAULT
    assert named("myriarch:demo", whole=False).spec == demo_policy().spec
    assert named("myriarch", whole=False).spec == shipped_policy("standard").spec
    assert named("myriarch:demo", whole=True) == named("myriarch", whole=True)


def test_the_budget_of_members_holds() -> None:
    run = Run(QUIET, 2, "all-at-once")
    for _ in range(20):
        run.policy.look()
        run.members.act()
        moving = run.world.by_cluster(run.world.moving)
        assert (moving <= run.members.max_unavailable).all()
        run.world.advance(run.world.now + 300)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": "red"}, "colour"),
        ({"effects": [{"where": {"os": ["Ubuntu 2.04"]}, "symptom": {"kind": "Down"}}]}, "is no value"),
        ({"effects": [{"where": {"planet": ["x"]}, "symptom": {"kind": "Down"}}]}, "is no attribute"),
        ({"effects": [{"symptom": {"kind": "Down"}, "probability": 2}]}, "is no share"),
        ({"effects": [{"symptom": {"kind": "Down"}, "delay": {"median": "soon"}}]}, "is not a length of time"),
        ({"effects": []}, "Say what the release does"),
    ],
)
def test_unsound_scenarios_are_refused(change: dict[str, object], said: str) -> None:
    sound = {"name": "x", "title": "x", "kind": "incident", "summary": "x", "effects": [{"symptom": {"kind": "Down"}}]}
    assert isinstance(read_scenario(sound, "x.yaml"), Scenario)
    with pytest.raises(UserFault, match=said):
        read_scenario(sound | change, "x.yaml")


def test_the_command_prints_json_and_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "datadog.yaml").write_text((INCIDENTS / "datadog-2023-03.yaml").read_text())
    page = tmp_path / "report.html"
    options = ["--seeds", "2", "--peer-seeds", "1", "--jobs", "1", "--scenarios", str(folder), "--output", "json"]
    assert main([*options, "--policies", "myriarch,myriarch:demo,all-at-once", "--report", str(page)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [(each["policy"], each["seed"]) for each in result["outcomes"]] == [
        ("myriarch", 0),
        ("myriarch", 1),
        ("myriarch:demo", 0),
        ("all-at-once", 0),
    ]
    assert result["seconds"] > 0
    assert "<svg" in page.read_text()


def test_mistakes_are_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--scenarios", str(tmp_path), "--seeds", "1"]) == 2
    assert "holds no .yaml files" in capsys.readouterr().err
    assert main(["--policies", "hope", "--seeds", "1"]) == 2
    assert "is no policy" in capsys.readouterr().err
    assert main(["--policies", "myriarch:control-plane", "--seeds", "1"]) == 2
    assert "names no ready policy" in capsys.readouterr().err
