"""The invariants, one checker a file. I4 compares two runs (``sim/crash_check.py``); I9 needs image digests."""

from __future__ import annotations

from myriarch.sim.invariants.checker import Checker, CheckerType, Scene
from myriarch.sim.invariants.i1_budget import Budget
from myriarch.sim.invariants.i1_groups import GroupBudget
from myriarch.sim.invariants.i2_gates import Gates
from myriarch.sim.invariants.i3_rollback import Rollback
from myriarch.sim.invariants.i5_one_active import OneActive
from myriarch.sim.invariants.i6_freeze import Freeze
from myriarch.sim.invariants.i7_exposure import Exposure
from myriarch.sim.invariants.i8_ending import Ending
from myriarch.sim.invariants.i10_autonomy import Autonomy
from myriarch.sim.invariants.i11_standing import Standing

CHECKERS: tuple[CheckerType, ...] = (
    Budget, GroupBudget, Gates, Rollback, OneActive, Freeze, Exposure, Ending, Autonomy, Standing
)  # fmt: skip
NAMES = ("I1", "I2", "I3", "I5", "I6", "I7", "I8", "I10", "I11")


def all_checkers(scene: Scene) -> list[Checker]:
    """One of each."""
    return [make(scene) for make in CHECKERS]
