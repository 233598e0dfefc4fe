"""What the simulator does to nodes: kill, heal, slow, add, remove, relabel.

Pure changes of rows; ``fleet.py`` settles health, schedules and records after each. Killing takes a node off
the network until it is healed; healing also ends ordinary failures and brings back nodes that a revision had
silenced, as a visit by a person would. It does not mend what a revision does otherwise: only another revision
does.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from myriarch.base.errors import UserFault
from myriarch.fleet import background
from myriarch.fleet.behaviour import SYMPTOM_CODES, Symptom
from myriarch.fleet.columns import NEVER, NO_REVISION, ClusterState, Failure, Fault, Stage, new_part
from myriarch.fleet.draws import Ints, uniform
from myriarch.fleet.plan import STORED_ATTRIBUTES, Rows
from myriarch.fleet.world import World

_SILENT = SYMPTOM_CODES[Symptom.SILENT]


def kill(state: ClusterState, indices: Ints) -> None:
    state.base["fault"][indices] |= Fault.DEAD


def slow(state: ClusterState, indices: Ints, on: bool) -> None:
    faults = state.base["fault"][indices]
    state.base["fault"][indices] = faults | Fault.SLOW if on else faults & ~Fault.SLOW


def heal(world: World, state: ClusterState, indices: Ints, now: float) -> None:
    state.base["fault"][indices] = 0
    failed = indices[state.base["failure"][indices] != Failure.NONE]
    state.base["failure"][failed] = Failure.NONE
    state.base["failure_at"][failed] = background.next_failure(world, state, failed, now)
    for part in state.parts:
        if part is not None:
            silent = (part["symptom"][indices] == _SILENT) & (part["stage"][indices] == Stage.ACTIVE)
            part["stage"][indices[silent]] = Stage.NONE
            part["symptom"][indices[silent]] = 0


def add(world: World, state: ClusterState, count: int, now: float, shape: str) -> Ints:
    """Append ``count`` ready nodes like random ones of the cluster, at the base revision; their positions."""
    old = state.size
    indices = np.arange(old, old + count)
    picked = (uniform(world.key(state, "join"), indices) * old).astype(np.int64)
    rows = np.zeros(count, dtype=state.base.dtype)
    for attribute in STORED_ATTRIBUTES:
        rows[attribute] = state.base[attribute][picked]
    if shape:
        if shape not in world.shapes:
            raise UserFault("shape", shape, "no such shape in the fleet", "Name one of the fleet's shapes.")
        rows["shape"] = world.vocabulary.code("shape", shape)
        rows["pool"] = world.vocabulary.code("pool", world.shapes[shape].pool_name)
    rows["since"] = rows["joined_at"] = now
    rows["present"] = True
    rows["ready"] = 1
    rows["failure_at"] = background.next_failure(world, state, indices, now)
    state.base = np.concatenate([state.base, rows])
    for number, part in enumerate(state.parts):
        if part is not None:
            joined = new_part(count, world.by_number[number].base_revision)
            state.parts[number] = np.concatenate([part, joined])
    return indices


def remove(state: ClusterState, indices: Ints) -> None:
    """The nodes are gone for good; their rows stay, so that no other node moves or takes their name."""
    state.base["present"][indices] = False
    state.base["failure_at"][indices] = NEVER
    for part in state.parts:
        if part is not None:
            part["due_at"][indices] = NEVER


def relabel(world: World, state: ClusterState, indices: Ints, labels: Mapping[str, str]) -> None:
    """Change attributes (zone, pool, os, kernel) by name, or set any other key as a label."""
    for key, value in labels.items():
        if key == "shape":
            raise UserFault("labels", key, "a node can't change its shape", "Remove the node and add another.")
        if key in STORED_ATTRIBUTES:
            state.base[key][indices] = world.vocabulary.code(key, value)
            world.version += 1
        else:
            for index in indices.tolist():
                state.labels.setdefault(index, {})[key] = value


def rebase(part: Rows, revision: int) -> None:
    """Nodes that have no revision and never began to move stand at ``revision``."""
    bare = (part["revision"] == NO_REVISION) & ~part["started"]
    part["revision"][bare] = part["target"][bare] = revision
