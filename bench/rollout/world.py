"""The fleet in time: which node stands at which revision, what it suffers from, and what is told to its cluster.

Columns only; every step is a few operations over all nodes. Time moves by ``advance``; what is told is carried out by
``members.py``; who tells is a policy. Times are seconds since the release began. README.md says what is simplified.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rollout.chance import draw_chance
from rollout.effects import DOWN, FLAPPING, NEVER, OSCILLATING, SILENT, SLOW, WELL, draw_strikes, onsets
from rollout.fleet import Fleet
from rollout.overload import Overload
from rollout.scenario import Level, Scenario
from rollout.weather import draw_weather

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

OLD: Final = 0
MOVING: Final = 1
NEW: Final = 2
RETURNING: Final = 3
BACK: Final = 4

GRACE_SECONDS = 300.0
"""A symptom must last so long to count as a failure."""
SOAK_SECONDS = 300.0
"""A node must be well so long after its update to count as updated."""


class World:
    """One run's fleet.

    state int8[n]; began bool[n]: was ever taken forward, began_at float64[n]: when; begun int64[c]: how many were.
    ends_at float64[n]: of a move under way. updated_at, onset float64[n] and symptom int8[n]: of the release's harm.
    moving bool[n]: being updated or taken back; any_moving: whether one is.
    sick_since float64[n]: infinite where well. failed bool[n]: sick for the grace. ready bool[n]: at this moment.
    newly_failed int64[k]: since the last look, updated or not.
    """

    def __init__(self, fleet: Fleet, scenario: Scenario) -> None:
        self.fleet = fleet
        self.scenario = scenario
        self.whole = scenario.level is Level.CLUSTER
        self.chance = draw_chance(fleet, scenario)
        self.weather = draw_weather(fleet, scenario, self.chance)
        self.strikes = draw_strikes(fleet, scenario, scenario.effects, "effects")
        self.overload = Overload(fleet, [strike for strike in self.strikes if strike.overloads])
        self.now = 0.0
        n = fleet.nodes
        self.state = np.zeros(n, np.int8)
        self.began = np.zeros(n, np.bool_)
        self.begun = np.zeros(fleet.clusters, np.int64)
        self.began_at = np.full(n, NEVER)
        self.ends_at = np.full(n, NEVER)
        self.updated_at = np.full(n, NEVER)
        self.onset = np.full(n, NEVER)
        self.symptom = np.zeros(n, np.int8)
        self.sick_since = np.full(n, NEVER)
        self.failed = np.zeros(n, np.bool_)
        self.ready = np.ones(n, np.bool_)
        self._move()
        self.slow = np.zeros(n, np.bool_)
        self.harmed = np.zeros(n, np.bool_)
        self.newly_failed = np.empty(0, np.int64)
        self._ill = np.zeros((3, n), np.int16)
        self._next_change = 0
        self._period = max((s.effect.symptom.period_seconds for s in self.strikes), default=1200.0)
        self._look()

    def advance(self, now: float) -> None:
        """Let time pass until ``now``: moves end, weather changes, symptoms begin."""
        self.now = now
        self._end_moves()
        self._weather()
        self.overload.watch(self.state == NEW, now)
        self._look()

    def next_change(self) -> float:
        """When something next happens by itself (infinite: never), moves apart."""
        moments = [self.overload.next_change(self.now)]
        if self._next_change < len(self.weather.at):
            moments.append(float(self.weather.at[self._next_change]))
        standing = self.state == NEW
        waiting = self.onset[standing & (self.onset > self.now)]
        ripening = self.sick_since[(self.sick_since < NEVER) & ~self.failed] + GRACE_SECONDS
        soaking = self.updated_at[standing] + SOAK_SECONDS
        moments += [float(times.min()) for times in (waiting, ripening, soaking[soaking > self.now]) if len(times)]
        return min(moments)

    def begin(self, nodes: Ints) -> None:
        """Take nodes forward."""
        if not len(nodes):
            return
        self.state[nodes] = MOVING
        self.began[nodes] = True
        self.began_at[nodes] = self.now
        self.begun += np.bincount(self.fleet.cluster[nodes], minlength=self.fleet.clusters)
        self.ends_at[nodes] = self.now + self.chance.update_seconds[nodes]
        self._move()

    def take_back(self, nodes: Ints) -> None:
        """Take nodes back."""
        if not len(nodes):
            return
        self.state[nodes] = RETURNING
        self.ends_at[nodes] = self.now + self.chance.update_seconds[nodes]
        self._move()

    def begin_anew(self) -> None:
        """Nodes that were taken back may begin again, as if they never had. Whom it struck it strikes again."""
        back = self.state == BACK
        self.state[back] = OLD
        self.began[back], self.began_at[back], self.updated_at[back] = False, NEVER, NEVER
        self.begun = self.by_cluster(self.began)

    def by_cluster(self, chosen: Bools) -> Ints:
        """int64[c]: how many nodes of each cluster are chosen."""
        return np.bincount(self.fleet.cluster[chosen], minlength=self.fleet.clusters)

    def _move(self) -> None:
        self.moving = (self.state == MOVING) | (self.state == RETURNING)
        self.any_moving = bool(self.moving.any())

    def _end_moves(self) -> None:
        if not self.any_moving:
            return
        done = np.flatnonzero(self.ends_at <= self.now)
        if not len(done):
            return
        forward = done[self.state[done] == MOVING]
        back = done[self.state[done] == RETURNING]
        self.state[forward] = NEW
        self.state[back] = BACK
        self.updated_at[forward] = self.ends_at[forward]
        if self.strikes:
            begins, codes = onsets(self.strikes, self.chance, forward, self.ends_at[forward])
            self.onset[forward], self.symptom[forward] = begins, codes
            self.onset[back], self.symptom[back] = NEVER, WELL
        self.ends_at[done] = NEVER
        self._move()

    def _weather(self) -> None:
        weather, low = self.weather, self._next_change
        high = int(np.searchsorted(weather.at, self.now, side="right"))
        if high == low:
            return
        chosen = slice(low, high)
        rows = _ROW_OF[weather.code[chosen]]
        np.add.at(self._ill, (rows, weather.node[chosen]), weather.step[chosen])
        self._next_change = high

    def _look(self) -> None:
        """Work out what shows from what is."""
        down, silent, slowed = self._ill
        out = (down > 0) | (silent > 0)
        self.slow = slowed > 0
        sick = out | self.slow
        if self.strikes:
            struck = (self.onset <= self.now) & ((self.state == NEW) | (self.state == RETURNING))
            overloaded = self.overload.nodes()
            self.harmed = struck | overloaded
            out |= overloaded
            sick |= overloaded
            self._show(struck, out, sick)
        moving = self.moving
        self.ready = ~out & (~moving | self.whole)
        self.sick_since = np.where(sick, np.minimum(self.sick_since, self.now), NEVER)
        failed = self.sick_since <= self.now - GRACE_SECONDS
        self.newly_failed = np.flatnonzero(failed & ~self.failed & ~moving)
        self.failed = failed

    def _show(self, struck: Bools, out: Bools, sick: Bools) -> None:
        """Each symptom in its way. What flaps, or swings fast, is told as flapping by agents: sick all the time."""
        out |= struck & ((self.symptom == DOWN) | (self.symptom == SILENT))
        self.slow = self.slow | (struck & (self.symptom == SLOW))
        swings = struck & (self.symptom == OSCILLATING)
        if swings.any():
            phase = np.mod(self.now - self.onset[swings], self._period)
            out[np.flatnonzero(swings)[phase < self._period / 2]] = True
        flaps = struck & (self.symptom == FLAPPING)
        if flaps.any():
            nodes = np.flatnonzero(flaps)
            out[nodes[(nodes * 7919 + int(self.now / 60.0) * 104729) % 2 == 0]] = True
        sick |= struck

    def silent(self) -> Bools:
        """bool[n]: nothing is heard of the node now, whatever the cause."""
        told: Bools = (self._ill[1] > 0) | ((self.onset <= self.now) & (self.symptom == SILENT) & (self.state == NEW))
        return told


_ROW_OF = np.zeros(8, np.int64)
_ROW_OF[DOWN], _ROW_OF[SILENT], _ROW_OF[SLOW] = 0, 1, 2
