"""The gates of a policy as numbers, read once: where and when each counts, how often it is asked.

What follows from an answer is in ``gate_standing.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from myriarch.api.gates import Gate, When
from myriarch.base.durations import parse_duration

ASK_SECONDS = 60.0
"""How often a gate is asked again that names no interval."""

JOB_POLL_SECONDS = 30.0
"""How often a Job that runs is looked at; another is made after the interval only."""

DIFF_SECONDS = 600.0
"""What two revisions differ in stays the same: it is computed again only in case that it could not be."""

TIMEOUT_SECONDS = 30.0
JOB_TIMEOUT_SECONDS = 1800.0
"""How long one question may take where the gate names no timeout."""

PROMQL_SAMPLES = 3
"""Answers in a row that must agree where a promql gate says nothing: one odd sample proves nothing."""


@dataclass(frozen=True, slots=True)
class GateRule:
    """``stages`` and ``waves`` (from 1) where it counts, all where empty. ``poll_seconds``: asked again so long after
    a Hold, ``interval_seconds`` after a verdict; ``repeats``: also after a Pass. ``samples``: answers in a row that
    must agree. ``by_person``: nobody is asked, an approval passes it; ``approvable``: an approval passes its Hold.
    ``metric``: nobody is asked, what that metric shows passes it.
    """

    name: str
    when: When
    stages: frozenset[str]
    waves: frozenset[int]
    interval_seconds: float
    poll_seconds: float
    repeats: bool
    timeout_seconds: float
    samples: int
    by_person: bool
    approvable: bool
    metric: str = ""

    def counts_in(self, stage: str, wave: int) -> bool:
        """Whether it counts in the ``wave`` (from 0) of ``stage``."""
        return (not self.stages or stage in self.stages) and (not self.waves or wave + 1 in self.waves)

    @property
    def stale_seconds(self) -> float:
        """How old a Pass may be where the gate is asked again and again; infinite where it is not."""
        if not self.repeats or self.by_person:
            return float("inf")
        return STALE_INTERVALS * self.interval_seconds + self.timeout_seconds


STALE_INTERVALS = 2.0
"""One answer may be late; silence for longer lets nothing pass."""


def read_gates(gates: Sequence[Gate]) -> tuple[GateRule, ...]:
    """The gates in their order. Raises ValueError for a duration that is none."""
    return tuple(_rule(gate) for gate in gates)


def _rule(gate: Gate) -> GateRule:
    usual = DIFF_SECONDS if gate.diff is not None else ASK_SECONDS
    interval = usual if gate.interval is None else parse_duration(gate.interval)
    return GateRule(
        name=gate.name,
        when=gate.when,
        stages=frozenset(gate.stages),
        waves=frozenset(gate.waves),
        interval_seconds=interval,
        poll_seconds=min(interval, JOB_POLL_SECONDS) if gate.job is not None else interval,
        repeats=gate.interval is not None or gate.when is When.DURING,
        timeout_seconds=timeout_seconds(gate),
        samples=gate.samples or (PROMQL_SAMPLES if gate.promql is not None else 1),
        by_person=gate.approval is not None,
        approvable=gate.diff is not None or gate.metric is not None,
        metric=gate.metric.name if gate.metric is not None else "",
    )


def timeout_seconds(gate: Gate) -> float:
    """How long one question of the gate may take."""
    if gate.timeout is not None:
        return parse_duration(gate.timeout)
    return JOB_TIMEOUT_SECONDS if gate.job is not None else TIMEOUT_SECONDS
