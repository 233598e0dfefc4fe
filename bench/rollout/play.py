"""One run: a scenario, a seed and a policy, from the release's begin until all is over.

The world moves from one moment at which something can happen to the next: every ``LOOK_SECONDS`` while nodes move,
else at the next change of weather or health and when the policy wants to be woken, rounded up to ``REST_SECONDS``.
Where the policy does not take harm back, a person does (``PERSON_SECONDS`` after being called): README.md.
"""

from __future__ import annotations

import math

from myriarch.base.clock import wall_seconds
from rollout.blame import right_attribute, right_release
from rollout.effects import NEVER
from rollout.fleet import build_fleet
from rollout.harm import HarmRecord
from rollout.members import FORWARD, Members
from rollout.outcome import Outcome
from rollout.policy import Policy, Standing
from rollout.register import make_policy
from rollout.scenario import Scenario
from rollout.weather import HORIZON_SECONDS
from rollout.world import World

HOUR = 3600.0
LOOK_SECONDS = 300.0
REST_SECONDS = 600.0
AFTER_SECONDS = HOUR
"""Once the policy has ended, only harm and the person are left to follow."""
WATCH_LOOK_SECONDS = 3 * HOUR
MANY_FAILED = 5
"""A policy that goes on judging a release that is done looks so often, or when so many have failed since. It takes note
of everything, as hubs and agents do."""
WATCHED_SECONDS = 7 * 24 * HOUR
"""Harm that nobody takes back is counted for a week."""
PERSON_SECONDS = 2 * HOUR
"""A person takes the release back so long after the tool has stopped, or after a noticed harm."""
NOTICED_SHARE = 0.01
"""Of production harmed: then users tell a person, whatever the tool thinks."""


class Run:
    """Plays one scenario under one policy."""

    def __init__(self, scenario: Scenario, seed: int, policy: str) -> None:
        self.scenario = scenario
        self.world = World(build_fleet(seed), scenario)
        self.members = Members(self.world)
        self.policy: Policy = make_policy(policy, self.world, self.members)
        self.harm = HarmRecord(self.world)
        self.called_at = NEVER
        self.by_person = False
        self.looks = 0
        self._looked_at = -NEVER
        self._failed = 0

    def play(self) -> None:
        """Until nothing more can happen that counts."""
        while not self._over():
            if not self.by_person:
                self._look()
                self._call_person()
            if self._looked_at == self.world.now or self.by_person:
                self.members.act()
            moment = self._next_moment()
            if not math.isfinite(moment) or moment > HORIZON_SECONDS:
                self.world.advance(HORIZON_SECONDS)
                self.harm.note()
                return
            self.world.advance(moment)
            self.harm.note()

    def _look(self) -> None:
        """What is told is looked at at once; while a release that is done is watched, every three hours, or when many
        have failed."""
        self._failed += len(self.world.newly_failed)
        waits = self.world.now < self._looked_at + WATCH_LOOK_SECONDS and self._failed < MANY_FAILED
        if self._quiet() and waits:
            self.policy.notice()
            return
        self.policy.look()
        self.looks += 1
        self._looked_at, self._failed = self.world.now, 0

    def _quiet(self) -> bool:
        return self.policy.watches() and not self.world.any_moving

    def _over(self) -> bool:
        world = self.world
        if self.policy.standing is not Standing.ROLLED_BACK and world.now > self.harm.first + WATCHED_SECONDS:
            return True
        if world.any_moving or self.harm.now_harmed:
            return False
        if self.by_person:
            return True
        if self.policy.standing is Standing.ROLLED_BACK:
            return self.policy.finished()
        running = self.policy.standing is Standing.RUNNING or self.policy.watches()
        return not running and (not world.strikes or not self._harm_to_come())

    def _harm_to_come(self) -> bool:
        world = self.world
        return bool(((world.onset > world.now) & (world.onset < HORIZON_SECONDS)).any()) or math.isfinite(
            world.overload.next_change(world.now)
        )

    def _call_person(self) -> None:
        stopped = self.policy.standing is Standing.STOPPED
        idle = self.policy.standing is not Standing.ROLLED_BACK
        if idle and (stopped or self.harm.share_now >= NOTICED_SHARE):
            self.called_at = min(self.called_at, self.world.now)
        if idle and self.world.now >= self.called_at + PERSON_SECONDS:
            self.by_person = True
            self.members.revert(self.members.way != 0)

    def _next_moment(self) -> float:
        now = self.world.now
        if self.world.any_moving:
            return now + LOOK_SECONDS
        quiet = self._quiet()
        rest = REST_SECONDS if quiet or self.policy.standing is Standing.RUNNING else AFTER_SECONDS
        moments = [self.world.next_change()]
        if not self.by_person:
            wake_at = self.policy.wake_at()
            moments.append(max(wake_at, self._looked_at + WATCH_LOOK_SECONDS) if quiet else wake_at)
            moments.append(self.called_at + PERSON_SECONDS)
        if not quiet and (self.members.way == FORWARD).any() and (self.members.room() > 0).any():
            moments.append(now + REST_SECONDS)
        later = min((moment for moment in moments if moment > now), default=NEVER)
        return later if later == NEVER else math.ceil(later / rest) * rest

    def outcome(self, seconds: float) -> Outcome:
        policy, harm, world = self.policy, self.harm, self.world
        exposed = int((world.began & world.fleet.production).sum()) / world.fleet.production_nodes
        caught = math.isfinite(policy.decided_at)
        harmless = self.scenario.harmless
        return Outcome(
            scenario=self.scenario.name,
            kind=self.scenario.kind,
            policy=policy.name,
            seed=world.fleet.seed,
            observable=self.scenario.expected.observable,
            exposed=exposed,
            harmed=harm.share,
            node_hours=harm.node_seconds / HOUR,
            caught=caught,
            rolled_back=policy.standing is Standing.ROLLED_BACK,
            by_person=self.by_person,
            to_decision=_hours(policy.decided_at - harm.first_anywhere) if caught and not harmless else None,
            recovery=_hours(harm.last - harm.first) if math.isfinite(harm.first) else None,
            duration=_hours(policy.succeeded_at),
            right_release=right_release(self.scenario, policy),
            right_attribute=right_attribute(self.scenario, policy, world.fleet),
            blamed=dict(policy.blamed),
            why=policy.why,
            symptom_after=_hours(harm.first_anywhere),
            looks=self.looks,
            seconds=seconds,
        )


def play(scenario: Scenario, seed: int, policy: str) -> Outcome:
    """One run, timed."""
    began = wall_seconds()
    run = Run(scenario, seed, policy)
    run.play()
    return run.outcome(wall_seconds() - began)


def _hours(seconds: float) -> float | None:
    return seconds / HOUR if math.isfinite(seconds) else None
