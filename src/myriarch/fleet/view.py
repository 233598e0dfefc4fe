"""ClusterView: all that a driver may see and do in one simulated cluster.

It shows what a real cluster's API would show and nothing else: effects, failures and the times at which they
will strike stay hidden. Arrays are copies, aligned with ``names``; a removed node keeps its place with
``present`` False.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from myriarch.fleet import moves
from myriarch.fleet.columns import ClusterState, Move, as_indices
from myriarch.fleet.draws import Floats, Ints
from myriarch.fleet.health import settle
from myriarch.fleet.names import NodeNames
from myriarch.fleet.node_labels import label_values
from myriarch.fleet.plan import STORED_ATTRIBUTES
from myriarch.fleet.world import World

#: A cluster calls a node unknown this long after its last heartbeat.
GRACE_SECONDS = 40.0
HEARTBEAT_SECONDS = 10.0

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of few distinct values: node i has ``values[codes[i]]``."""

    values: tuple[str, ...]
    codes: npt.NDArray[np.int16]


class NodeColumns(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One component on the nodes of a cluster, arrays of shape [n]. Times in Unix seconds."""

    present: Bools
    ready: npt.NDArray[np.int8]  # 1 True, 0 False, -1 Unknown
    since: Floats  # when Ready last changed
    reason: npt.NDArray[np.int16]  # index into REASONS
    ready_transitions: npt.NDArray[np.int32]  # changes of Ready so far, but for those of updates
    slow: Bools
    revision: npt.NDArray[np.int32]  # index into fleet.revision_names(component); -1 none
    previous: npt.NDArray[np.int32]  # what a rollback returns to; -1 none
    attempt: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]  # the revision last ordered; -1 none
    busy: Bools  # an update is ordered or running
    started: Bools  # ever began the attempt
    done_at: Floats  # when the last move completed; 0 before and while one is under way


class ClusterView:
    """One cluster, as its driver meets it."""

    __slots__ = ("_changed", "_now", "_state", "_world")

    def __init__(
        self,
        world: World,
        state: ClusterState,
        now: Callable[[], float],
        changed: Callable[[ClusterState, Ints, float], None],
    ) -> None:
        self._world = world
        self._state = state
        self._now = now
        self._changed = changed

    @property
    def name(self) -> str:
        return self._state.plan.name

    @property
    def size(self) -> int:
        """Rows, those of removed nodes included."""
        return self._state.size

    @property
    def names(self) -> Sequence[str]:
        return NodeNames(self._state.plan.name, range(self._state.size))

    @property
    def partitioned(self) -> bool:
        """Whether the cluster's agent can't reach the hub."""
        return self._state.partitioned

    @property
    def attributes(self) -> dict[str, Codes]:
        """shape, gpuModel, os, kernel, zone, pool and kubernetesMinor of each node."""
        base, values = self._state.base, self._world.vocabulary.values
        columns = {name: Codes(tuple(values[name]), base[name].copy()) for name in STORED_ATTRIBUTES}
        columns["gpuModel"] = self._gpu_models(columns["shape"])
        minor = (self._state.plan.kubernetes_minor,)
        columns["kubernetesMinor"] = Codes(minor, np.zeros(self.size, dtype=np.int16))
        return columns

    def labels(self, key: str) -> list[str | None]:
        """What each node has for the label ``key``; None where it has no such label."""
        return label_values(self._world, self._state, key)

    def _gpu_models(self, shapes: Codes) -> Codes:
        of_shape = [self._world.gpu_models.get(name, "") for name in shapes.values]
        models = tuple(dict.fromkeys(of_shape))
        table = np.array([models.index(model) for model in of_shape], dtype=np.int16)
        return Codes(models, table[shapes.codes])

    def observe(self, component: str) -> NodeColumns:
        """The nodes as of the fleet's present."""
        owner = self._world.component(component)
        base, part = self._state.base, self._state.part(owner.number, owner.base_revision)
        return NodeColumns(
            present=base["present"].copy(),
            ready=base["ready"].copy(),
            since=base["since"].copy(),
            reason=base["reason"].astype(np.int16),
            ready_transitions=base["transitions"].copy(),
            slow=base["slow"].copy(),
            revision=part["revision"].astype(np.int32),
            previous=part["previous"].astype(np.int32),
            attempt=part["attempt"].copy(),
            target=part["target"].astype(np.int32),
            busy=part["move"] != Move.IDLE,
            started=part["started"].copy(),
            done_at=part["done_at"].copy(),
        )

    def heartbeats(self) -> Floats:
        """When each node was last heard (Unix seconds): apart from ``observe``, because drivers don't ask."""
        return heartbeats(self._state, self._now())

    def install(
        self,
        component: str,
        indices: Any,
        revision: str,
        attempt: int,
        now: float,
        *,
        forget_previous: bool = False,
    ) -> None:
        """Begin moving nodes to ``revision``; repeating an order is harmless.

        A node's rollback target is set when it first begins an attempt: to the revision it stands at, unless
        it has one from an earlier attempt; ``forget_previous`` says that the earlier one is over, so that
        what the node stands at now becomes the target. An unreachable node begins when it returns.
        """
        owner = self._world.component(component)
        code = self._world.revision(owner, revision)
        part = self._state.part(owner.number, owner.base_revision)
        chosen = self._present(indices)
        moves.order_install(part, chosen, code, attempt, now, forget_previous=forget_previous)
        self._settled(chosen, now)

    def revert(self, component: str, indices: Any, now: float) -> None:
        """Begin moving nodes that began an attempt back to their rollback target."""
        owner = self._world.component(component)
        part = self._state.part(owner.number, owner.base_revision)
        chosen = self._present(indices)
        moves.order_revert(part, chosen, now)
        self._settled(chosen, now)

    def forget_previous(self, component: str, indices: Any) -> None:
        """The nodes' present revision is good: the next attempt takes it as rollback target."""
        owner = self._world.component(component)
        part = self._state.part(owner.number, owner.base_revision)
        chosen = self._present(indices)
        moves.forget(part, chosen)
        self._changed(self._state, chosen, self._now())

    def _present(self, indices: Any) -> Ints:
        chosen = as_indices(indices, self._state.size)
        present: Ints = chosen[self._state.base["present"][chosen]]
        return present

    def _settled(self, chosen: Ints, now: float) -> None:
        settle(self._world, self._state, chosen, now)
        self._changed(self._state, chosen, now)


def heartbeats(state: ClusterState, now: float) -> Floats:
    """Last heartbeat of each node: lately, or the grace period before it was called unknown."""
    phase = np.arange(state.size) % HEARTBEAT_SECONDS
    lately = np.floor((now - phase) / HEARTBEAT_SECONDS) * HEARTBEAT_SECONDS + phase
    beats = np.where(state.base["ready"] == -1, state.base["since"] - GRACE_SECONDS, lately)
    shown: Floats = np.maximum(beats, state.base["joined_at"])
    return shown


def last_heartbeat(row: Mapping[str, Any], index: int, now: float) -> float:
    """The same for the one node at ``index``, whose base columns ``row`` holds."""
    phase = index % HEARTBEAT_SECONDS
    lately = (now - phase) // HEARTBEAT_SECONDS * HEARTBEAT_SECONDS + phase
    beat = row["since"] - GRACE_SECONDS if row["ready"] == -1 else lately
    return float(max(beat, row["joined_at"]))
