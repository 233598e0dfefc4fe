"""Times of a policy that can't be meant together: none at all where there must be some, or in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault

SHORTEST_GRANT_SECONDS = 2.0
"""A grant is renewed at half its time: a shorter one would run out before it is heard of."""


def timing_faults(spec: ReleasePolicySpec, root: str) -> Iterator[UserFault]:
    """Every fault, in the order of the fields. Durations that are none are told elsewhere."""
    nodes = spec.nodes
    if _seconds(nodes.update_timeout) == 0:
        cure = "Give the time that a slow node may take, such as 30m."
        yield UserFault(f"{root}.nodes.updateTimeout", nodes.update_timeout, "would fail every node at once", cure)
    revert, grace = _seconds(nodes.revert_failed_after), _seconds(nodes.failure_grace)
    if revert is not None and grace is not None and revert < grace:
        problem = f"is shorter than failureGrace ({nodes.failure_grace}), before which no node has failed"
        yield UserFault(f"{root}.nodes.revertFailedAfter", nodes.revert_failed_after, problem, "Give at least that.")
    grant = _seconds(spec.grant_duration)
    if grant is not None and grant < SHORTEST_GRANT_SECONDS:
        cure = "Give the time that clusters may go on without the hub, such as 1h."
        yield UserFault(f"{root}.grantDuration", spec.grant_duration, "ends before a cluster can act on it", cure)


def _seconds(text: str) -> float | None:
    try:
        return parse_duration(text)
    except ValueError:
        return None
