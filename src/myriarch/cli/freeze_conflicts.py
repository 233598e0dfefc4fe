"""Freeze windows that a plan would run into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from myriarch.api.freezewindow import FreezeWindow
from myriarch.base.clock import rfc3339
from myriarch.engine.windows import INFINITE, freeze_at


def freeze_warnings(windows: Sequence[FreezeWindow], plan: dict[str, Any], component: str, now: float) -> Iterator[str]:
    """A sentence for each window that holds now or begins before the plan could end, in the hub's order.

    ``plan`` is a plan's document; times in Unix seconds. Windows by cluster labels count as hitting.
    """
    environments = {stage["environment"] for stage in plan["stages"]}
    for window in windows:
        spec = window.spec
        if spec.components and component not in spec.components:
            continue
        if spec.environments and environments.isdisjoint({*spec.environments, ""}) and "" not in environments:
            continue
        freeze = freeze_at(spec, now)
        where = f" in {', '.join(spec.environments)}" if spec.environments else ""
        if freeze.active:
            until = "until it is removed" if freeze.changes_at == INFINITE else f"until {rfc3339(freeze.changes_at)}"
            yield f"freeze window {window.name} holds forward steps{where} now, {until}: {spec.reason}"
        elif freeze.changes_at < now + plan["minimumSeconds"]:
            begins = rfc3339(freeze.changes_at)
            yield f"freeze window {window.name} will hold forward steps{where} from {begins}: {spec.reason}"
