"""Budgets of a ReleasePolicy: how many units may be out at once, in which groups of them.

``ReleasePolicySpec.budgets`` has one set for the nodes of each cluster, which travels in the grant, and one for the
clusters of the fleet; both are made of the same parts. What they mean is in ``engine/budget.py``, which of them
contradict each other in ``engine/budget_check.py``; here is only their shape. ``nodes.maxUnavailable``,
``nodes.maxUnavailablePerZone`` and ``concurrency`` stay where they are and hold besides.

A unit is out when it is unavailable for whatever cause, moves, or was told to and has not said that it is done.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from myriarch.api.meta import CountOrPercent, Duration, LabelSelector, Struct, list_map

BUDGETS_PROTOCOL = 2
"""Agents of this protocol, and later ones, count budgets by groups; earlier ones don't know of them."""

MOST_DOMAINS = 8
MOST_ROLES = 32
MOST_GANGS = 8


class GangKind(StrEnum):
    """What holds for the units of a gang."""

    SAME_WAVE = "SameWave"
    NEVER_TOGETHER = "NeverTogether"


class DomainBudget(Struct, kw_only=True):
    """Units with the same value of a label fail together: a zone, a rack, a region. Units without it are one domain."""

    label: Annotated[str, Meta(description="Label of nodes, or of Clusters.", min_length=1, max_length=317)]
    max_unavailable: (
        Annotated[CountOrPercent, Meta(description="Units of each domain that may be out at once.")] | None
    ) = None
    max_domains: (
        Annotated[CountOrPercent, Meta(description="Domains in which units may be in flight at once.")] | None
    ) = None


class RoleBudget(Struct, kw_only=True):
    """Units that do the same work: the ingress nodes, the members of etcd."""

    name: Annotated[str, Meta(description="Name shown to people, unique here.", min_length=1, max_length=63)]
    selector: Annotated[LabelSelector, Meta(description="Units with these labels.")]
    max_unavailable: Annotated[CountOrPercent, Meta(description="Of these units, so many may be out at once.")]


class Gang(Struct, kw_only=True):
    """Units with the same value of a label belong together: a training job's nodes, an active and its standby."""

    label: Annotated[str, Meta(description="Label of nodes, or of Clusters.", min_length=1, max_length=317)]
    kind: Annotated[
        GangKind,
        Meta(description="SameWave: not split over waves. NeverTogether: no two of them out at once."),
    ]


class DeadUnits(Struct, kw_only=True):
    """Units that are dead on their own: for how long they use up budgets, and how many are passed over then."""

    after: Annotated[Duration, Meta(description="How long a dead unit uses up budgets.")]
    tolerated: Annotated[CountOrPercent, Meta(description="Units passed over then; any more use up budgets on.")]


class Budgets(Struct, kw_only=True):
    """Budgets over the units of one level."""

    domains: Annotated[
        Annotated[list[DomainBudget], list_map("label", max_items=MOST_DOMAINS)],
        Meta(description="Budgets of failure domains."),
    ] = []
    roles: Annotated[
        Annotated[list[RoleBudget], list_map("name", max_items=MOST_ROLES)],
        Meta(description="Budgets of units that do the same work."),
    ] = []
    gangs: Annotated[
        Annotated[list[Gang], list_map("label", "kind", max_items=MOST_GANGS)],
        Meta(description="Units that belong together."),
    ] = []
    dead: Annotated[DeadUnits, Meta(description="How units that are dead on their own are borne.")] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels that must be known of each unit, sorted."""
        named = {domain.label for domain in self.domains} | {gang.label for gang in self.gangs}
        for role in self.roles:
            named |= {*role.selector.match_labels, *(clause.key for clause in role.selector.match_expressions)}
        return tuple(sorted(named))


class ClusterBudgets(Budgets, kw_only=True):
    """Budgets over clusters: those out of reach count as out for a while."""

    returning: (
        Annotated[
            CountOrPercent,
            Meta(description="Clusters that came back, or joined, since the release began: so many move at once."),
        ]
        | None
    ) = None


class PolicyBudgets(Struct, kw_only=True):
    """Budgets at both levels."""

    nodes: Annotated[Budgets, Meta(description="Within each cluster, over its nodes.")] | None = None
    clusters: Annotated[ClusterBudgets, Meta(description="Over the clusters of the fleet.")] | None = None
