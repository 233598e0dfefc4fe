"""What every checker is: one promise, watched through one run.

A checker hears what the witness hears and calls ``broken`` where its promise is. It judges by the truth (the
fleet's columns) and by what was written (the hub's objects), never by what the code under test thinks of
itself. Where news need time to travel, it allows ``LAG_SECONDS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import msgspec

from myriarch.api.cluster import ComponentStatus
from myriarch.api.release import Release
from myriarch.sim.ledger import Ledger
from myriarch.sim.metrics import MetricSource
from myriarch.sim.troubles import Troubles
from myriarch.sim.truth import Nodes
from myriarch.sim.witness import Granted, Moved, Witness

LAG_SECONDS = 120.0
"""News of a change reach hub and agents within this, where no fault hinders them."""

MOST_KEPT = 5
"""Violations of one invariant that are kept; the first tells most."""


class Violation(msgspec.Struct, kw_only=True, rename="camel"):
    """An invariant that was broken: when (seconds from the start of the run), and how."""

    invariant: str
    at_seconds: float
    text: str


@dataclass
class Scene:
    """What a checker may look at. Once all trouble is over (``calm_at``), releases must end by ``deadline``."""

    witness: Witness
    troubles: Troubles
    ledger: Ledger
    metrics: MetricSource
    start: float
    deadline: float = float("inf")
    calm_at: float = float("inf")
    violations: list[Violation] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def report(self, invariant: str, at: float, text: str) -> None:
        found = self.counts.get(invariant, 0)
        self.counts[invariant] = found + 1
        if found < MOST_KEPT:
            self.violations.append(Violation(invariant=invariant, at_seconds=round(at - self.start, 3), text=text))


class Checker:
    """Base of all: hears everything and minds nothing."""

    name: ClassVar[str] = ""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.witness = scene.witness
        self.seen = scene.witness.seen
        self.troubles = scene.troubles

    def broken(self, at: float, text: str) -> None:
        self.scene.report(self.name, at, text)

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        """Nodes of a cluster changed."""

    def granted(self, written: Granted) -> None:
        """A grant was written."""

    def reported(self, at: float, cluster: str, status: ComponentStatus) -> None:
        """An agent's report was written."""

    def release_moved(self, moved: Moved, release: Release) -> None:
        """A release made a transition."""

    def release_written(self, at: float, release: Release) -> None:
        """A release was written."""

    def ended(self, at: float) -> None:
        """The run is over."""


CheckerType = Callable[[Scene], Checker]
