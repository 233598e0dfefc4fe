"""What the metrics of a release have shown, a sentence each, for its status; and which approvals of them count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import ReleaseStatus
from myriarch.base.errors import UserFault

METRIC: Final = re.compile(r"metric/(?P<name>[a-z0-9][-a-z0-9]*)/(?P<stage>.+)/[1-9][0-9]*")
"""How the approval of a silent metric is named: metric/NAME/STAGE/WAVE."""


def metric_lines(status: ReleaseStatus) -> Iterator[str]:
    """One line a metric: what both arms show, how much likelier that is with harm, and why it says nothing."""
    for each in status.evidence.metrics if status.evidence is not None else ():
        told = each.message or "no numbers yet"
        if each.looks:
            told += f"; {each.times:,.3g} times likelier with harm"
        silent = each.problem or each.rests
        yield f"{each.name}: {told}" + (f"; {silent}" if silent else "")


def check_metric_approval(policy: ReleasePolicySpec, what: str) -> None:
    """Raises UserFault for an approval that no metric of the policy ever asks for."""
    found = METRIC.fullmatch(what)
    names = [metric.name for metric in policy.analysis.metrics] if policy.analysis is not None else []
    stages = [stage.name for stage in policy.stages]
    if found is None or found["name"] not in names or found["stage"] not in stages:
        cure = f"Write metric/NAME/STAGE/WAVE; metrics: {', '.join(names) or 'none'}; stages: {', '.join(stages)}."
        raise UserFault("what", what, "no such metric holds this release", cure)
