"""Which class moves the components of which driver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from myriarch.api.component import DriverName
from myriarch.drivers.mover import Ground, Mover

MOVERS: Final[dict[DriverName, Callable[[Ground], Mover]]] = {}
"""By ``Component.spec.driver``; ``simulated`` moves nothing in a real cluster."""
