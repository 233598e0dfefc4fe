"""Which strata a release holds instead of going back as a whole.

Blame has to be sure of them (``blame/attributes.py`` convicts them, and nothing else is nearly as likely), what they
leave unexplained has to be within what the failure rule bears, and they have to be a small part of the release. Values
that always come together with a convicted one can't be told apart from it: they are held too. Everything else is left
to the rest of the failure rule.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.hold import HELD_MAX
from myriarch.api.strata import pair_name, pair_value
from myriarch.engine.blame.attributes import find_attributes
from myriarch.engine.blame.attribution import Attribution, Explanation, Spread
from myriarch.engine.blame.candidates import Tallies
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Observed
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Ints, Value
from myriarch.engine.rules import Rules


def strata_to_hold(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory) -> tuple[Value, ...]:
    """All that is to be held from now on, what is held already first; empty where the harm can't be held so."""
    found = _convicted(plan, rules, observed, memory)
    fresh = [value for value in found if value not in memory.held]
    held = (*memory.held, *fresh)
    if not fresh or len(held) > HELD_MAX:
        return ()
    total = int(plan.population.weight[_members(plan, observed)].sum())
    nodes = int(with_held(plan, held)[_members(plan, observed)].sum())
    return held if nodes <= rules.held_at_most.at_most(total) else ()


def held_nodes(plan: ReleasePlan, observed: Observed, value: Value) -> int:
    """Nodes of the release with ``value``."""
    columns = [index for index, each in enumerate(plan.population.values) if each == value]
    return int(plan.population.strata[_members(plan, observed)][:, columns].sum())


def with_held(plan: ReleasePlan, held: tuple[Value, ...]) -> Ints:
    """int64[n]: nodes of each unit that are held, at most: values overlap."""
    if not held:
        return np.zeros(plan.population.size, np.int64)
    columns = [index for index, each in enumerate(plan.population.values) if each in held]
    nodes: Ints = np.minimum(plan.population.strata[:, columns].sum(axis=1), plan.population.weight)
    return nodes


def _members(plan: ReleasePlan, observed: Observed) -> np.ndarray:
    every = np.zeros(plan.population.size, np.bool_)
    for stage in plan.stages:
        every |= stage.members
    return every & observed.present


def _convicted(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory) -> list[Value]:
    tallies = observed.tallies[: memory.stage + 1]
    if not tallies:
        return []
    values = plan.population.values
    updated, failed = (np.sum([getattr(tally, side) for tally in tallies], axis=0) for side in ("updated", "failed"))
    compared = observed.compared
    beside = compared.counts[:-1, 2:].T if compared is not None and len(compared.counts) == len(values) + 1 else None
    control, struck = (None, None) if beside is None else (beside[0], beside[1])
    found = find_attributes(Tallies.of(values, updated, failed, control, struck))
    if found.spread is not Spread.CONCENTRATED or not _covers(found, rules):
        return []
    named = [value for each in found.explanations for value in _values(each)]
    return named if all(value in values for value in named) else []


def _covers(found: Attribution, rules: Rules) -> bool:
    """Whether what nobody is blamed for is borne, and every blame is beyond doubt."""
    borne = found.left_failed < rules.minimum or found.left_failed <= rules.tolerance.floor(found.left_updated)
    return borne and not any(each.rivals for each in found.explanations)


def _values(explanation: Explanation) -> list[Value]:
    values = sorted(explanation.values, key=lambda value: value.attribute)
    one = values[0]
    if len(values) > 1:
        names = [value.attribute for value in values]
        one = Value(pair_name(names), pair_value(values[0].value, values[1].value))
    return [one, *explanation.together]
