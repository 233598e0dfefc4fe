"""The diff gate: what the revision would do to what stands holds for a person, by kinds of change.

Rendering is left to whoever asks (``Render``): it needs the bundle's driver. Clusters that would get the very same
objects are rendered once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from myriarch.api.gates import ChangeKind, DiffGate, Verdict
from myriarch.gates.diff import Change, Rendered, changes_of
from myriarch.gates.question import Answer, Question

SHOWN_CHANGES: Final = 6


class Render(Protocol):
    """Both revisions as each kind of cluster of the wave would get them. Raises MyriarchError where that fails."""

    async def __call__(self, question: Question) -> Sequence[Rendered]: ...


async def ask_diff(gate: DiffGate, question: Question, render: Render) -> Answer:
    """Pass where there is no such change, else Hold: it never fails."""
    rendered = await render(question)
    found: dict[Change, str] = {}
    for each in rendered:
        for change in changes_of(each):
            found.setdefault(change, each.cluster)
    wanted = set(gate.hold_for) or set(ChangeKind)
    holding = sorted(change for change in found if change.kind in wanted)
    others = len(found) - len(holding)
    more = f"; {others} changes of other kinds" if others else ""
    step = f"{', '.join(question.previous) or 'nothing'} to {question.revision}"
    if not holding:
        return Answer(Verdict.PASS, f"{step}: no change that must be looked at{more}", 0.0, "== 0")
    shown = "; ".join(_worded(change, found[change], len(rendered)) for change in holding[:SHOWN_CHANGES])
    rest = f"; and {len(holding) - SHOWN_CHANGES} more" if len(holding) > SHOWN_CHANGES else ""
    count = float(len(holding))
    return Answer(Verdict.HOLD, f"{step}: {len(holding)} changes: {shown}{rest}{more}", count, "== 0")


def _worded(change: Change, cluster: str, kinds: int) -> str:
    return f"{change} (in {cluster})" if kinds > 1 else str(change)
