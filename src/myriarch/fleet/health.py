"""What a cluster shows of its nodes' health, derived from what befell them.

Several things may be wrong with a node at once; what shows is the gravest: unreachable, then updating, then
broken by ordinary failure or by an effect. Reachability also decides moves: those of a node that left stall,
and those ordered meanwhile begin when it returns.
"""

from __future__ import annotations

import numpy as np

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
    indices = indices[state.base["present"][indices]]
    if not len(indices):
        return
    unreachable = find_unreachable(state, indices)
    for number, part in enumerate(state.parts):
        if part is not None:
            move = part["move"][indices]
            stalled = unreachable & (move > Move.WAITING)
            if stalled.any():
                moves.stall(part, indices[stalled])
            ready_to_begin = (move == Move.WAITING) & ~unreachable
            if ready_to_begin.any():
                moves.begin(world, state, world.by_number[number], indices[ready_to_begin], now)
    _show(state, indices, unreachable, now)


def find_unreachable(state: ClusterState, indices: Ints) -> Mask:
    """Nodes that neither report nor can be told anything."""
    rows: Rows = state.base[indices]
    gone: Mask = ((rows["fault"] & Fault.DEAD) != 0) | (rows["failure"] == Failure.UNKNOWN)
    for part in state.parts:
        if part is not None:
            gone |= (part["symptom"][indices] == _SILENT) & (part["stage"][indices] == Stage.ACTIVE)
    return gone


def _show(state: ClusterState, indices: Ints, unreachable: Mask, now: float) -> None:
    rows: Rows = state.base[indices]
    reason = np.where(rows["failure"] == Failure.NOT_READY, Reason.NOT_READY, Reason.READY).astype(np.int8)
    slow = (rows["fault"] & Fault.SLOW) != 0
    updating = np.zeros(len(indices), dtype=np.bool_)
    for part in state.parts:
        if part is None:
            continue
        own: Rows = part[indices]
        updating |= own["move"] > Move.WAITING
        active = own["stage"] == Stage.ACTIVE
        if active.any():
            symptom = own["symptom"]
            slow |= active & (symptom == _SLOW)
            reason[active & (symptom != _SLOW)] = Reason.NOT_READY
            reason[active & (symptom == _CRASH)] = Reason.CRASH_LOOP
    reason[updating] = Reason.UPDATING
    reason[unreachable] = Reason.UNKNOWN
    ready = np.where(reason == Reason.READY, 1, np.where(unreachable, -1, 0))
    changed = ready != rows["ready"]
    rows["since"] = np.where(changed, now, rows["since"])
    rows["transitions"] += changed
    rows["ready"], rows["reason"], rows["slow"] = ready, reason, slow
    state.base[indices] = rows
