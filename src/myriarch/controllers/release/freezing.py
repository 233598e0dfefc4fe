"""Which clusters freeze windows hold now, for one release."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.api.cluster import Cluster
from myriarch.api.freezewindow import FreezeWindow
from myriarch.api.override import Bypass
from myriarch.api.release import Release
from myriarch.base.clock import parse_rfc3339
from myriarch.base.errors import UserFault
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.starting import key_of
from myriarch.engine.population import Bools, Floats
from myriarch.engine.windows import freeze_at, window_faults

NEVER = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Freezes:
    """frozen bool[n] now; ``next_start`` float64[n]: when each may be frozen next; ``changes_at`` is when to look
    again (Unix seconds). ``waits`` says, in sentences, of which clusters are held for another component's sake."""

    frozen: Bools
    next_start: Floats
    changes_at: float
    reason: str
    waits: tuple[str, ...] = ()


def freezes_for(caches: Caches, table: FleetTable, release: Release, now: float) -> Freezes:
    """What the windows say of every cluster for ``release``."""
    frozen = np.zeros(table.size, np.bool_)
    next_start = np.full(table.size, NEVER)
    changes_at, reasons = NEVER, []
    bypassed_until = _bypassed_until(caches, release, now)
    for window in windows_of(caches, release.spec.component):
        state = state_of(window, now)
        chosen = _chosen(window, table)
        if bypassed_until > now and not window.spec.stop:
            changes_at = min(changes_at, bypassed_until)
            starts = bypassed_until if state.active else max(bypassed_until, state.changes_at)
            next_start[chosen] = np.minimum(next_start[chosen], starts)
            continue
        changes_at = min(changes_at, state.changes_at)
        if state.active:
            frozen |= chosen
            reasons.append(f"{window.name}: {state.fault or window.spec.reason}")
        else:
            next_start[chosen] = np.minimum(next_start[chosen], state.changes_at)
    return Freezes(frozen, next_start, changes_at, "; ".join(reasons))


@dataclass(frozen=True, slots=True)
class WindowState:
    """As ``engine.windows.Freeze``; ``fault`` says why the window can't be read, '' where it can."""

    active: bool
    changes_at: float
    fault: str = ""


def state_of(window: FreezeWindow, now: float) -> WindowState:
    """Whether the window is in force. One that can't be read is, until it is mended: nobody knows when it would not
    be. An embedded hub refuses such a window; another API server admits it."""
    try:
        state = freeze_at(window.spec, now)
    except (UserFault, ValueError):
        faults = window_faults(window.spec)
        return WindowState(True, NEVER, faults[0].message if faults else "it can't be read")
    return WindowState(state.active, state.changes_at)


def windows_of(caches: Caches, component: str) -> list[FreezeWindow]:
    """The windows that concern a component, by name."""
    every = sorted(caches.windows.cache.values(), key=lambda window: window.name)
    return [window for window in every if not window.spec.components or component in window.spec.components]


def selects(window: FreezeWindow, cluster: Cluster) -> bool:
    """Whether the window speaks of ``cluster``."""
    spec = window.spec
    here = not spec.environments or cluster.spec.environment in spec.environments
    return here and (spec.selector is None or spec.selector.matches(cluster.metadata.labels))


def _chosen(window: FreezeWindow, table: FleetTable) -> Bools:
    spec = window.spec
    chosen = np.zeros(table.size, np.bool_)
    for environment in spec.environments or [None]:  # type: ignore[list-item]
        chosen |= table.matching(environment, spec.selector)
    return chosen


def _bypassed_until(caches: Caches, release: Release, now: float) -> float:
    """Until when an override lets the release go on through freezes (Unix seconds; ``now`` where none does). A stop
    is never bypassed."""
    key = key_of(release)
    expiries = [
        parse_rfc3339(override.spec.expires)
        for override in caches.overrides.cache.values()
        if override.spec.release == key and Bypass.FREEZE in override.spec.bypass
    ]
    return max([now, *expiries])
