"""How often a hub looks for cyclic garbage: seldom, for it makes next to none and holds millions of objects.

Python's own thresholds are for small programs. In a hub of ten thousand clusters they spend a sixth of the time on
looking again and again through objects that are all in use.
"""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
YOUNG_ROUNDS = 20
OLD_ROUNDS = 50


def look_seldom() -> None:
    """For the whole process, from now on. Repeating is harmless."""
    gc.set_threshold(NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)
