"""What a run needs of a scenario, as plain values: nothing in a ``Plot`` is a part of the scenario.

Times are in seconds from the start of the run. The behaviours go to the fleet, the objects to the server, the
rest to the runner; controllers and agents meet none of it but through the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from myriarch.api.release import Phase
from myriarch.fleet.behaviour import Behaviour, Effect
from myriarch.fleet.defaults import default_spec, uniform_spec
from myriarch.fleet.load import load_fleet
from myriarch.fleet.spec import FleetSpec
from myriarch.sim.faults.fault import Fault, Timing
from myriarch.sim.part import listed, seconds
from myriarch.sim.scenario import ActionPart, Deed, ExpectationPart, FleetChoice, ReleasePart, RevisionPart, Scenario


@dataclass(frozen=True, slots=True)
class Action:
    """At ``at``, or ``after`` seconds from when the release is first in ``when`` (and in ``wave``)."""

    do: Deed
    at: float | None
    when: Phase | None
    wave: str
    after: float
    every_time: bool
    what: str
    by: str


@dataclass(frozen=True, slots=True)
class PlannedRelease:
    """A Release object to be, and what people do to it.

    ``follows`` is (namespace/name of another release, phase): then ``at`` counts from that.
    """

    name: str
    namespace: str
    at: float
    follows: tuple[str, Phase] | None
    spec: dict[str, Any]
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class PlannedFreeze:
    """A FreezeWindow object to be; ``lasting`` is infinite where it stays."""

    name: str
    at: float
    lasting: float
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expectation:
    """An ExpectationPart, read."""

    release: str
    phases: tuple[Phase, ...]
    message_contains: tuple[str, ...]
    blame: dict[str, str]
    exposure_at_most: dict[str, float]
    exposure_at_least: dict[str, float]
    nodes_stuck_at_most: int | None
    within: float | None


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds."""

    duration: float
    heal_within: float
    settle: float


@dataclass(frozen=True, slots=True)
class Plot:
    """All that happens. ``components``: (name, spec); ``revisions``: (name, component)."""

    fleet: FleetSpec
    components: tuple[tuple[str, dict[str, Any]], ...]
    revisions: tuple[tuple[str, str], ...]
    behaviours: tuple[tuple[str, str, Behaviour], ...]
    policies: tuple[tuple[str, dict[str, Any]], ...]
    releases: tuple[PlannedRelease, ...]
    freezes: tuple[PlannedFreeze, ...]
    faults: tuple[tuple[Timing, Fault], ...]
    expectations: tuple[Expectation, ...]
    limits: Limits


def plot_of(scenario: Scenario, seed: int, folder: Path) -> Plot:
    """Read all of the scenario. Raises UserFault where a fleet file is bad. ``folder`` holds relative files."""
    spec = scenario.spec
    initial = {part.initial_revision: part.name for part in spec.components}
    revisions = initial | {part.name: part.component for part in spec.revisions}
    return Plot(
        fleet=_fleet_spec(spec.fleet, seed, folder),
        components=tuple(
            (part.name, {"initialRevision": part.initial_revision, "reversible": part.reversible})
            for part in spec.components
        ),
        revisions=tuple(revisions.items()),
        behaviours=tuple((part.component, part.name, behaviour_of(part)) for part in spec.revisions),
        policies=tuple((part.name, msgspec.to_builtins(part.spec)) for part in spec.policies),
        releases=tuple(_release(part, seed, spec.releases) for part in spec.releases),
        freezes=tuple(
            PlannedFreeze(
                part.name,
                seconds(part.at),
                seconds(part.for_) if part.for_ else float("inf"),
                msgspec.to_builtins(part.spec),
            )
            for part in spec.freeze_windows
        ),
        faults=tuple((part.timing, part.build()) for part in spec.faults),
        expectations=tuple(_expectation(part) for part in spec.expectations),
        limits=Limits(seconds(spec.limits.duration), seconds(spec.limits.heal_within), seconds(spec.limits.settle)),
    )


def behaviour_of(revision: RevisionPart) -> Behaviour:
    """What the fleet is told of a revision."""
    return Behaviour(
        effects=tuple(
            Effect(
                symptom=effect.symptom,
                where=listed(effect.where),
                probability=effect.probability,
                delay_seconds=seconds(effect.delay),
                delay_spread=effect.delay_spread,
            )
            for effect in revision.effects
        )
    )


def _fleet_spec(choice: FleetChoice, seed: int, folder: Path) -> FleetSpec:
    drawn = seed if choice.seed is None else choice.seed
    if choice.uniform is not None:
        spec = uniform_spec(choice.uniform.clusters, choice.uniform.nodes_per_cluster, drawn)
    elif choice.file is not None:
        spec = load_fleet(folder / choice.file)
    elif choice.spec is not None:
        spec = msgspec.convert(msgspec.to_builtins(choice.spec), FleetSpec)
    else:
        spec = default_spec(choice.default.clusters if choice.default else 20, drawn)
    changes: dict[str, Any] = {} if choice.seed is None else {"seed": choice.seed}
    for name in ("failures", "updates", "restarts"):
        if getattr(choice, name) is not None:
            changes[name] = msgspec.structs.replace(getattr(choice, name))
    return msgspec.structs.replace(spec, **changes)


def _release(part: ReleasePart, seed: int, others: list[ReleasePart]) -> PlannedRelease:
    spec: dict[str, Any] = {
        "component": part.component,
        "revision": part.revision,
        "policy": part.policy,
        "seed": seed if part.seed is None else part.seed,
        "paused": part.paused,
        "approvals": [{"what": what, "by": "scenario"} for what in part.approvals],
    }
    if part.selector is not None:
        spec["selector"] = msgspec.to_builtins(part.selector)
    actions = tuple(_action(action) for action in part.actions)
    at, follows = seconds(part.at), None
    if part.follows is not None:
        at = seconds(part.follows.after)
        other = next(each for each in others if each.name == part.follows.release)
        follows = (f"{other.namespace}/{other.name}", part.follows.phase)
    return PlannedRelease(part.name, part.namespace, at, follows, spec, actions)


def _action(part: ActionPart) -> Action:
    at = None if part.at is None else seconds(part.at)
    return Action(part.do, at, part.when, part.wave, seconds(part.after), part.every_time, part.what, part.by)


def _expectation(part: ExpectationPart) -> Expectation:
    phases: tuple[Phase, ...] = ()
    if part.phase is not None:
        phases = (part.phase,) if isinstance(part.phase, Phase) else tuple(part.phase)
    return Expectation(
        release=part.release,
        phases=phases,
        message_contains=tuple(part.message_contains),
        blame=dict(part.blame),
        exposure_at_most=dict(part.exposure_at_most),
        exposure_at_least=dict(part.exposure_at_least),
        nodes_stuck_at_most=part.nodes_stuck_at_most,
        within=None if part.within is None else seconds(part.within),
    )
