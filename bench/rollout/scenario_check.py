"""What a scenario must obey beyond its shape: words of the vocabulary, durations, probabilities, and sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from rollout.scenario import Effect, Guilty, Kind, Outage, Scenario
from rollout.vocabulary import CLUSTER_ATTRIBUTES, NODE_ATTRIBUTES, PRODUCTION, SIMULATED, SIZES, values_of

METRICS = ("latency", "errors")


def scenario_faults(scenario: Scenario) -> Iterator[UserFault]:
    """Every fault, in the order of the fields; nothing where the scenario is sound."""
    if scenario.kind is Kind.INCIDENT and not scenario.effects:
        yield UserFault("effects", [], "is empty though the kind is incident", "Say what the release does.")
    if scenario.kind is Kind.HARMLESS and scenario.effects:
        yield UserFault("effects", len(scenario.effects), "a harmless release has none", "Remove them.")
    for index, effect in enumerate(scenario.effects):
        yield from _effect_faults(effect, f"effects[{index}]")
    yield from _background_faults(scenario)
    yield from _expected_faults(scenario)
    if scenario.update is not None:
        yield from _duration_faults({"update.median": scenario.update.median})


def _background_faults(scenario: Scenario) -> Iterator[UserFault]:
    background = scenario.background
    if background.deaths_per_node_day < 0:
        yield UserFault("background.deathsPerNodeDay", background.deaths_per_node_day, "is negative", "Give 0 or more.")
    for index, outage in enumerate(background.outages):
        yield from _outage_faults(outage, f"background.outages[{index}]")
    for index, noise in enumerate(background.noise):
        field = f"background.noise[{index}]"
        if noise.metric not in METRICS:
            yield UserFault(f"{field}.metric", noise.metric, "is no metric", f"Use one of: {', '.join(METRICS)}.")
        yield from _duration_faults({f"{field}.at": noise.at, f"{field}.for": noise.for_})
    for index, other in enumerate(background.other_releases):
        field = f"background.otherReleases[{index}]"
        yield from _duration_faults({f"{field}.at": other.at, f"{field}.over": other.over, f"{field}.for": other.for_})
        for number, effect in enumerate(other.effects):
            yield from _effect_faults(effect, f"{field}.effects[{number}]")


def _effect_faults(effect: Effect, field: str) -> Iterator[UserFault]:
    yield from _where_faults(effect.where, f"{field}.where")
    yield from _environment_faults(effect.environments, field)
    yield from _share_faults(effect.probability, f"{field}.probability")
    for name in effect.where_larger_than:
        if name not in SIZES:
            yield UserFault(f"{field}.whereLargerThan", name, "is no size", f"Use one of: {', '.join(SIZES)}.")
    if effect.delay.spread < 0:
        yield UserFault(f"{field}.delay.spread", effect.delay.spread, "is negative", "Give 0 or more.")
    durations = {f"{field}.delay.median": effect.delay.median, f"{field}.symptom.period": effect.symptom.period}
    yield from _duration_faults(durations)


def _outage_faults(outage: Outage, field: str) -> Iterator[UserFault]:
    yield from _where_faults(outage.where, f"{field}.where")
    yield from _environment_faults(outage.environments, field)
    yield from _share_faults(outage.share, f"{field}.share")
    yield from _duration_faults({f"{field}.at": outage.at, f"{field}.for": outage.for_})


def _expected_faults(scenario: Scenario) -> Iterator[UserFault]:
    expected = scenario.expected
    if scenario.harmless and expected.guilty is Guilty.SELF:
        cure = "Write guilty: none, or other where another release is to blame."
        yield UserFault("expected.guilty", expected.guilty.value, "a harmless release is not guilty", cure)
    yield from _where_faults({key: (value,) for key, value in expected.attributes.items()}, "expected.attributes")


def _where_faults(where: Mapping[str, tuple[str, ...]], field: str) -> Iterator[UserFault]:
    attributes = (*CLUSTER_ATTRIBUTES, *NODE_ATTRIBUTES)
    for attribute, values in where.items():
        if attribute not in attributes:
            yield UserFault(field, attribute, "is no attribute", f"Use one of: {', '.join(attributes)}.")
            continue
        known = values_of(attribute)
        for value in values:
            if value not in known:
                yield UserFault(f"{field}.{attribute}", value, "is no value", f"Use one of: {', '.join(known)}.")


def _environment_faults(environments: tuple[str, ...], field: str) -> Iterator[UserFault]:
    for name in environments:
        if name not in (SIMULATED, PRODUCTION):
            cure = f"Use {SIMULATED} or {PRODUCTION}."
            yield UserFault(f"{field}.environments", name, "is no environment", cure)


def _share_faults(share: float, field: str) -> Iterator[UserFault]:
    if not 0 <= share <= 1:
        yield UserFault(field, share, "is no share", "Give a number from 0 to 1.")


def _duration_faults(durations: Mapping[str, str]) -> Iterator[UserFault]:
    for field, text in durations.items():
        try:
            parse_duration(text)
        except ValueError:
            yield UserFault(field, text, "is not a length of time", "Write one such as 30s, 10m, 2h or 1d.")
