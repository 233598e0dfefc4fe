"""Cluster: a Kubernetes cluster that the hub manages, with the grants that the hub gives it.

``spec.components[]`` is where the hub and a cluster's agent meet: each entry is a *grant*, written by
server-side apply with one field manager per component; ``status.components[]`` is what the agent echoes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, field

from myriarch.api.budgets import Budgets
from myriarch.api.hold import HELD_MAX, HeldValue
from myriarch.api.meta import Conditions, Resource, Struct, Timestamp, list_map
from myriarch.api.outage import Outage
from myriarch.api.policy import NodeRules
from myriarch.api.rule import Rule
from myriarch.api.sickness import ARRIVALS_MAX, SICK_GROUPS_MAX, ArrivalStep, SickGroup
from myriarch.api.strata import CLUSTER_PAIRS_MAX
from myriarch.api.strike import STRIKES_MAX, Strike
from myriarch.api.term import Term


class Access(StrEnum):
    """How the hub reaches a cluster."""

    EMBEDDED = "Embedded"
    PUSH = "Push"
    PULL = "Pull"


class Mode(StrEnum):
    """Whether Myriarch may write to the cluster."""

    OBSERVE = "Observe"
    MANAGE = "Manage"


class SecretKey(Struct, kw_only=True):
    """Where a Secret of the hub holds a kubeconfig."""

    namespace: Annotated[str, Meta(description="Namespace of the Secret.", min_length=1, max_length=63)]
    name: Annotated[str, Meta(description="Name of the Secret.", min_length=1, max_length=253)]
    key: Annotated[str, Meta(description="Key within it.", min_length=1, max_length=253)] = "kubeconfig"
    context: Annotated[str, Meta(description="Context of the kubeconfig; empty: its current one.", max_length=253)] = ""


class Direction(StrEnum):
    """Which way a grant moves nodes."""

    FORWARD = "Forward"
    HOLD = "Hold"
    REVERT = "Revert"


class CoverValue(Struct, kw_only=True):
    """Canaries wanted among the nodes with one attribute value."""

    attribute: Annotated[str, Meta(description="Attribute of nodes, or a pair of them: 'a+b'.", max_length=127)]
    value: Annotated[str, Meta(description="Value of the attribute.", max_length=507)]
    nodes: Annotated[int, Meta(description="Canaries wanted among the nodes with it.", ge=1)]


class Grant(Struct, kw_only=True):
    """What the hub allows one cluster to do for one component, until when."""

    component: Annotated[str, Meta(description="Component that the grant is for.", min_length=1, max_length=253)]
    revision: Annotated[str, Meta(max_length=253, description="Revision that nodes may advance to.")]
    rollback_to: Annotated[
        str, Meta(max_length=253, description="Proven revision: where newcomers start and reverts end.")
    ] = ""
    attempt: Annotated[int, Meta(ge=0, description="Number of the try; status counts only when it echoes this.")]
    term: Term = 0
    direction: Annotated[Direction, Meta(description="Which way nodes move.")] = Direction.FORWARD
    ceiling: Annotated[int, Meta(ge=0, description="Nodes that may have begun by now.")] = 0
    all_nodes: Annotated[bool, Meta(description="No ceiling: every node, newcomers too.")] = False
    proven: Annotated[bool, Meta(description="The revision is proven: it becomes the last-known-good.")] = False
    cover: Annotated[list[CoverValue], Meta(max_length=512, description="Values the first nodes must cover.")] = []
    forward_until: (
        Annotated[Timestamp, Meta(description="After this the agent finishes the node in hand and holds.")] | None
    ) = None
    release: Annotated[str, Meta(max_length=320, description="namespace/name of the release.")] = ""
    hold: Annotated[
        list[HeldValue], Meta(description="Nodes that get no forward step, and go back.", max_length=HELD_MAX)
    ] = []
    priority: Annotated[
        int, Meta(description="Among components that are moved at once, the higher begins first.", ge=-1000, le=1000)
    ] = 0
    rules: NodeRules = field(default_factory=NodeRules)
    budgets: Annotated[Budgets, Meta(description="Budgets over its nodes, beside the rules.")] | None = None
    tolerated_ratio: Annotated[
        float, Meta(ge=0, description="Compare updated nodes with the others beyond this ratio; 0: don't.")
    ] = 0.0


class ClusterSpec(Struct, kw_only=True):
    """What the hub wants of a cluster."""

    environment: Annotated[str, Meta(min_length=1, max_length=253, description="Environment it belongs to.")]
    access: Annotated[Access, Meta(description="How the hub reaches the cluster.")] = Access.EMBEDDED
    kubeconfig: Annotated[SecretKey, Meta(description="For Push: the Secret that says how to reach it.")] | None = None
    mode: Annotated[Mode, Meta(description="Observe: nothing is written to it. Manage: releases reach it.")] = (
        Mode.MANAGE
    )
    mirror_of: Annotated[str, Meta(max_length=253, description="Production cluster it mirrors.")] | None = None
    pairs: Annotated[
        list[
            Annotated[
                list[Annotated[str, Meta(min_length=1, max_length=63)]],
                Meta(description="Two attributes of nodes.", min_length=2, max_length=2),
            ]
        ],
        Meta(
            description="Pairs of attributes whose joint values the agent counts too.",
            max_length=CLUSTER_PAIRS_MAX,
        ),
    ] = []
    components: Annotated[
        Annotated[list[Grant], list_map("component", max_items=64)], Meta(description="Grants, one a component.")
    ] = []

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "self.environment == oldSelf.environment",
            "environment can't change: add the cluster anew under another name",
            ".environment",
        ),
        Rule(
            "!has(self.access) || self.access != 'Push' || has(self.kubeconfig)",
            "a cluster reached by push needs spec.kubeconfig: name the Secret that holds its kubeconfig",
            ".kubeconfig",
        ),
    )


class FailureGroup(Struct, kw_only=True):
    """Failed nodes that are alike."""

    symptom: Annotated[str, Meta(max_length=63, description="What is wrong with them.")]
    attributes: Annotated[dict[str, str], Meta(description="Attribute values that all of them share.")] = {}
    count: Annotated[int, Meta(description="How many nodes.", ge=1)]
    nodes: Annotated[list[str], Meta(max_length=10, description="Some of their names.")] = []


TALLIES_MAX = 512


class ValueTally(Struct, kw_only=True):
    """Updated and failed nodes with one attribute value (told only where something failed)."""

    attribute: Annotated[str, Meta(description="Attribute of nodes.")]
    value: Annotated[str, Meta(description="Value of the attribute.")]
    updated: Annotated[int, Meta(description="Nodes with it that were updated or failed.", ge=0)]
    failed: Annotated[int, Meta(description="Nodes with it that failed.", ge=0)]


class Comparison(Struct, kw_only=True):
    """Updated nodes (``treated``) against those beside them that are not (``control``), of one attribute value.

    Told only where one of either failed. ``log_factors`` are natural logarithms, one for each size of harm that is
    betted on (``engine/sequential/hazard.py``); the hub adds up those of all clusters.
    """

    attribute: Annotated[str, Meta(description="Attribute, or pair, of nodes; empty: all nodes.", max_length=127)] = ""
    value: Annotated[str, Meta(description="Value of the attribute.", max_length=507)] = ""
    treated: Annotated[int, Meta(description="Updated nodes at the last failure.", ge=0)] = 0
    treated_failed: Annotated[int, Meta(description="Of them, ever failed in this attempt.", ge=0)] = 0
    control: Annotated[int, Meta(description="Nodes not updated, at the last failure.", ge=0)] = 0
    control_failed: Annotated[int, Meta(description="Of them, ever failed meanwhile.", ge=0)] = 0
    log_factors: Annotated[list[float], Meta(description="For and against harm.", max_length=16)] = []


class ComponentStatus(Struct, kw_only=True, omit_defaults=False):
    """What a cluster's agent says of one component. Counts are of nodes.

    Written whole, defaults too: fields that come and go would change their ownership at every report.
    """

    component: Annotated[str, Meta(description="Component that this speaks of.", min_length=1, max_length=253)]
    attempt: Annotated[int, Meta(ge=0, description="Attempt that this speaks of.")] = 0
    revision: Annotated[str, Meta(description="Revision of the grant.", max_length=253)] = ""
    direction: Annotated[Direction, Meta(description="Direction of the grant.")] = Direction.FORWARD
    observed_ceiling: Annotated[int, Meta(description="Ceiling of the grant that this speaks of.", ge=0)] = 0
    observed_hold: Annotated[int, Meta(description="Held strata of the grant that this speaks of.", ge=0)] = 0
    held: Annotated[int, Meta(description="Nodes that are held.", ge=0)] = 0
    settled: Annotated[bool, Meta(description="All that the grant asks is done, as far as it can be.")] = False
    reverted_attempt: Annotated[int, Meta(ge=0, description="Last attempt this cluster reverted; never retried.")] = 0
    nodes: Annotated[int, Meta(description="Nodes of the cluster.", ge=0)] = 0
    begun: Annotated[int, Meta(ge=0, description="Ever began this attempt.")] = 0
    arrivals: Annotated[
        list[ArrivalStep], Meta(description="When how many of them had been moved.", max_length=ARRIVALS_MAX)
    ] = []
    updating: Annotated[int, Meta(description="Nodes being moved.", ge=0)] = 0
    updated: Annotated[int, Meta(ge=0, description="At the revision and healthy through the node soak.")] = 0
    failed: Annotated[int, Meta(ge=0, description="At the revision, or on the way, and unhealthy.")] = 0
    unreachable: Annotated[int, Meta(description="Nodes that are not heard.", ge=0)] = 0
    dead: Annotated[list[str], Meta(max_length=10, description="Nodes passed over as dead, until they return.")] = []
    dead_count: Annotated[int, Meta(description="Nodes passed over as dead.", ge=0)] = 0
    off_target: Annotated[int, Meta(ge=0, description="Nodes that a revert has still to bring back.")] = 0
    reverted: Annotated[int, Meta(ge=0, description="Nodes brought back in this attempt.")] = 0
    stuck: Annotated[list[str], Meta(max_length=10, description="Nodes that can't be moved, with why.")] = []
    stuck_count: Annotated[int, Meta(description="Nodes that can't be moved.", ge=0)] = 0
    uncovered: Annotated[
        list[CoverValue], Meta(description="Values to cover that no healthy node has.", max_length=512)
    ] = []
    failures: Annotated[list[FailureGroup], Meta(description="Failed nodes, those alike together.", max_length=20)] = []
    tallies: Annotated[
        list[ValueTally],
        Meta(
            description="Counts by attribute value, told where something failed or a part has begun.",
            max_length=TALLIES_MAX,
        ),
    ] = []
    comparisons: Annotated[
        list[Comparison], Meta(description="Updated nodes against the others, where one failed.", max_length=513)
    ] = []
    last_known_good: Annotated[str, Meta(description="Revision that a revert returns to.", max_length=253)] = ""
    reason: Annotated[str, Meta(max_length=63, description="Why it can't act, in one word; empty where it can.")] = ""
    message: Annotated[str, Meta(max_length=1024, description="Why it does what it does.")] = ""


class AgentInfo(Struct, kw_only=True):
    """Which agent speaks for a cluster."""

    version: Annotated[str, Meta(description="Version of Myriarch that it is of.", max_length=63)] = ""
    protocol: Annotated[int, Meta(description="What it understands of grants, and what it tells.", ge=0)] = 0


class ClusterStatus(Struct, kw_only=True):
    """What is known of a cluster."""

    kubernetes_version: Annotated[str, Meta(description="Version of its API server.")] = ""
    agent: Annotated[AgentInfo, Meta(description="Its agent; empty where that runs in the hub's own fleet.")] = field(
        default_factory=AgentInfo
    )
    nodes: Annotated[int, Meta(description="Nodes of the cluster.", ge=0)] = 0
    ready_nodes: Annotated[int, Meta(description="Nodes that are ready.", ge=0)] = 0
    strata: Annotated[dict[str, dict[str, int]], Meta(description="Node counts by attribute and value.")] = {}
    outage: Annotated[Outage, Meta(description="Its last outage as a whole; none: it never had one.")] | None = None
    strikes: Annotated[
        list[Strike],
        Meta(description="The last first failures after quiet, oldest first.", max_length=STRIKES_MAX),
    ] = []
    sick: Annotated[
        list[SickGroup],
        Meta(description="Sick nodes, while a release is in flight here.", max_length=SICK_GROUPS_MAX),
    ] = []
    components: Annotated[
        Annotated[list[ComponentStatus], list_map("component", max_items=64)],
        Meta(description="What the agent says, one entry a component."),
    ] = []
    conditions: Annotated[Conditions, Meta(description="Conditions of the cluster.")] = []


class Cluster(Resource, kw_only=True):
    """A Kubernetes cluster that the hub manages."""

    kind: str = "Cluster"
    spec: ClusterSpec
    status: ClusterStatus = field(default_factory=ClusterStatus)

    def grant(self, component: str) -> Grant | None:
        """The grant for ``component``, or None."""
        return next((g for g in self.spec.components if g.component == component), None)

    def component(self, component: str) -> ComponentStatus | None:
        """What the agent says of ``component``, or None."""
        return next((c for c in self.status.components if c.component == component), None)
