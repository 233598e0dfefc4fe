"""What is known of the units at one moment, as columns beside the population's, and what people ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from myriarch.api.gates import Verdict
from myriarch.engine.blame.signals import Signals
from myriarch.engine.evidence import Compared
from myriarch.engine.metric_samples import MetricLook
from myriarch.engine.outages import Standings
from myriarch.engine.population import Bools, Floats, Ints
from myriarch.engine.strikes import Told

Codes = NDArray[np.int8]


class Way(IntEnum):
    """Which way a unit is told to move."""

    NONE = 0
    FORWARD = 1
    HOLD = 2
    REVERT = 3


# Plain integers, to compare columns with: numpy takes several times as long to compare with a member of an enum.
TOLD_NOTHING: Final = int(Way.NONE)
TOLD_FORWARD: Final = int(Way.FORWARD)
TOLD_HOLD: Final = int(Way.HOLD)
TOLD_REVERT: Final = int(Way.REVERT)


@dataclass(frozen=True, slots=True)
class FailureNote:
    """Failed nodes of one stage that are alike, for people to read."""

    symptom: str
    attributes: Mapping[str, str]
    count: int
    nodes: tuple[str, ...]
    stage: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Updated (float64[v], estimated where no unit tells) and failed (int64[v]) nodes by attribute value, of one
    stage."""

    updated: Floats
    failed: Ints


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """What a gate answered ``at`` (Unix seconds): its ``verdict``, once enough answers agree, and the ``last`` by
    itself."""

    verdict: Verdict
    last: Verdict
    message: str
    at: float


@dataclass(frozen=True, slots=True)
class Orders:
    """What people and other releases ordered. ``back_with`` says which release takes this one along on its way back,
    and why, ``stays_open`` what it waits for before it ends; '' where none does, and where it needn't."""

    paused: bool = False
    abort: bool = False
    roll_back: bool = False
    back_with: str = ""
    stays_open: str = ""
    superseded: str = ""
    approvals: frozenset[str] = frozenset()
    reversible: bool = True


class Observed(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Columns of n units; counts are of nodes.

    present, reachable      bool: belongs to the population now; can be heard.
    silent_seconds          float: how long it has been unreachable (or, for a node, not ready on its own).
    asserted, granted       the way and the ceiling that it is told now, for this attempt.
    echoed                  bool: it speaks of this attempt, way and ceiling: only then its counts count. One that has
                            done all up to its ceiling speaks of going forward and of holding alike.
    settled                 bool: all that it was told is done, as far as it can be.
    busy                    bool: something is being moved in it right now.
    begun, updated, failed  int: ever began; at the revision and healthy; unhealthy since it began.
    unavailable             int: not available now, whatever the cause.
    off_target, stuck       int: reachable and still to be brought back; can't be.
    failed_seconds          float: how long a failed unit has been so.
    self_reverted           bool: it took this attempt back by its own judgement; never told again.
    compared                what agents tell of updated nodes against those beside them; None where they don't.
    standings               which clusters are out as a whole, and since when; None where that is not told.
    strikes                 first failures in clusters, touched or not, of the last hours; None where they aren't told.
    frozen                  bool: a freeze window holds it; ``thaw_at`` is when that may change (Unix seconds).
    holding, heard_of       int: how many held strata it was told of, and speaks of; None where none is held.
    stuck_notes             of some stuck nodes: unit, node and what keeps it.
    excused                 bool: what failed there is not judged; None where everything is.
    left_alone              bool: it failed after it began, and nobody takes it back; None where none is so.
    down                    int: nodes that are not ready; told only while a release waits to be tried again, or goes
                            out to be watched.
    returned                bool: came back, or joined, since the release began; None where that is not told.
    back_later              bool: it waits with going back until another release has left it; None where none does.
    waits                   in sentences, which units are frozen for another release's sake, beside ``freeze_reason``.
    elsewhere               bool: another release moves it, or goes first there; None where none does.
    signals                 gathers what a judge of the cause needs: called only when there is harm, it takes a while.
    gates                   by name and place ('production/2'): what the gates of the policy answered.
    metrics                 what the metrics of the analysis gave and is not remembered yet, oldest first.

    One is made in every turn of every agent: as a Struct that costs a fifth of what it does as a dataclass.
    """

    present: Bools
    reachable: Bools
    silent_seconds: Floats
    asserted: Codes
    granted: Ints
    echoed: Bools
    settled: Bools
    busy: Bools
    begun: Ints
    updated: Ints
    failed: Ints
    unavailable: Ints
    off_target: Ints
    stuck: Ints
    failed_seconds: Floats
    self_reverted: Bools
    frozen: Bools
    thaw_at: float = float("inf")
    freeze_reason: str = ""
    tallies: tuple[Tally, ...] = ()
    failures: tuple[FailureNote, ...] = ()
    compared: Compared | None = None
    standings: Standings | None = None
    strikes: Told | None = None
    orders: Orders = msgspec.field(default_factory=Orders)
    down: Ints | None = None
    returned: Bools | None = None
    holding: Ints | None = None
    heard_of: Ints | None = None
    stuck_notes: tuple[str, ...] = ()
    excused: Bools | None = None
    left_alone: Bools | None = None
    waits: tuple[str, ...] = ()
    back_later: Bools | None = None
    gates: Mapping[tuple[str, str], GateAnswer] = msgspec.field(default_factory=dict)
    elsewhere: Bools | None = None
    signals: Callable[[], Signals | None] | None = None
    metrics: tuple[MetricLook, ...] = ()
