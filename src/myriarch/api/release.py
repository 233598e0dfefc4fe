"""Release: one intention, to move a component to a revision under a policy.

The spec says what is wanted, including what people order while it runs (``hold``, ``order``,
``approvals``); the status is the engine's memory and its reasons. The status stays bounded whatever the
fleet's size: nothing in it is per cluster.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, field

from myriarch.api.cause import Cause
from myriarch.api.gates import GateResults
from myriarch.api.hold import HELD_MAX, HeldStratum
from myriarch.api.holds import HOLDS_MAX, HoldEntry
from myriarch.api.late import LateEvidence
from myriarch.api.meta import Conditions, LabelSelector, Resource, Struct, Timestamp, list_map
from myriarch.api.metrics import METRICS_MAX, MetricEvidence
from myriarch.api.outage import Outages
from myriarch.api.pace import ProvenWaves, Urgent
from myriarch.api.policy import ATTEMPTS_MAX, ReleasePolicySpec
from myriarch.api.rule import Rule
from myriarch.api.strike import StrikeEvidence
from myriarch.api.term import Term
from myriarch.api.uncovered import UNCOVERED_MAX, UncoveredValue

TIMELINE_LIMIT = 64


class Order(StrEnum):
    """What a person ordered; it stands until the release ends."""

    NONE = "None"
    ABORT = "Abort"
    ROLL_BACK = "RollBack"


class Phase(StrEnum):
    """Where a release stands. The table of transitions is in ``engine/phases.py``."""

    PENDING = "Pending"
    ADVANCING = "Advancing"
    SOAKING = "Soaking"
    GATED = "Gated"
    WATCHING = "Watching"
    PAUSED = "Paused"
    ROLLING_BACK = "RollingBack"
    ROLLBACK_HELD = "RollbackHeld"
    SUCCEEDED = "Succeeded"
    ROLLED_BACK = "RolledBack"
    ABORTED = "Aborted"
    SUPERSEDED = "Superseded"


class Approval(Struct, kw_only=True):
    """A person's yes: to a wave ('production/2'), to a stage ('production'), to 'rollback' or to a gate."""

    what: Annotated[
        str,
        Meta(
            description="'STAGE', 'STAGE/WAVE', 'rollback', 'harm/STAGE/WAVE', 'gate/NAME/STAGE/WAVE' or "
            "'metric/NAME/STAGE/WAVE'.",
            min_length=1,
            max_length=256,
        ),
    ]
    by: Annotated[str, Meta(description="Who approves.", max_length=253)] = ""
    at: Annotated[Timestamp | None, Meta(description="When.")] = None
    reason: Annotated[str, Meta(description="Why.", max_length=1024)] = ""


class ReleaseSpec(Struct, kw_only=True):
    """What is wanted."""

    component: Annotated[str, Meta(description="Component to move.", min_length=1, max_length=253)]
    revision: Annotated[str, Meta(description="Revision to move it to.", min_length=1, max_length=253)]
    policy: Annotated[str, Meta(min_length=1, max_length=253, description="ReleasePolicy; read once, at the start.")]
    selector: Annotated[LabelSelector, Meta(description="Only clusters with these labels.")] | None = None
    priority: Annotated[
        int,
        Meta(
            description="Where budgets have room for some releases only, the higher goes first; of equals the newer.",
            ge=-1000,
            le=1000,
        ),
    ] = 0
    seed: Annotated[int, Meta(ge=0, description="Draws which units go first.")] = 0
    urgent: Annotated[Urgent, Meta(description="Shorter times and fewer waves, as the policy allows.")] | None = None
    fixes: Annotated[
        str,
        Meta(max_length=253, description="Earlier release of the component, in this namespace, that this one mends."),
    ] = ""
    paused: Annotated[bool, Meta(description="Hold forward steps.")] = False
    order: Annotated[Order, Meta(description="What a person ordered: Abort or RollBack.")] = Order.NONE
    approvals: Annotated[
        Annotated[list[Approval], list_map("what", max_items=64)], Meta(description="What people approved.")
    ] = []

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.component == oldSelf.component && self.revision == oldSelf.revision && self.policy == oldSelf.policy",
            "component, revision and policy can't change: start another release, it supersedes this one",
            "",
        ),
        Rule(
            "(has(self.fixes) ? self.fixes : '') == (has(oldSelf.fixes) ? oldSelf.fixes : '')"
            " && has(self.urgent) == has(oldSelf.urgent) && (!has(self.urgent) || self.urgent == oldSelf.urgent)",
            "urgent and fixes can't change: start another release, it supersedes this one",
            "",
        ),
        Rule(
            "!has(oldSelf.order) || oldSelf.order == 'None' || has(self.order)"
            " && (self.order == oldSelf.order || self.order == 'RollBack')",
            "an order can't be taken back: start another release",
            ".order",
        ),
    )


