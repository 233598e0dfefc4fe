"""Which clusters freeze windows hold now, for one release."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.api.freezewindow import FreezeWindow
from myriarch.api.override import Bypass
from myriarch.api.release import Release
from myriarch.base.clock import parse_rfc3339
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.starting import key_of
from myriarch.engine.population import Bools, Floats
from myriarch.engine.windows import freeze_at

NEVER = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Freezes:
    """frozen bool[n] now; ``next_start`` float64[n]: when each may be frozen next; ``changes_at`` is when to look
    again (Unix seconds)."""

    frozen: Bools
    next_start: Floats
    changes_at: float
    reason: str


def freezes_for(caches: Caches, table: FleetTable, release: Release, now: float) -> Freezes:
    """What the windows say of every cluster for ``release``."""
    frozen = np.zeros(table.size, np.bool_)
    next_start = np.full(table.size, NEVER)
    changes_at, reasons = NEVER, []
    bypassed = _bypassed(caches, release, now)
    for window in sorted(caches.windows.cache.values(), key=lambda window: window.name):
        if not _concerns(window, release) or (bypassed and not window.spec.stop):
            continue
        state = freeze_at(window.spec, now)
        changes_at = min(changes_at, state.changes_at)
        chosen = _chosen(window, table)
        if state.active:
            frozen |= chosen
            reasons.append(f"{window.name}: {window.spec.reason}")
        else:
            next_start[chosen] = np.minimum(next_start[chosen], state.changes_at)
    return Freezes(frozen, next_start, changes_at, "; ".join(reasons))


def _concerns(window: FreezeWindow, release: Release) -> bool:
    return not window.spec.components or release.spec.component in window.spec.components


def _chosen(window: FreezeWindow, table: FleetTable) -> Bools:
    spec = window.spec
    chosen = np.zeros(table.size, np.bool_)
    for environment in spec.environments or [None]:  # type: ignore[list-item]
        chosen |= table.matching(environment, spec.selector)
    return chosen


def _bypassed(caches: Caches, release: Release, now: float) -> bool:
    """Whether an override in force lets the release go on through freezes. A stop is never bypassed."""
    return any(
        override.spec.release == key_of(release)
        and Bypass.FREEZE in override.spec.bypass
        and parse_rfc3339(override.spec.expires) > now
        for override in caches.overrides.cache.values()
    )
