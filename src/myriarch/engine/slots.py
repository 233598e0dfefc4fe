"""How many nodes of each cluster may move at once, as far as the hub can know before anything moves.

Budgets within a cluster count nodes by labels that only its agent sees. Zones are told (``Cluster.status.strata``);
of other domains a number is assumed for what is expected, and one single domain for the worst. Roles bind the few nodes
that play them, and are left out.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.budgets import Budgets, DomainBudget
from myriarch.api.policy import ReleasePolicySpec
from myriarch.engine.amounts import Amount, parse_amount
from myriarch.engine.population import Ints, Population

ZONE = "zone"
ZONE_LABEL = "topology.kubernetes.io/zone"

ASSUMED_DOMAINS = 3
"""Racks, or whatever a label says, that a cluster is expected to have: zones are most often three."""


def node_slots(policy: ReleasePolicySpec, population: Population, *, worst: bool) -> Ints:
    """int64[n]: nodes of each cluster that may be out at once, all being well; 1 at least. Raises UserFault for amounts
    that are none."""
    weight = population.weight
    slots = _at_most(parse_amount(policy.nodes.max_unavailable, "spec.nodes.maxUnavailable"), weight)
    zones = _zone_sizes(population)
    per_zone = policy.nodes.max_unavailable_per_zone
    if per_zone is not None:
        amount = parse_amount(per_zone, "spec.nodes.maxUnavailablePerZone")
        slots = np.minimum(slots, _over(amount, zones))
    for domain in (policy.budgets.nodes or Budgets()).domains:
        slots = np.minimum(slots, _in_domains(domain, weight, zones, worst=worst))
    return np.maximum(slots, 1)


def _in_domains(domain: DomainBudget, weight: Ints, zones: Ints, *, worst: bool) -> Ints:
    sizes = zones if domain.label == ZONE_LABEL and zones.shape[1] else _even(weight, 1 if worst else ASSUMED_DOMAINS)
    field = f"spec.budgets.nodes.domains[{domain.label}]"
    here = sizes
    if domain.max_unavailable is not None:
        here = _at_most(parse_amount(domain.max_unavailable, field), sizes)
    if domain.max_domains is not None:
        open_at_once = _at_most(parse_amount(domain.max_domains, field), (sizes > 0).sum(axis=1))
        largest = -np.sort(-here, axis=1)
        here = np.where(np.arange(sizes.shape[1]) < open_at_once[:, None], largest, 0)
    total: Ints = here.sum(axis=1)
    return total


def _zone_sizes(population: Population) -> Ints:
    """int64[n, z]: nodes of each cluster in each zone; all in one where clusters tell of none."""
    columns = [index for index, value in enumerate(population.values) if value.attribute == ZONE]
    sizes = population.strata[:, columns].astype(np.int64)
    untold = population.weight - sizes.sum(axis=1)
    return np.column_stack([sizes, np.maximum(untold, 0)])


def _even(weight: Ints, parts: int) -> Ints:
    return np.column_stack([(weight + part) // parts for part in range(parts)])


def _over(amount: Amount, sizes: Ints) -> Ints:
    total: Ints = _at_most(amount, sizes).sum(axis=1)
    return total


def _at_most(amount: Amount, totals: Ints) -> Ints:
    """``Amount.at_most`` of each."""
    if amount.count is not None:
        return np.minimum(amount.count, totals)
    share = amount.share or 0.0
    least = np.where((totals > 0) & (share > 0), 1, 0)
    found: Ints = np.minimum(totals, np.maximum((share * totals + 1e-9).astype(np.int64), least))
    return found
