"""What the failed nodes of a stage have in common: the counts behind the question, and the first answer.

Where updated nodes are compared with those beside them, the counts are the comparison's: all that ever failed in this
attempt, well again or not, updated or not. Who was at risk is then estimated for every value from how much of each
cluster is updated. Elsewhere they are the tallies of what fails now. What explains them is ``blame/attributes.py``'s to
say.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.blame.attributes import find_attributes
from myriarch.engine.blame.attribution import Spread
from myriarch.engine.blame.candidates import Tallies
from myriarch.engine.observed import Observed
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Floats, Value, some

NAMED_VALUES = 6
SHARED = 0.8
RARE = 0.05
"""Where failures convict no value, one is named that so large a part of them shares, and that chance would have seem
guilty less often than this, were it alone to be asked."""


def in_common(plan: ReleasePlan, observed: Observed, stage: int, failed: int) -> dict[str, str]:
    """The values that explain the failures of ``stage``, and those always together with them; where failures are too
    few to tell, the likeliest of those that (nearly) all ``failed`` nodes share; none where they are spread evenly."""
    source = _compared(plan, observed, stage)
    if source is not None:
        failed = int(source.whole.failed[0])
    elif stage < len(observed.tallies) and failed:
        tally = observed.tallies[stage]
        source = _by_name(plan.population.values, tally.updated, tally.failed)
    else:
        return {}
    found = find_attributes(source)
    blamed = list(found.explanations[:1])
    if found.spread is not Spread.CONCENTRATED:
        blamed = [each for each in found.suspects if each.failed >= SHARED * failed and each.chance <= RARE][:1]
    named: dict[str, str] = {}
    for value in (value for each in blamed for value in (*each.values, *each.together)):
        if len(named) < NAMED_VALUES:
            named.setdefault(value.attribute, value.value)
    return named


def _compared(plan: ReleasePlan, observed: Observed, stage: int) -> Tallies | None:
    """By what agents tell of updated nodes against those beside them; None where no updated one failed."""
    compared, population = observed.compared, plan.population
    if compared is None or len(compared.counts) != len(population.values) + 1 or not compared.counts[-1, 1]:
        return None
    here = plan.stages[stage].members & observed.present & ((observed.granted > 0) | (observed.begun > 0))
    if not some(here):
        return None
    strata = population.strata[here].astype(np.float64)
    begun: Floats = np.minimum(observed.begun[here] / np.maximum(population.weight[here], 1), 1.0)
    failed, beside = compared.counts[:-1, 1], compared.counts[:-1, 3]
    updated: Floats = begun @ strata
    if stage < len(observed.tallies):  # which knows of some clusters what is estimated here
        updated = np.maximum(observed.tallies[stage].updated, failed)
    control = np.rint(np.maximum(strata.sum(axis=0) - updated, 0.0))
    return _by_name(population.values, updated, failed, control, beside)


def _by_name(values: tuple[Value, ...], *columns: np.ndarray) -> Tallies:
    """Values in the order of their names: clusters come to each hub in an order of their own, and equals are told by
    theirs."""
    order = sorted(range(len(values)), key=lambda index: (values[index].attribute, values[index].value))
    return Tallies.of(tuple(values[index] for index in order), *(column[order] for column in columns))
