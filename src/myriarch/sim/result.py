"""What comes of a run, as JSON. Nothing in it depends on the machine's speed."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from myriarch.api.release import Phase
from myriarch.sim.invariants.checker import Violation


class Struct(msgspec.Struct, kw_only=True, rename="camel"):
    """Base of the result's parts."""


class ReleaseResult(Struct, kw_only=True):
    """One release. Exposure is a share from 0 to 1 by environment; counts are of nodes, at the end."""

    name: str
    phase: Phase
    reason: str
    message: str
    blame: dict[str, str]
    exposure: dict[str, float]
    harmed_unit_seconds: Annotated[float, Meta(description="Nodes truly harmed, times seconds.")]
    first_harm_to_decision_seconds: float | None
    nodes_reverted: int
    nodes_stuck: int
    nodes_unreachable: int
    nodes_on_revision: int
    nodes: int
    virtual_seconds: Annotated[float | None, Meta(description="From its creation to its end.")]
    transitions: list[str]


class Expected(Struct, kw_only=True):
    """One expectation, and how it turned out; ``found`` says what was found where it was not met."""

    release: str
    met: bool
    found: list[str]


class Met(Struct, kw_only=True):
    """How often one transition met one fault class."""

    phase: str
    event: str
    fault: str
    count: int


class Result(Struct, kw_only=True):
    """A whole run. ``trace`` is the hash of all its lines: same scenario and seed, same hash."""

    scenario: str
    seed: int
    clusters: int
    nodes: int
    virtual_seconds: float
    releases: list[ReleaseResult]
    invariants_checked: list[str]
    invariants_broken: dict[str, int]
    violations: list[Violation]
    expectations: list[Expected]
    coverage: list[Met]
    transitions: dict[str, int]
    faults: dict[str, int]
    trace: str
    trace_lines: int

    @property
    def good(self) -> bool:
        """No invariant broken and every expectation met."""
        return not self.violations and all(expected.met for expected in self.expectations)