class EnvironmentTally(Struct, kw_only=True):
    """How far the release has come in one environment. Counts are of nodes; exposure a share from 0 to 1."""

    environment: Annotated[str, Meta(description="Environment.", max_length=253)]
    clusters: Annotated[int, Meta(description="Clusters that the release concerns.")] = 0
    nodes: Annotated[int, Meta(description="Nodes of the environment.")] = 0
    granted: Annotated[int, Meta(description="Nodes that may have begun.")] = 0
    begun: Annotated[int, Meta(description="Nodes that ever began.")] = 0
    updated: Annotated[int, Meta(description="Nodes at the revision, healthy through the soak.")] = 0
    failed: Annotated[int, Meta(description="Nodes that failed.")] = 0
    unreachable: Annotated[int, Meta(description="Nodes that are not heard.")] = 0
    reverted: Annotated[int, Meta(description="Nodes brought back.")] = 0
    off_target: Annotated[int, Meta(description="Nodes still to be brought back.")] = 0
    stuck: Annotated[int, Meta(description="Nodes that can't be moved.")] = 0
    exposure: Annotated[float, Meta(description="Share of its nodes that ever began, from 0 to 1.")] = 0.0


class TimelineEntry(Struct, kw_only=True):
    """One transition."""

    at: Annotated[Timestamp, Meta(description="When.")]
    phase: Annotated[Phase, Meta(description="Phase that began.")]
    stage: Annotated[str, Meta(description="Stage.")] = ""
    wave: Annotated[int, Meta(ge=0, description="Index of the wave in the stage.")] = 0
    reason: Annotated[str, Meta(description="Why, in one word.")] = ""
    message: Annotated[str, Meta(description="Why, in a sentence.", max_length=1024)] = ""


class EarlierTry(Struct, kw_only=True):
    """A try of the first stage that was taken back, after which the release began anew."""

    attempt: Annotated[int, Meta(description="The number that it had.", ge=1)]
    place: Annotated[str, Meta(description="Stage and wave in which it was taken back.")] = ""
    ended_at: Annotated[Timestamp, Meta(description="When all of it was back.")]
    message: Annotated[str, Meta(description="Why it was taken back.", max_length=1024)] = ""
    blame: Annotated[dict[str, str], Meta(description="Attribute values that its failed nodes shared.")] = {}


class EvidenceRow(Struct, kw_only=True):
    """What has been seen of the nodes of one attribute value, as the engine needs it to go on."""

    stratum: Annotated[str, Meta(description="'attribute=value', or '*': all nodes.", min_length=1, max_length=320)]
    saved: Annotated[
        list[float], Meta(description="Its wealth: ln of each account, and the steps.", max_length=32)
    ] = []
    staked: Annotated[list[float], Meta(description="Sums of the agents that are in it.", max_length=16)] = []


class Evidence(Struct, kw_only=True):
    """What the comparison of updated nodes with those beside them shows."""

    times: Annotated[
        float, Meta(description="How many times likelier what was seen is with harm than without; harm at 1/alpha.")
    ] = 1.0
    log_value: Annotated[float, Meta(description="Natural logarithm of what failures alone show.")] = 0.0
    rows: Annotated[
        Annotated[list[EvidenceRow], list_map("stratum", max_items=513)], Meta(description="By attribute value.")
    ] = []
    strata: Annotated[int, Meta(description="Strata that share its alpha, fixed at the first failure.", ge=0)] = 0
    outages: Annotated[Outages, Meta(description="Of whole clusters; joined under the same alpha.")] | None = None
    strikes: (
        Annotated[StrikeEvidence, Meta(description="Over the whole fleet; joined under the same alpha.")] | None
    ) = None
    late: Annotated[LateEvidence, Meta(description="Failures since it is everywhere, where it is watched.")] | None = (
        None
    )
    metrics: Annotated[
        Annotated[list[MetricEvidence], list_map("name", max_items=METRICS_MAX)],
        Meta(description="By metric of the analysis; joined with the failures under one alpha."),
    ] = []


