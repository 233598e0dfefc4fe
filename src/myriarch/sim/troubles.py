"""What was wrong when: the spans during which faults were active, and clusters were out of reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

FOREVER = float("inf")


@dataclass(slots=True)
class Span:
    """From ``begin`` to ``end`` (Unix seconds; infinite while it lasts). ``clusters`` is None where it hit all."""

    fault: str
    begin: float
    end: float = FOREVER
    clusters: frozenset[str] | None = None


@dataclass
class Troubles:
    """All spans so far, in the order of their begin."""

    now: Callable[[], float]
    spans: list[Span] = field(default_factory=list)

    def begin(self, fault: str, clusters: frozenset[str] | None) -> Span:
        span = Span(fault, self.now(), clusters=clusters)
        self.spans.append(span)
        return span

    def end(self, span: Span) -> None:
        span.end = self.now()

    def classes_between(self, since: float, until: float) -> list[str]:
        """Fault classes that were active at some time in [since, until], each once."""
        found = {span.fault: None for span in self.spans if span.begin <= until and span.end >= since}
        return list(found)

    def hindered(self, cluster: str, since: float, until: float) -> bool:
        """Whether some fault kept news to or from ``cluster`` from travelling in [since, until]."""
        return any(
            span.begin <= until and span.end >= since and (span.clusters is None or cluster in span.clusters)
            for span in self.spans
            if span.fault in HINDERING
        )

    def last_end(self) -> float:
        """When the last trouble so far was over; minus infinity where there was none."""
        return max((span.end for span in self.spans), default=-FOREVER)


HINDERING = frozenset(
    {
        "controllerCrash",
        "agentCrash",
        "conflict",
        "watchDrop",
        "gone",
        "apiError",
        "partition",
        "silentCluster",
        "clockSkew",
        "disorder",
        "hubLost",
        "oldAgents",
    }
)
"""Faults that keep news from travelling; the others strike nodes."""
