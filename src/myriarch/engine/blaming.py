"""What the failed nodes of a stage have in common: the counts behind the question, and the first answer.

Where updated nodes are compared with those beside them, the counts are the comparison's: all that ever failed in this
attempt, well again or not, updated or not. At risk were all nodes that ever began; clusters tell what those are.
Elsewhere they are the tallies of what fails now. What explains them is ``blame/attributes.py``'s to say.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.blame.attributes import find_attributes
from myriarch.engine.blame.attribution import Spread
from myriarch.engine.blame.candidates import Tallies
from myriarch.engine.observed import Observed
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Floats, some

NAMED_VALUES = 6
LIKELY = 3.0
"""Where failures convict no value, the best suspect is named if it is e^3 (20 times) likelier than none."""


def in_common(plan: ReleasePlan, observed: Observed, stage: int, failed: int) -> dict[str, str]:
    """The likeliest value to explain the failures of ``stage`` (``failed`` nodes), and those always together with it;
    none where they are spread evenly, or too few to suspect any."""
    source = _compared(plan, observed, stage)
    if source is None and stage < len(observed.tallies) and failed:
        tally = observed.tallies[stage]
        source = _by_name(plan, stage, tally.updated, tally.failed)
    if source is None:
        return {}
    found = find_attributes(source)
    sure = found.spread is Spread.CONCENTRATED
    blamed = [each for each in found.suspects[:1] if sure or each.weight >= LIKELY]
    named: dict[str, str] = {}
    for value in (value for each in blamed for value in (*each.values, *each.together)):
        if len(named) < NAMED_VALUES:
            named.setdefault(value.attribute, value.value)
    return named


def _compared(plan: ReleasePlan, observed: Observed, stage: int) -> Tallies | None:
    """By what agents tell of updated nodes against those beside them; None where no updated one failed."""
    compared, population = observed.compared, plan.population
    if compared is None or len(compared.counts) != len(population.values) + 1:
        return None
    counts = compared.of_stage(stage)
    if not counts[-1, 1]:
        return None
    here = plan.stages[stage].members & observed.present & ((observed.granted > 0) | (observed.begun > 0))
    if not some(here):
        return None
    strata = population.strata[here].sum(axis=0)
    failed, beside = counts[:-1, 1], counts[:-1, 3]
    updated = np.maximum(_begun(plan, observed)[here].sum(axis=0), failed)
    control = np.rint(np.maximum(strata - updated, 0.0))
    return _by_name(plan, stage, updated, failed, control, beside)


def _begun(plan: ReleasePlan, observed: Observed) -> Floats:
    """float64[n, v]: nodes of each value that have ever begun, as agents tell; else estimated from how much of each
    cluster has."""
    population = plan.population
    if observed.strikes is not None and observed.strikes.begun_by_value is not None:
        return observed.strikes.begun_by_value().astype(np.float64)
    share: Floats = np.minimum(observed.begun / np.maximum(population.weight, 1), 1.0)
    return share[:, None] * population.strata


def _by_name(plan: ReleasePlan, stage: int, *columns: np.ndarray) -> Tallies:
    """Values in the order of their names: clusters come to each hub in an order of their own, and equals are told by
    theirs. What all nodes of the stage have, as its environment, sets none of them apart and is left out."""
    population, members = plan.population, plan.stages[stage].members
    values = population.values
    telling = population.strata[members].sum(axis=0) < population.weight[members].sum()
    order = sorted(np.flatnonzero(telling), key=lambda index: (values[index].attribute, values[index].value))
    return Tallies.of(tuple(values[index] for index in order), *(column[order] for column in columns))
