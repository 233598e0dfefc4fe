"""The scenario files of RolloutBench: all load, all cite, all strike somebody, and the harmless are as generated."""

from __future__ import annotations

import re
from datetime import date

import pytest

from rollout.fleet import Fleet, build_fleet
from rollout.harmless import generate
from rollout.loading import HARMLESS, HERE, INCIDENTS, load_folders
from rollout.scenario import Effect, Guilty, Kind, Scenario, SymptomKind, Trigger

SEEDS = (1, 2)
NAMED = [
    "datadog-2023-03",
    "heroku-2025-06",
    "ubuntu-1804-systemd-2022-08",
    "openai-2024-12",
    "reddit-2023-03",
    "crowdstrike-2024-07",
    "google-cloud-2025-06",
    "cloudflare-2019-07",
    "cloudflare-2025-11",
    "cloudflare-2025-12",
    "azure-wan-2023-01",
    "azure-front-door-2025-10",
    "pagerduty-2021-12",
    "slack-2022-02",
    "skyscanner-2021-08",
    "monzo-2017-10",
    "eks-ami-563",
    "eks-ami-648",
    "eks-ami-2681",
    "eks-ami-2712",
]


@pytest.fixture(scope="module")
def incidents() -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in load_folders([INCIDENTS])}


@pytest.fixture(scope="module")
def harmless() -> dict[str, Scenario]:
    return {scenario.name: scenario for scenario in load_folders([HARMLESS])}


def test_the_published_outages_are_there(incidents: dict[str, Scenario]) -> None:
    assert set(NAMED) <= set(incidents)
    assert {path.stem for path in INCIDENTS.glob("*.yaml")} == set(incidents), "a file is named as its scenario"
    assert all(scenario.kind is Kind.INCIDENT for scenario in incidents.values())


def test_each_outage_cites_where_and_when_it_was_published(incidents: dict[str, Scenario]) -> None:
    for scenario in incidents.values():
        assert scenario.source, scenario.name
        for source in scenario.source:
            assert source.url.startswith("https://"), scenario.name
            assert date(2017, 1, 1) < date.fromisoformat(source.date), scenario.name


def test_every_kind_of_delay_and_symptom_occurs(incidents: dict[str, Scenario]) -> None:
    effects = [effect for scenario in incidents.values() for effect in scenario.effects]
    assert {effect.symptom.kind for effect in effects} == set(SymptomKind)
    assert {effect.trigger for effect in effects} == set(Trigger)
    assert any(len(effect.where) == 2 for effect in effects), "two attributes together"


def struck(fleet: Fleet, effect: Effect) -> int:
    nodes = fleet.matching(effect.where) & fleet.production
    larger = effect.where_larger_than.get("nodes", 0)
    return int((nodes & (fleet.size[fleet.cluster] > larger)).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_each_outage_strikes_somebody_and_names_whom(incidents: dict[str, Scenario], seed: int) -> None:
    fleet = build_fleet(seed)
    for scenario in incidents.values():
        assert sum(struck(fleet, effect) for effect in scenario.effects) >= 20, scenario.name
        for attribute, value in scenario.expected.attributes.items():
            selected = [effect.where.get(attribute, (value,)) for effect in scenario.effects]
            assert all(value in values for values in selected), scenario.name


def test_the_document_lists_every_outage_and_family(incidents: dict[str, Scenario]) -> None:
    rows = set(re.findall(r"^\| ([\w-]+) \|", (HERE / "INCIDENTS.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert rows - {"file"} == set(incidents) | set(generate.FAMILIES)


def test_two_hundred_harmless_releases_of_kinds_in_balance(harmless: dict[str, Scenario]) -> None:
    assert len(harmless) == generate.VARIANTS * len(generate.FAMILIES) >= 200
    assert all(scenario.harmless for scenario in harmless.values())
    guilty = {name for name, scenario in harmless.items() if scenario.expected.guilty is Guilty.OTHER}
    assert guilty == {name for name in harmless if name.startswith("harmless-guilty-other-")}


def test_the_harmless_are_as_generated() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in HARMLESS.glob("*.yaml")}
    assert files == generate.written(), "run: cd bench && python -m rollout.harmless.generate"
