"""What is likelier to explain failures before any is seen.

A revision that runs on nodes breaks by what a node is (its OS, kernel, GPU model), less often by what its cluster is
(its provider, its role), least by far by where it stands: zones and racks fail by themselves. Each step is taken to be
``STEP`` times less likely, and to a place it is ``PLACE_STEPS``. That decides between explanations that the failures
can't tell apart, and says which of the values that always occur together is named first; a few failures more outweigh
it.
"""

from __future__ import annotations

from math import log
from typing import Final

from myriarch.api.strata import CLUSTER_ATTRIBUTES, ENVIRONMENT, halves

STEP: Final = 3.0
PLACE_STEPS: Final = 3
PLACES: Final = frozenset({ENVIRONMENT, "region", "zone", "rack"})


def doubt(attribute: str) -> float:
    """How much less likely (natural logarithm) an attribute is than one of the nodes' own."""
    parts = halves(attribute) or (attribute,)
    return max(PLACE_STEPS if part in PLACES else part in CLUSTER_ATTRIBUTES for part in parts) * log(STEP)
