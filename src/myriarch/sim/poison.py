"""Makes a scenario unreadable once a simulation is built of it.

Nothing but the fleet may know what a revision will do. Every part of a scenario is emptied in place, and
whoever still reads one gets an error instead of the future.
"""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec

from myriarch.base.errors import ProgrammerError


class _Poison:
    """Raises on any use."""

    def _raise(self, *_given: Any) -> NoReturn:
        raise ProgrammerError("a scenario was read after the simulation was built")

    __getattr__ = __getitem__ = __call__ = __iter__ = __len__ = __bool__ = _raise
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _raise
    __str__ = __format__ = __int__ = __float__ = __index__ = __add__ = __radd__ = _raise
    __hash__ = None  # type: ignore[assignment]


POISON = _Poison()


def poison(part: Any) -> None:
    """Empty ``part`` and everything in it, in place. Frozen values (a FleetSpec) belong to the fleet and stay."""
    if isinstance(part, list):
        for item in part:
            poison(item)
        part[:] = [POISON]
    elif isinstance(part, dict):
        for item in list(part.values()):
            poison(item)
        part.clear()
        part[POISON_KEY] = POISON
    elif isinstance(part, msgspec.Struct) and not part.__struct_config__.frozen:
        for name in part.__struct_fields__:
            poison(getattr(part, name))
            setattr(part, name, POISON)


POISON_KEY = "poisoned"
