"""What a release does to the nodes that it reaches: who is struck, how, and from when.

Who is struck and after which delay is drawn once (``chance.py``); when it begins follows from when the node was
updated. Of several effects on one node, the one that shows first counts. ``Overload`` is not of nodes but of clusters:
``world.py`` watches how much of each is updated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rollout.chance import Chance, generator, lognormal
from rollout.fleet import Fleet
from rollout.scenario import Effect, Level, Scenario, SymptomKind, Trigger

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

NEVER = float("inf")
WELL: Final = 0
CODES: Final = {kind: number for number, kind in enumerate(SymptomKind, 1)}
DOWN, FLAPPING, SLOW = CODES[SymptomKind.DOWN], CODES[SymptomKind.FLAPPING], CODES[SymptomKind.SLOW]
OVERLOAD, OSCILLATING, SILENT = (
    CODES[SymptomKind.OVERLOAD],
    CODES[SymptomKind.OSCILLATING],
    CODES[SymptomKind.SILENT],
)
OVERLOAD_NODES = 60
"""So large a cluster bears all its nodes updated where an Overload names no ``whereLargerThan``."""


@dataclass(frozen=True, slots=True, eq=False)
class Strike:
    """One effect on the fleet: struck bool[n], delay_seconds float64[n]; ``bears`` is for Overload."""

    effect: Effect
    code: int
    struck: Bools
    delay_seconds: Floats
    bears: int

    @property
    def overloads(self) -> bool:
        return self.code == OVERLOAD


def draw_strikes(fleet: Fleet, scenario: Scenario, effects: tuple[Effect, ...], purpose: str) -> tuple[Strike, ...]:
    """The effects as masks and delays. At level cluster, all nodes of a cluster share one fate."""
    random = generator(fleet, scenario, purpose)
    return tuple(_strike(fleet, random, effect, scenario.level) for effect in effects)


def _strike(fleet: Fleet, random: np.random.Generator, effect: Effect, level: Level) -> Strike:
    struck = selected(fleet, effect)
    struck &= np.where(fleet.production, "production" in effect.environments, "simulated" in effect.environments)
    if level is Level.CLUSTER or effect.symptom.kind is SymptomKind.OVERLOAD:
        lot = random.random(fleet.clusters)[fleet.cluster]
        delay = lognormal(random, effect.delay, fleet.clusters)[fleet.cluster]
    else:
        lot = random.random(fleet.nodes)
        delay = lognormal(random, effect.delay, fleet.nodes)
    struck &= lot < effect.probability
    bears = effect.where_larger_than.get("nodes", OVERLOAD_NODES)
    return Strike(effect, CODES[effect.symptom.kind], struck, delay, bears)


def selected(fleet: Fleet, effect: Effect) -> Bools:
    """bool[n]: nodes that match all of ``where`` and are larger than ``whereLargerThan``."""
    mask = fleet.matching(effect.where)
    if "nodes" in effect.where_larger_than:
        mask &= (fleet.size > effect.where_larger_than["nodes"])[fleet.cluster]
    if "pods" in effect.where_larger_than:
        mask &= fleet.pods > effect.where_larger_than["pods"]
    return mask


def onsets(strikes: tuple[Strike, ...], chance: Chance, nodes: Ints, updated_at: Floats) -> tuple[Floats, Codes]:
    """For nodes int64[k] updated at float64[k]: when the first symptom begins (infinite: never), and which."""
    begins = np.full(len(nodes), NEVER)
    codes = np.zeros(len(nodes), np.int8)
    for strike in strikes:
        if strike.overloads:
            continue
        moment = np.where(strike.struck[nodes], _triggered(strike, chance, nodes, updated_at), NEVER)
        earlier = moment < begins
        begins[earlier] = moment[earlier]
        codes[earlier] = strike.code
    return begins, codes


def _triggered(strike: Strike, chance: Chance, nodes: Ints, updated_at: Floats) -> Floats:
    delay = strike.delay_seconds[nodes]
    match strike.effect.trigger:
        case Trigger.UPDATE:
            return updated_at + delay
        case Trigger.RESTART:
            return updated_at + chance.restart_seconds[nodes] + delay
        case Trigger.DAILY_PEAK:
            return chance.next_peak(updated_at) + delay
        case Trigger.TIME:
            return np.maximum(updated_at, delay)
