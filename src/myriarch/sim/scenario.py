"""A scenario: a fleet, what is released over it, what goes wrong meanwhile, and what must come of it.

::

    apiVersion: myriarch.io/scenario/v1alpha1
    kind: Scenario
    spec: {fleet: {default: {clusters: 20}}, releases: [...], faults: [...], expectations: [...]}

Here is only the shape. ``scenario_file.py`` reads it strictly, ``scenario_check.py`` checks what spans parts,
``plot.py`` turns it into what a run needs; the faults are in ``faults/``, one class a file.
``docs/guides/scenarios.md`` explains it to people.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from myriarch.api.freezewindow import FreezeWindowSpec
from myriarch.api.meta import LabelSelector
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Phase
from myriarch.fleet.behaviour import Symptom
from myriarch.fleet.spec import Failures, FleetSpec, Restarts, Updates
from myriarch.sim.faults import AnyFault
from myriarch.sim.part import Duration, Part, Share, Values

API_VERSION = "myriarch.io/scenario/v1alpha1"
KIND = "Scenario"

Name = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", max_length=63, description="Lower case letters, digits, '-', '.'."
    ),
]


class DefaultFleet(Part, kw_only=True):
    """A heavy-tailed fleet of real node shapes, a tenth of the clusters simulated mirrors of the others."""

    clusters: Annotated[int, Meta(ge=2, le=20_000, description="Clusters in all environments.")] = 20


class UniformFleet(Part, kw_only=True):
    """Clusters of one size."""

    clusters: Annotated[int, Meta(ge=2, le=20_000, description="Clusters in all environments.")] = 10
    nodes_per_cluster: Annotated[int, Meta(ge=1, le=5000, description="Nodes of each cluster.")] = 10


class FleetChoice(Part, kw_only=True):
    """Which fleet: exactly one of default, uniform, file and spec."""

    default: Annotated[DefaultFleet, Meta(description="A realistic fleet of so many clusters.")] | None = None
    uniform: Annotated[UniformFleet, Meta(description="A fleet of clusters of one size.")] | None = None
    file: Annotated[str, Meta(description="A fleet file, relative to the scenario's own folder.")] | None = None
    spec: Annotated[FleetSpec, Meta(description="A whole FleetSpec, inline.")] | None = None
    seed: Annotated[int, Meta(ge=0, description="Seed of the fleet; where absent, the simulation's seed.")] | None = (
        None
    )
    failures: Annotated[Failures, Meta(description="Ordinary failures of nodes, instead of the fleet's.")] | None = None
    updates: Annotated[Updates, Meta(description="How long updates take, instead of the fleet's.")] | None = None
    restarts: Annotated[Restarts, Meta(description="How often nodes restart, instead of the fleet's.")] | None = None


class ComponentPart(Part, kw_only=True):
    """A component, and where the fleet stands with it at the start."""

    name: Name
    initial_revision: Annotated[str, Meta(min_length=1, max_length=253)] = "v1"
    reversible: Annotated[bool, Meta(description="False: a rollback waits for the approval 'rollback'.")] = True


class EffectPart(Part, kw_only=True):
    """What a revision does to some of the nodes that come to it."""

    symptom: Annotated[Symptom, Meta(description="What shows.")]
    where: Values = field(default_factory=dict)
    probability: Annotated[Share, Meta(description="Share of the matching nodes that are struck.")] = 1.0
    delay: Annotated[Duration, Meta(description="Median time from the update to the strike.")] = "0s"
    delay_spread: Annotated[float, Meta(ge=0, le=5, description="Standard deviation of the delay's logarithm.")] = 0.0


class RevisionPart(Part, kw_only=True):
    """A revision of a component; without effects it is harmless."""

    name: Annotated[str, Meta(min_length=1, max_length=253)]
    component: Name
    effects: Annotated[list[EffectPart], Meta(max_length=16)] = field(default_factory=list)


class PolicyPart(Part, kw_only=True):
    """A release policy by name."""

    name: Name
    spec: Annotated[ReleasePolicySpec, Meta(description="As the spec of a ReleasePolicy object.")]


class FreezePart(Part, kw_only=True):
    """A freeze window that is created, and perhaps deleted again, during the run."""

    name: Name
    at: Annotated[Duration, Meta(description="When it is created, from the start of the run.")] = "0s"
    for_: Annotated[Duration, Meta(description="How long it stays; absent: to the end.")] | None = field(
        default=None, name="for"
    )
    spec: Annotated[FreezeWindowSpec, Meta(description="As the spec of a FreezeWindow object.")]


class Deed(StrEnum):
    """What a person does to a release."""

    PAUSE = "pause"
    RESUME = "resume"
    ABORT = "abort"
    ROLL_BACK = "rollback"
    APPROVE = "approve"


class ActionPart(Part, kw_only=True):
    """What a person does, at a time or once the release is in a phase."""

    do: Annotated[Deed, Meta(description="pause, resume, abort, rollback or approve.")]
    at: Annotated[Duration, Meta(description="From the start of the run.")] | None = None
    when: Annotated[Phase, Meta(description="Once the release is first in this phase ...")] | None = None
    wave: Annotated[str, Meta(description="... and, where given, in this wave, such as 'prod/2' ...")] = ""
    after: Annotated[Duration, Meta(description="... and so long after that.")] = "0s"
    every_time: Annotated[bool, Meta(description="Each time it comes into the phase, not only the first.")] = False
    what: Annotated[
        str, Meta(max_length=128, description="What is approved, such as 'prod', 'prod/2', 'rollback'.")
    ] = ""
    by: Annotated[str, Meta(max_length=253)] = "operator"


class FollowsPart(Part, kw_only=True):
    """Another release, and what must come of it first."""

    release: Annotated[str, Meta(description="Name of the other release.")]
    phase: Annotated[Phase, Meta(description="Once that is first in this phase ...")]
    after: Annotated[Duration, Meta(description="... and so long after that.")] = "0s"


class ReleasePart(Part, kw_only=True):
    """A release, and what people do to it."""

    name: Name
    namespace: Name = "default"
    component: Name
    revision: Annotated[str, Meta(min_length=1, max_length=253)]
    policy: Name
    at: Annotated[Duration, Meta(description="When it is created, from the start of the run.")] = "0s"
    follows: Annotated[FollowsPart, Meta(description="Instead of 'at': created after another.")] | None = None
    seed: Annotated[int, Meta(ge=0, description="Draws who goes first; absent: the simulation's seed.")] | None = None
    paused: Annotated[bool, Meta(description="Created paused.")] = False
    selector: Annotated[LabelSelector, Meta(description="Only clusters with these labels.")] | None = None
    approvals: Annotated[list[str], Meta(max_length=64, description="Approved from the start.")] = field(
        default_factory=list
    )
    actions: Annotated[list[ActionPart], Meta(max_length=64)] = field(default_factory=list)


class ExpectationPart(Part, kw_only=True):
    """What must have come of a release by the end; what is absent is not checked."""

    release: Annotated[str, Meta(description="Its name.")]
    phase: Annotated[list[Phase] | Phase, Meta(description="Phase or phases it may end in.")] | None = None
    message_contains: Annotated[list[str], Meta(description="Words that its message or timeline must hold.")] = field(
        default_factory=list
    )
    blame: Annotated[dict[str, str], Meta(description="Attribute values that it must blame.")] = field(
        default_factory=dict
    )
    exposure_at_most: Annotated[dict[str, Share], Meta(description="By environment.")] = field(default_factory=dict)
    exposure_at_least: Annotated[dict[str, Share], Meta(description="By environment.")] = field(default_factory=dict)
    nodes_stuck_at_most: Annotated[int, Meta(ge=0)] | None = None
    within: Annotated[Duration, Meta(description="From its creation to its end.")] | None = None


class LimitsPart(Part, kw_only=True):
    """Where a run stops though a release goes on."""

    duration: Annotated[Duration, Meta(description="Virtual time that the run may take.")] = "14d"
    heal_within: Annotated[
        Duration,
        Meta(description="After faults, freezes and people's actions are over, releases must end within this."),
    ] = "3d"
    settle: Annotated[Duration, Meta(description="Virtual time for stragglers after the last release ended.")] = "2h"


class ScenarioSpec(Part, kw_only=True):
    """All that happens."""

    fleet: FleetChoice
    components: Annotated[list[ComponentPart], Meta(min_length=1, max_length=16)]
    revisions: Annotated[list[RevisionPart], Meta(min_length=1, max_length=64)]
    policies: Annotated[list[PolicyPart], Meta(min_length=1, max_length=16)]
    releases: Annotated[list[ReleasePart], Meta(min_length=1, max_length=32)]
    freeze_windows: Annotated[list[FreezePart], Meta(max_length=16)] = field(default_factory=list)
    faults: Annotated[list[AnyFault], Meta(max_length=256)] = field(default_factory=list)
    expectations: Annotated[list[ExpectationPart], Meta(max_length=64)] = field(default_factory=list)
    limits: LimitsPart = field(default_factory=LimitsPart)


class ScenarioMeta(Part, kw_only=True):
    """Name and purpose, for people."""

    name: Annotated[str, Meta(max_length=253)] = ""
    description: Annotated[str, Meta(max_length=4096)] = ""


class Scenario(Part, kw_only=True):
    """The file."""

    api_version: Annotated[str, Meta(description=f"'{API_VERSION}'.")] = API_VERSION
    kind: Annotated[str, Meta(description=f"'{KIND}'.")] = KIND
    metadata: ScenarioMeta = field(default_factory=ScenarioMeta)
    spec: ScenarioSpec
