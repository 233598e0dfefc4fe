"""Freeze windows that hold a release now, before it begins.

Those that it runs into later are among the conflicts of its plan (``engine/conflicts.py``), with the waves they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from myriarch.api.freezewindow import FreezeWindow
from myriarch.base.clock import rfc3339
from myriarch.controllers.release.freezing import state_of
from myriarch.engine.windows import INFINITE


def freeze_warnings(windows: Sequence[FreezeWindow], plan: dict[str, Any], component: str, now: float) -> Iterator[str]:
    """A sentence for each window that holds now, in the hub's order.

    ``plan`` is a plan's document; times in Unix seconds. Windows by cluster labels count as hitting.
    """
    environments = {stage["environment"] for stage in plan["stages"]}
    for window in windows:
        spec = window.spec
        if spec.components and component not in spec.components:
            continue
        if spec.environments and environments.isdisjoint({*spec.environments, ""}) and "" not in environments:
            continue
        state = state_of(window, now)
        where = f" in {', '.join(spec.environments)}" if spec.environments else ""
        if state.active:
            until = "until it is removed" if state.changes_at == INFINITE else f"until {rfc3339(state.changes_at)}"
            yield f"freeze window {window.name} holds forward steps{where} now, {until}: {state.fault or spec.reason}"