class ReleaseStatus(Struct, kw_only=True):
    """Where the release stands, and why."""

    phase: Annotated[Phase, Meta(description="Where the release stands.")] = Phase.PENDING
    attempt: Annotated[int, Meta(description="Number of this try of the component.", ge=0)] = 0
    term: Term = 0
    stage: Annotated[int, Meta(ge=0, description="Index of the stage.")] = 0
    wave: Annotated[int, Meta(ge=0, description="Index of the wave in the stage.")] = 0
    stage_name: Annotated[str, Meta(description="Name of the stage.")] = ""
    place: Annotated[str, Meta(description="Stage and wave as approvals name them: 'production/1' is the first.")] = ""
    waves: Annotated[int, Meta(ge=0, description="Waves in the stage.")] = 0
    phase_since: Annotated[Timestamp | None, Meta(description="When the phase began.")] = None
    wave_only: Annotated[bool, Meta(description="The rollback under way is of the current wave only.")] = False
    policy: Annotated[ReleasePolicySpec, Meta(description="The policy as it was at the start.")] | None = None
    urgent: Annotated[str, Meta(description="Why it is urgent; empty where it is not.", max_length=1024)] = ""
    proven: Annotated[
        Annotated[list[ProvenWaves], list_map("stage", max_items=32)],
        Meta(description="Waves that the release which it fixes had passed: after the first they go out as one."),
    ] = []
    tried: Annotated[
        list[EarlierTry], Meta(description="Tries that were taken back before this one.", max_length=ATTEMPTS_MAX)
    ] = []
    seed: Annotated[int, Meta(description="Draws which units go first.")] = 0
    started_at: Annotated[Timestamp | None, Meta(description="When it started.")] = None
    watched_until: Annotated[Timestamp | None, Meta(description="Until when it is watched.")] = None
    ended_at: Annotated[Timestamp | None, Meta(description="When it ended.")] = None
    harm_at: Annotated[Timestamp | None, Meta(description="When harm was found.")] = None
    reason: Annotated[str, Meta(description="Why it stands there, in one word.")] = ""
    message: Annotated[str, Meta(description="Why it stands there, in a sentence.", max_length=4096)] = ""
    holds: Annotated[list[str], Meta(max_length=32, description="What it waits for, in sentences.")] = []
    holding: Annotated[
        list[HoldEntry],
        Meta(description="The same with kinds and times, and what is told beside.", max_length=HOLDS_MAX),
    ] = []
    wake_at: Annotated[Timestamp | None, Meta(description="When time alone may change where it stands.")] = None
    wake_for: Annotated[str, Meta(description="What may change then.", max_length=256)] = ""
    environments: Annotated[
        Annotated[list[EnvironmentTally], list_map("environment", max_items=64)],
        Meta(description="Counts by environment."),
    ] = []
    timeline: Annotated[list[TimelineEntry], Meta(description="Transitions in order.", max_length=TIMELINE_LIMIT)] = []
    blame: Annotated[dict[str, str], Meta(description="Attribute values that the failed nodes share.")] = {}
    evidence: Annotated[Evidence, Meta(description="Where the policy has an analysis.")] | None = None
    cause: Annotated[Cause, Meta(description="Who is to blame, when harm was last judged.")] | None = None
    gates: GateResults = []
    held: Annotated[
        list[HeldStratum], Meta(description="Strata that it harms: they are left out.", max_length=HELD_MAX)
    ] = []
    uncovered: Annotated[
        list[UncoveredValue],
        Meta(description="Values that no canary met, where the release went on.", max_length=UNCOVERED_MAX),
    ] = []
    uncovered_count: Annotated[int, Meta(description="How many there are in all.", ge=0)] = 0
    conditions: Annotated[Conditions, Meta(description="Conditions of the release.")] = []


class Release(Resource, kw_only=True):
    """One intention: move a component to a revision, under a policy."""

    kind: str = "Release"
    spec: ReleaseSpec
    status: ReleaseStatus = field(default_factory=ReleaseStatus)
