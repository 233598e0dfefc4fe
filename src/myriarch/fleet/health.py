"""What a cluster shows of its nodes' health, derived from what befell them.

Several things may be wrong with a node at once; what shows is the gravest: unreachable, then updating, then
broken by ordinary failure or by an effect. Reachability also decides moves: those of a node that left stall,
and those ordered meanwhile begin when it returns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from myriarch.fleet import moves
from myriarch.fleet.behaviour import SYMPTOM_CODES, Mask, Symptom
from myriarch.fleet.columns import ClusterState, Failure, Fault, Move, Reason, Stage
from myriarch.fleet.draws import Ints
from myriarch.fleet.plan import Rows
from myriarch.fleet.world import World

_SILENT = SYMPTOM_CODES[Symptom.SILENT]
_SLOW = SYMPTOM_CODES[Symptom.SLOW]
_CRASH = SYMPTOM_CODES[Symptom.CRASH_AT_RESTART]


def settle(world: World, state: ClusterState, indices: Ints, now: float) -> None:
    """Bring moves and shown health of ``indices`` in line with what is the case at ``now``."""
    rows: Rows = state.base[indices]
    if b"\x00" in rows["present"].tobytes():
        indices = indices[rows["present"]]
        rows = state.base[indices]
    parts = [(number, part[indices]) for number, part in enumerate(state.parts) if part is not None]
    unreachable = _find_unreachable(rows, [own for _, own in parts])
    shown = []
    for number, own in parts:
        move = own["move"]
        if _some((move == Move.WAITING) | (unreachable & (move != Move.IDLE))):
            own = _settle_moves(world, state, number, indices, unreachable, now)
        shown.append(own)
    _show(rows, shown, unreachable, now)
    state.base[indices] = rows


def _find_unreachable(rows: Rows, parts: list[Rows]) -> Mask:
    """Nodes that neither report nor can be told anything."""
    gone: Mask = rows["failure"] == Failure.UNKNOWN
    if _some(rows["fault"]):
        gone |= (rows["fault"] & Fault.DEAD) != 0
    for own in parts:
        if _some(own["stage"]):
            gone |= (own["symptom"] == _SILENT) & (own["stage"] == Stage.ACTIVE)
    return gone


def _some(column: npt.NDArray[Any]) -> bool:
    """Whether a column of bytes has any but zeros. Columns here are short: numpy takes longer to begin than to look."""
    return any(column.tobytes())


def _settle_moves(world: World, state: ClusterState, number: int, indices: Ints, unreachable: Mask, now: float) -> Rows:
    """Stall moves of nodes that left, begin those that can begin; the component's rows after that."""
    part = state.part(number)
    move = part["move"][indices]
    moves.stall(part, indices[unreachable & (move > Move.WAITING)])
    beginning = indices[(move == Move.WAITING) & ~unreachable]
    if len(beginning):
        moves.begin(world, state, world.by_number[number], beginning, now)
    own: Rows = part[indices]
    return own


def _show(rows: Rows, parts: list[Rows], unreachable: Mask, now: float) -> None:
    """Set Ready, its reason and count, and slowness of ``rows`` in place."""
    reason = np.where(rows["failure"] == Failure.NOT_READY, Reason.NOT_READY, Reason.READY).astype(np.int8)
    slow = (rows["fault"] & Fault.SLOW) != 0
    for own in parts:
        active = own["stage"] == Stage.ACTIVE
        if _some(active):
            symptom = own["symptom"]
            slow |= active & (symptom == _SLOW)
            reason[active & (symptom != _SLOW)] = Reason.NOT_READY
            reason[active & (symptom == _CRASH)] = Reason.CRASH_LOOP
    for own in parts:
        reason[own["move"] > Move.WAITING] = Reason.UPDATING
    ready = (reason == Reason.READY).astype(np.int8)
    reason[unreachable] = Reason.UNKNOWN
    ready[unreachable] = -1
    changed = ready != rows["ready"]
    rows["since"][changed] = now
    rows["transitions"] += changed & (reason != Reason.UPDATING) & (rows["reason"] != Reason.UPDATING)
    rows["ready"], rows["reason"], rows["slow"] = ready, reason, slow
