"""The driver of simulated clusters: orders go to the fleet's columns, symptoms are read off them.

It sees what a real cluster's API would show (conditions, revisions, orders) and nothing of what a scenario
hides. Flapping shows only over time, so the driver remembers how often each node's Ready had changed; that
memory may be lost with the process, and is gathered again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myriarch.drivers.driver import NO_VALUE, Attribute, Bools, Floats, Ints, NodeStates, Symptom, Trouble
from myriarch.engine.partition import LabelColumn, label_column
from myriarch.engine.population import some
from myriarch.fleet.columns import REASONS
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.view import ClusterView, NodeColumns

FLAPS = 4
"""So many changes of Ready within the window, none of them by an order, are flapping."""

FLAP_WINDOW_SECONDS = 3600.0

_UPDATING = REASONS.index("NodeUpdating")
_CRASH = REASONS.index("CrashLoop")


@dataclass(slots=True)
class _Flaps:
    """What was counted when the window began (int32[n]), when each node's last move ended, and since when it flaps
    (0: it does not)."""

    window_began_at: float
    counted: NDArray[np.int32]
    moved_at: Floats
    flapping_since: Floats


class SimulatedDriver:
    """One simulated cluster."""

    def __init__(self, fleet: Fleet, cluster: str) -> None:
        self._fleet = fleet
        self._view: ClusterView = fleet.cluster(cluster)
        self._flaps: dict[str, _Flaps] = {}

    @property
    def names(self) -> Sequence[str]:
        return self._view.names

    @property
    def partitioned(self) -> bool:
        """Whether the cluster is cut off from the hub."""
        return self._view.partitioned

    def attributes(self) -> dict[str, Attribute]:
        found = {}
        for name, column in self._view.attributes.items():
            values = tuple(value or NO_VALUE for value in column.values)
            found[name] = Attribute(values, column.codes)
        return found

    def labels(self, keys: Sequence[str]) -> dict[str, LabelColumn]:
        return {key: label_column(self._view.labels(key)) for key in keys}

    def membership(self) -> tuple[Bools, Bools] | None:
        return None

    def whole(self, component: str) -> bool:
        return False

    def trouble(self, component: str) -> Trouble | None:
        return None

    def waits(self, component: str) -> Mapping[str, str]:
        return {}

    def number_of(self, component: str, revision: str) -> int:
        names = self._fleet.revision_names(component)
        return names.index(revision) if revision in names else -2

    def assume(self, component: str, revision: str) -> None:
        self._fleet.assume_base(component, revision)

    def observe(self, component: str, now: float) -> NodeStates:
        seen = self._view.observe(component)
        flapping_since = self._watch_flaps(component, seen, now)
        updating = seen.reason == _UPDATING
        symptom, symptom_since = _symptoms(seen, flapping_since, updating)
        return NodeStates(
            present=seen.present,
            ready=seen.ready,
            since=seen.since,
            symptom=symptom,
            symptom_since=symptom_since,
            at=seen.revision,
            target=seen.target,
            previous=seen.previous,
            attempt=seen.attempt,
            started=seen.started,
            moving=seen.busy,
            done_at=seen.done_at,
            moving_since=_moving_since(seen, updating),
        )

    def advance(self, component: str, nodes: Ints, revision: str, attempt: int, now: float) -> None:
        self._view.install(component, nodes, revision, attempt, now)

    def revert(self, component: str, nodes: Ints, now: float) -> None:
        self._view.revert(component, nodes, now)

    def confirm(self, component: str, nodes: Ints) -> None:
        self._view.forget_previous(component, nodes)

    def _watch_flaps(self, component: str, seen: NodeColumns, now: float) -> Floats:
        """Since when each node flaps (0: it does not). A node that is moved starts afresh."""
        flaps = self._flaps.get(component)
        size = len(seen.present)
        if flaps is None or len(flaps.counted) != size:
            flaps = _Flaps(now, seen.ready_transitions.copy(), seen.done_at.copy(), np.zeros(size))
            self._flaps[component] = flaps
        moved = seen.busy | (seen.done_at != flaps.moved_at)  # also where the whole move went unseen
        if some(moved):
            flaps.counted[moved] = seen.ready_transitions[moved]
            flaps.moved_at[moved] = seen.done_at[moved]
            flaps.flapping_since[moved] = 0.0
        if now - flaps.window_began_at > FLAP_WINDOW_SECONDS:
            flaps.window_began_at = now
            flaps.counted = seen.ready_transitions.copy()
        flapping = seen.ready_transitions - flaps.counted >= FLAPS
        if some(flapping):
            flaps.flapping_since[flapping & (flaps.flapping_since == 0.0)] = now
        return flaps.flapping_since


def _moving_since(seen: NodeColumns, updating: Bools) -> Floats:
    """When a move under way began; infinite where none is."""
    moving_since = np.full(len(updating), np.inf)
    moving = updating & seen.busy
    if some(moving):
        moving_since[moving] = seen.since[moving]
    return moving_since


def _symptoms(
    seen: NodeColumns, flapping_since: Floats, updating: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], Floats]:
    """The gravest symptom of each node and when it began; being updated is none."""
    symptom = np.zeros(len(seen.present), np.int8)
    since = np.zeros(len(seen.present))
    if some(seen.slow):
        symptom[seen.slow] = Symptom.SLOW
        since[seen.slow] = np.maximum(seen.done_at[seen.slow], 1.0)
    flapping = flapping_since > 0
    if some(flapping):
        symptom[flapping] = Symptom.FLAPPING
        since[flapping] = flapping_since[flapping]
    down = (seen.ready == 0) & ~updating & ~flapping
    if some(down):
        symptom[down] = np.where(seen.reason[down] == _CRASH, Symptom.CRASHED, Symptom.NOT_READY)
        since[down] = seen.since[down]
    silent = seen.ready == -1
    if some(silent):
        symptom[silent] = Symptom.SILENT
        since[silent] = seen.since[silent]
    return symptom, since
