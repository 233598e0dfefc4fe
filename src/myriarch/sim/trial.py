"""A trial of a plan: the same release, without harm, on a simulated fleet, timed wave by wave.

What a forecast computes (``engine/forecast.py``) is compared with what the program does: hub, controllers and agents
are the real ones, on virtual time. Approvals and gates are left out, because a simulated fleet has nobody to ask.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

import msgspec

from myriarch.api.component import Component, ComponentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import ReleasePolicy, ReleasePolicySpec
from myriarch.api.release import Phase, Release, ReleaseSpec
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.base.clock import parse_rfc3339
from myriarch.client.client import Client
from myriarch.client.objects import Bookmark, Deleted
from myriarch.client.refs import COMPONENTS, POLICIES, RELEASES, REVISIONS
from myriarch.engine.phases import ENDED
from myriarch.fleet.fleet import DEFAULT_START, Fleet
from myriarch.fleet.spec import FleetSpec
from myriarch.hub.hub import Hub
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

NAMESPACE: Final = "default"
USER: Final = "trial"
NAME: Final = "trial"
FIRST_REVISION: Final = "before"
SEED_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class WaveTime:
    """A wave as it went. Lengths in seconds; ``begun``: nodes of the wave's stage that had begun by its end."""

    stage: int
    wave: int
    advance_seconds: float
    soak_seconds: float
    gate_seconds: float
    begun: int


@dataclass(slots=True)
class Trial:
    """How it went. ``seconds``: from its start to its end; the worst trial of a policy names its ``seed``."""

    seed: int
    phase: Phase = Phase.PENDING
    seconds: float = 0.0
    message: str = ""
    waves: list[WaveTime] = field(default_factory=list)


Heard = Callable[[WaveTime], None]
"""Told of each wave when it has passed its gate."""


def in_silence(_wave: WaveTime) -> None:
    """Nobody listens."""


def try_out(
    fleet: FleetSpec, policy: ReleasePolicySpec, spec: ReleaseSpec, seed: int, heard: Heard = in_silence
) -> Trial:
    """Run the release ``spec`` under ``policy`` over ``fleet``. The ``seed`` draws how long updates take and which
    nodes fail on their own: it moves the trial to another day. Raises what the program dies of."""
    epoch = DEFAULT_START + seed * SEED_SECONDS
    return run_virtual(_run(fleet, by_itself(policy), spec, seed, heard), epoch)


def by_itself(policy: ReleasePolicySpec) -> ReleasePolicySpec:
    """The policy without what people and strangers are asked for: approvals, and gates."""
    stages = [
        msgspec.structs.replace(
            stage,
            approval=False,
            waves=[msgspec.structs.replace(wave, approval=False) for wave in stage.waves],
        )
        for stage in policy.stages
    ]
    return msgspec.structs.replace(policy, stages=stages, gates=[])


async def _run(spec: FleetSpec, policy: ReleasePolicySpec, wanted: ReleaseSpec, seed: int, heard: Heard) -> Trial:
    clock = running_clock()
    fleet = Fleet(spec, start=clock.now())
    fleet.set_base(wanted.component, FIRST_REVISION)
    hub = Hub(clock=clock, fleet=fleet, seed=seed)
    await hub.start()
    try:
        client = hub.client(USER)
        await _found(client, policy, wanted)
        following = asyncio.ensure_future(_follow(client, seed, heard))
        failing = asyncio.ensure_future(hub.failed())
        await asyncio.wait((following, failing), return_when=asyncio.FIRST_COMPLETED)
        hub.check()
        failing.cancel()
        return await following
    finally:
        await hub.stop()


async def _found(client: Client, policy: ReleasePolicySpec, wanted: ReleaseSpec) -> None:
    """Create what the release names, and the release."""
    await client.create(POLICIES, ReleasePolicy(metadata=ObjectMeta(name=NAME), spec=policy))
    component = ComponentSpec(initial_revision=FIRST_REVISION)
    await client.create(COMPONENTS, Component(metadata=ObjectMeta(name=wanted.component), spec=component))
    for name in (FIRST_REVISION, wanted.revision):
        revision = RevisionSpec(component=wanted.component, version=name)
        await client.create(REVISIONS, Revision(metadata=ObjectMeta(name=name), spec=revision))
    spec = ReleaseSpec(
        component=wanted.component,
        revision=wanted.revision,
        policy=NAME,
        selector=wanted.selector,
        seed=wanted.seed,
    )
    await client.create(RELEASES, Release(metadata=ObjectMeta(name=NAME, namespace=NAMESPACE), spec=spec))


async def _follow(client: Client, seed: int, heard: Heard) -> Trial:
    """Note every wave until the release has ended."""
    release = await client.get(RELEASES, Release, NAME, NAMESPACE)
    notes = _Notes(Trial(seed), heard)
    watch = client.watch(RELEASES, Release, NAMESPACE, resource_version=release.metadata.resource_version or "")
    async with aclosing(watch) as events:
        async for event in events:
            if isinstance(event, Bookmark | Deleted):
                continue
            notes.see(event.object)
            if event.object.status.phase in ENDED:
                break
    return notes.trial


class _Notes:
    """Reads a release's timeline as it grows. A wave that had to advance again, or soak again, counts from its begin to
    its last soak."""

    def __init__(self, trial: Trial, heard: Heard) -> None:
        self.trial = trial
        self._heard = heard
        self._seen = 0
        self._wave: tuple[int, int] | None = None
        self._at: dict[Phase, float] = {}
        self._before = 0

    def see(self, release: Release) -> None:
        status = release.status
        begun = sum(each.begun for each in status.environments)
        for entry in status.timeline[self._seen :]:
            at = parse_rfc3339(entry.at)
            place = (self._stage(release, entry.stage), entry.wave)
            if entry.phase in (Phase.SOAKING, Phase.GATED):
                self._at[entry.phase] = at
            elif entry.phase in ENDED:
                self._close(at, begun)
            elif entry.phase is Phase.ADVANCING and place != self._wave:
                self._close(at, begun)
                if self._wave is None or self._wave[0] != place[0]:
                    self._before = begun
                self._wave, self._at = place, {Phase.ADVANCING: at}
        self._seen = len(status.timeline)
        self.trial.phase, self.trial.message = status.phase, status.message
        if status.started_at and status.ended_at:
            self.trial.seconds = parse_rfc3339(status.ended_at) - parse_rfc3339(status.started_at)

    @staticmethod
    def _stage(release: Release, name: str) -> int:
        assert release.status.policy is not None
        return [each.name for each in release.status.policy.stages].index(name)

    def _close(self, at: float, begun: int) -> None:
        """The wave under way has ended, if it came so far."""
        if self._wave is None or Phase.GATED not in self._at:
            return
        advancing, soaking, gated = (self._at[each] for each in (Phase.ADVANCING, Phase.SOAKING, Phase.GATED))
        lengths = soaking - advancing, gated - soaking, at - gated
        passed = WaveTime(*self._wave, *lengths, begun - self._before)
        self.trial.waves.append(passed)
        self._heard(passed)
