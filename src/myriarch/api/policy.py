"""ReleasePolicy: the rules by which a release goes out.

Three lines make a policy (one stage, one wave); the rest has defaults. What a policy means is in
``engine/``; here is only its shape. Rules that span fields are in ``api/policy_rules.py``, because they
need arithmetic over counts and percentages that CEL in a CRD can say only clumsily.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, field

from myriarch.api.acquittal import Acquittal
from myriarch.api.analysis import Analysis
from myriarch.api.budgets import PolicyBudgets
from myriarch.api.gates import Gates
from myriarch.api.hold import HoldRule
from myriarch.api.meta import CountOrPercent, Duration, LabelSelector, Resource, Struct, list_map
from myriarch.api.pace import RereleaseRule, UrgentRule
from myriarch.api.rule import Rule
from myriarch.api.strata import PAIRS_MAX, halves, pair_name
from myriarch.api.watch import Watch

COVER = "cover"


class FailureAction(StrEnum):
    """What a release does when it harms."""

    ROLL_BACK = "RollBack"
    ROLL_BACK_WAVE = "RollBackWave"
    PAUSE = "Pause"
    ABORT = "Abort"
    HOLD_STRATA = "HoldStrata"


class Wave(Struct, kw_only=True):
    """The clusters and nodes advanced together. Sizes are cumulative within the stage."""

    name: Annotated[str, Meta(max_length=63, description="Name shown to people.")] = ""
    clusters: Annotated[
        int | str,
        Meta(description="How many of the stage's clusters take part: 'cover', a count or a percentage."),
    ] = "100%"
    nodes: Annotated[
        int | str,
        Meta(description="How many nodes of each may advance: 'cover', a count or a percentage."),
    ] = "100%"
    exposure: (
        Annotated[
            CountOrPercent,
            Meta(description="Ceiling on the stage's nodes that may have begun by the end of this wave."),
        ]
        | None
    ) = None
    group: Annotated[LabelSelector, Meta(description="Only clusters with these labels join in this wave.")] | None = (
        None
    )
    soak: Annotated[Duration, Meta(description="Minimum soak; the stage's where absent.")] | None = None
    approval: Annotated[bool, Meta(description="A person must approve before the next wave.")] = False


class Exponential(Struct, kw_only=True):
    """Waves that grow by a factor until all clusters take part."""

    start: Annotated[int, Meta(ge=1, description="Clusters in the first wave.")] = 1
    factor: Annotated[float, Meta(gt=1, le=100, description="Growth from wave to wave.")] = 2.0
    proven: Annotated[
        int, Meta(ge=0, description="So many waves were proven before: those after the first go out as one.")
    ] = 0


ATTEMPTS_MAX = 5
"""Of one stage: who needs more has no rehearsal."""


class Stage(Struct, kw_only=True):
    """An ordered part of the fleet."""

    name: Annotated[str, Meta(min_length=1, max_length=63, description="Name, unique in the policy.")]
    environment: Annotated[str, Meta(max_length=253, description="Clusters of this environment.")] | None = None
    selector: Annotated[LabelSelector, Meta(description="Clusters with these labels.")] | None = None
    waves: Annotated[list[Wave], Meta(max_length=64, description="Waves in order.")] = []
    exponential: Annotated[Exponential, Meta(description="Instead of waves: grow by a factor.")] | None = None
    soak: Annotated[Duration, Meta(description="Minimum soak of each wave.")] = "30m"
    approval: Annotated[bool, Meta(description="A person must approve before the stage begins.")] = False
    attempts: Annotated[
        int,
        Meta(ge=1, le=ATTEMPTS_MAX, description="How often the first stage is tried before harm in it is final."),
    ] = 1


class AttributeCoverage(Struct, kw_only=True):
    """How many canaries each value of one attribute gets."""

    attribute: Annotated[str, Meta(description="Attribute of nodes or clusters.", min_length=1, max_length=127)]
    per_value: Annotated[int, Meta(description="Canaries for each of its values.", ge=1, le=1000)]


class Coverage(Struct, kw_only=True):
    """What the first wave of each stage must cover."""

    per_value: Annotated[int, Meta(ge=1, le=1000, description="Canary nodes for each value of each attribute.")] = 2
    attributes: Annotated[
        Annotated[list[AttributeCoverage], list_map("attribute", max_items=32)],
        Meta(description="Attributes that get another number of canaries; a pair is named 'a+b', in order."),
    ] = []
    pairs: Annotated[
        list[
            Annotated[
                list[Annotated[str, Meta(min_length=1, max_length=63)]],
                Meta(description="Two attributes.", min_length=2, max_length=2),
            ]
        ],
        Meta(description="Pairs of attributes whose values met together are covered too.", max_length=PAIRS_MAX),
    ] = []

    def wanted(self, attribute: str) -> int:
        """Canaries wanted for each value of ``attribute``: none where it is a pair that is not named."""
        if halves(attribute) is not None and all(pair_name(pair) != attribute for pair in self.pairs):
            return 0
        return next((a.per_value for a in self.attributes if a.attribute == attribute), self.per_value)


class NodeRules(Struct, kw_only=True):
    """Rules within one cluster; they travel in the grant."""

    max_unavailable: Annotated[
        CountOrPercent, Meta(description="Nodes of a cluster that may be unavailable at once.")
    ] = "10%"
    max_unavailable_per_zone: (
        Annotated[CountOrPercent, Meta(description="The same for each zone of the cluster.")] | None
    ) = None
    soak: Annotated[Duration, Meta(description="How long a node must be healthy to count as updated.")] = "5m"
    update_timeout: Annotated[Duration, Meta(description="A node that takes longer has failed.")] = "30m"
    failure_grace: Annotated[Duration, Meta(description="How long a symptom must last to count.")] = "5m"
    revert_failed_after: Annotated[
        Duration, Meta(description="A node that stays failed for so long is reverted by itself.")
    ] = "2h"
    tolerance: Annotated[
        CountOrPercent, Meta(description="Failed nodes that a cluster bears before it reverts by itself.")
    ] = "20%"


class FailureRule(Struct, kw_only=True):
    """When a release harms, and what then."""

    tolerance: Annotated[
        CountOrPercent,
        Meta(description="Failed share of the updated nodes (of a stage, or of one attribute value) borne."),
    ] = "1%"
    minimum: Annotated[int, Meta(ge=1, description="Fewer failed nodes than this are never harm.")] = 2
    action: Annotated[FailureAction, Meta(description="What is done when the release harms.")] = FailureAction.ROLL_BACK
    hold: Annotated[HoldRule, Meta(description="For HoldStrata: when, and what is done else.")] | None = None


class Concurrency(Struct, kw_only=True):
    """How much is in flight."""

    clusters: Annotated[CountOrPercent, Meta(description="Clusters of a stage advancing at once.")] = "100%"
    rollback: Annotated[CountOrPercent, Meta(description="Clusters reverting at once.")] = "25%"


class Unreachable(Struct, kw_only=True):
    """How the silence of clusters is borne."""

    tolerance: Annotated[CountOrPercent, Meta(description="Unreachable clusters of a wave that don't hold it.")] = "5%"
    after: Annotated[Duration, Meta(description="How long a cluster must be silent to be passed over.")] = "30m"


class ReleasePolicySpec(Struct, kw_only=True):
    """The rules."""

    stages: Annotated[
        list[Stage],
        Meta(
            description="Stages in order.",
            min_length=1,
            max_length=32,
            extra_json_schema={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
        ),
    ]
    coverage: Coverage = field(default_factory=Coverage)
    nodes: NodeRules = field(default_factory=NodeRules)
    concurrency: Concurrency = field(default_factory=Concurrency)
    budgets: PolicyBudgets = field(default_factory=PolicyBudgets)
    failure: FailureRule = field(default_factory=FailureRule)
    unreachable: Unreachable = field(default_factory=Unreachable)
    gates: Gates = []
    analysis: Annotated[Analysis, Meta(description="Judge against those not updated yet.")] | None = None
    acquittal: Annotated[Acquittal, Meta(description="Hold where another release or an outage did it.")] | None = None
    watch: Annotated[Watch, Meta(description="Go on judging once it is everywhere.")] | None = None
    urgent: Annotated[UrgentRule, Meta(description="What urgent releases get; without it there are none.")] | None = (
        None
    )
    rerelease: (
        Annotated[RereleaseRule, Meta(description="What releases get that fix an earlier one; without it nothing.")]
        | None
    ) = None
    grant_duration: Annotated[
        Duration, Meta(description="How long a cluster may go forward without hearing from the hub.")
    ] = "1h"

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.stages.all(s, !(has(s.exponential) && has(s.waves) && s.waves.size() > 0))",
            "a stage has either waves or exponential: remove one of them",
            ".stages",
        ),
    )


class ReleasePolicyStatus(Struct, kw_only=True):
    """Who uses the policy."""

    used_by: Annotated[list[str], Meta(description="Releases that name it.", max_length=256)] = []


class ReleasePolicy(Resource, kw_only=True):
    """Rules by which releases go out: stages, waves, soak, budgets and the failure rule."""

    kind: str = "ReleasePolicy"
    spec: ReleasePolicySpec
    status: ReleasePolicyStatus = field(default_factory=ReleasePolicyStatus)
