"""What became of every node, kept independently of everything that the engine and the agents remember.

For each cluster and component: which nodes ever began which attempt (true exposure), the revision that each
stood at before its first unproven advance (its last-known-good), when it began, when it was last upset (out
of reach, or newly joined), until when it could not begin (not ready, slow, or not there), and whether a
revision's effect ever showed on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from myriarch.api.release import Phase
from myriarch.sim.truth import Bools, Nodes
from myriarch.sim.witness import Seen

NONE = -1

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass
class Account:
    """Columns of one cluster and component, one row a node that ever was. Times in Unix seconds."""

    known_good: Ints
    began_at: Floats
    upset_at: Floats
    unable_at: Floats
    well_since: Floats
    ever_harmed: Bools
    exposed: dict[int, Bools] = field(default_factory=dict)

    def began(self, attempt: int) -> Bools:
        """bool[n]: nodes that ever began ``attempt``."""
        found = self.exposed.get(attempt)
        if found is None:
            found = self.exposed[attempt] = np.zeros(len(self.known_good), np.bool_)
        return found

    def grow(self, size: int, at: float) -> None:
        """Nodes have joined."""
        more = size - len(self.known_good)
        if more <= 0:
            return
        self.known_good = np.concatenate([self.known_good, np.full(more, NONE, np.int64)])
        self.began_at = np.concatenate([self.began_at, np.zeros(more)])
        self.upset_at = np.concatenate([self.upset_at, np.full(more, at)])
        self.unable_at = np.concatenate([self.unable_at, np.full(more, at)])
        self.well_since = np.concatenate([self.well_since, np.full(more, at)])
        self.ever_harmed = np.concatenate([self.ever_harmed, np.zeros(more, np.bool_)])
        for attempt, nodes in self.exposed.items():
            self.exposed[attempt] = np.concatenate([nodes, np.zeros(more, np.bool_)])


class Ledger:
    """Accounts by (cluster, component). ``note`` must be called before the checkers hear of a change."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._accounts: dict[tuple[str, str], Account] = {}

    def account(self, nodes: Nodes) -> Account:
        """The account of the cluster and component that ``nodes`` shows."""
        key = (nodes.cluster, nodes.component)
        found = self._accounts.get(key)
        if found is None:
            size = nodes.size
            found = self._accounts[key] = Account(
                known_good=np.full(size, NONE, np.int64),
                began_at=np.zeros(size),
                upset_at=np.full(size, -np.inf),
                unable_at=np.full(size, -np.inf),
                well_since=np.full(size, -np.inf),
                ever_harmed=np.zeros(size, np.bool_),
            )
        found.grow(nodes.size, nodes.at)
        return found

    def note(self, before: Nodes, after: Nodes) -> None:
        """Take down what changed."""
        account = self.account(after)
        upset = after.present & ~after.reachable
        if upset.any():
            account.upset_at[upset] = after.at
        unable = _unable(after)
        unable[: before.size] |= _unable(before)
        account.unable_at[unable] = after.at
        harmed = after.harmed
        if harmed.any():
            account.ever_harmed |= harmed
        for attempt, nodes in starts(before, after).items():
            account.began(attempt)[nodes] = True
            account.began_at[nodes] = after.at
            account.well_since[nodes] = before.base["since"][nodes]
            if not self._is_proven(after.component, attempt):
                unset = nodes[account.known_good[nodes] == NONE]
                account.known_good[unset] = before.part["revision"][unset]

    def _is_proven(self, component: str, attempt: int) -> bool:
        release = self._seen.release_of(component, attempt)
        return release is not None and release.status.phase is Phase.SUCCEEDED

    def proved(self, nodes: Nodes, attempt: int, revision: int) -> None:
        """A release has succeeded: nodes at its revision have no other last-known-good any more."""
        account = self.account(nodes)
        done = account.began(attempt) & (nodes.part["revision"] == revision)
        account.known_good[done] = NONE


def _unable(nodes: Nodes) -> Bools:
    found: Bools = ~nodes.ready | nodes.base["slow"]
    return found


def starts(before: Nodes, after: Nodes) -> dict[int, Ints]:
    """Nodes that began an attempt of a release just now, by attempt (attempt 0 is no release's)."""
    part = after.part
    began: Bools = part["started"] & (part["attempt"] > 0)
    if not began.any():
        return {}
    old, size = before.part, before.size
    began[:size] &= ~(old["started"] & (old["attempt"] == part["attempt"][:size]))
    nodes = np.flatnonzero(began)
    if not len(nodes):
        return {}
    attempts = part["attempt"][nodes]
    return {int(attempt): nodes[attempts == attempt] for attempt in np.unique(attempts)}
