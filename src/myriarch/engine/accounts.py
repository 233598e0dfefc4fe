"""The wealth of one stratum's test as a release remembers it: ln of what each effect's account holds, and the steps.

What is betted on is a hazard ratio (``sequential/hazard.py``); who is compared with whom is ``evidence.py``'s and
``strikes.py``'s to say.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myriarch.engine.population import Floats
from myriarch.engine.sequential.hazard import HARMFUL_TIMES
from myriarch.engine.sequential.wealth import LATE_SHARE, Wealth, begin

EFFECTS = len(HARMFUL_TIMES)
SAVED_DIGITS = 6

Account = tuple[float, ...]

ALL_NODES = "*"
"""Name of the stratum of all nodes; the others are named ``attribute=value``."""


def wealth_of(accounts: Sequence[Account]) -> Wealth:
    """A row for each of ``accounts``, of which there is one at least."""
    table = np.asarray(accounts, np.float64)
    return Wealth(table[:, :EFFECTS], table[:, EFFECTS], LATE_SHARE)


def opened() -> Account:
    """One that has seen nothing."""
    return _saved(begin((1,), EFFECTS))


def staked(account: Account | None, log_factors: Floats) -> Account:
    """``account`` (a new one where None) after one look: ``log_factors`` float64[EFFECTS]."""
    wealth = begin((1,), EFFECTS) if account is None else wealth_of([account])
    return _saved(wealth.updated(log_factors[None, :], np.ones(1, np.bool_)))


def _saved(wealth: Wealth) -> Account:
    return (*(round(float(stake), SAVED_DIGITS) for stake in wealth.log_stakes[0]), float(wealth.steps[0]))
