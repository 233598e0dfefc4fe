"""``simulate(scenario, seed)``: a hub, a fleet, people and faults on virtual time, judged by every invariant.

The program under test is the program: server, controllers, agents and engine are those of a real hub. The
simulator owns the clock, the line between them and the server, and the fleet; it watches, and it judges.
"""

from __future__ import annotations

import asyncio
import copy
from pathlib import Path

from myriarch.api.cluster import ComponentStatus
from myriarch.api.release import Phase, Release
from myriarch.apiserver.store import Store
from myriarch.controllers.release.starting import is_over
from myriarch.fleet.fleet import DEFAULT_START, Fleet
from myriarch.hub.hub import Hub
from myriarch.sim.coverage import Coverage
from myriarch.sim.faults.fault import Means
from myriarch.sim.invariants import all_checkers
from myriarch.sim.invariants.checker import Scene
from myriarch.sim.ledger import Ledger
from myriarch.sim.line import CONTROLLERS, Lines
from myriarch.sim.loop import running_clock
from myriarch.sim.meter import Meter
from myriarch.sim.metrics import MetricSource
from myriarch.sim.outcome import make_result
from myriarch.sim.people import People
from myriarch.sim.plot import Plot, plot_of
from myriarch.sim.poison import poison
from myriarch.sim.result import Result
from myriarch.sim.run import run_virtual
from myriarch.sim.scenario import Scenario
from myriarch.sim.skewed_clock import SkewedClock
from myriarch.sim.trace import Trace
from myriarch.sim.troubles import Troubles
from myriarch.sim.truth import Nodes
from myriarch.sim.weather import Weather
from myriarch.sim.witness import Granted, Listener, Moved, Witness

LONGEST_WAIT_SECONDS = 6 * 3600.0


def simulate(scenario: Scenario, seed: int, *, folder: Path = Path(), keep_trace: bool = False) -> tuple[Result, Trace]:
    """Run the scenario. Raises UserFault for a bad fleet file, and what the program under test dies of.

    The scenario is read before the run, and a copy is made unreadable then, so nothing can read it later.
    """
    own = copy.deepcopy(scenario)
    plot, name = plot_of(own, seed, folder), own.metadata.name
    poison(own)
    run = _Run(plot, seed, keep_trace=keep_trace)
    run_virtual(run.go(), DEFAULT_START)
    return run.result(name), run.trace


class _Run:
    """One run. ``go`` once, then ``result``."""

    def __init__(self, plot: Plot, seed: int, *, keep_trace: bool) -> None:
        self.plot = plot
        self.seed = seed
        self.trace = Trace(DEFAULT_START, keep=keep_trace)
        self.ended_at = DEFAULT_START

    async def go(self) -> None:
        self._build()
        await self.hub.start()
        await self._play()
        await self.hub.stop()

    def _build(self) -> None:
        self.clock = running_clock()
        self.start = self.clock.now()
        self.fleet = Fleet(self.plot.fleet, start=self.start)
        for name, spec in self.plot.components:
            self.fleet.set_base(name, spec["initialRevision"])
        for component, revision, behaviour in self.plot.behaviours:
            self.fleet.set_behaviour(component, revision, behaviour)
        self.troubles = Troubles(self.clock.now)
        self.witness = Witness(self.fleet, [name for name, _ in self.plot.components], self.clock.now)
        self.ledger = Ledger(self.witness.seen)
        self.metrics = MetricSource(self.clock, self.witness.harmed_share)
        self.scene = Scene(self.witness, self.troubles, self.ledger, self.metrics, self.start)
        self.checkers = all_checkers(self.scene)
        self.coverage = Coverage(self.troubles)
        self.meter = Meter()
        self._news = asyncio.Event()
        store = Store()
        store.subscribe(self.witness.stored)
        lines = Lines()
        hub_clock = SkewedClock(self.clock)
        self.hub = Hub(
            clock=self.clock,
            fleet=self.fleet,
            store=store,
            seed=self.seed,
            wrap=lines.wrap,
            fetch=self.metrics,
            clock_of=lambda participant: hub_clock if participant == CONTROLLERS else self.clock,
        )
        client = self.hub.client("operator")
        self.people = People(client, self.clock, self.start, self._say)
        means = Means(hub_clock, self.metrics, client)
        self.weather = Weather(self.hub, self.fleet, lines, self.clock, self.troubles, means, self.seed, self._say)
        self.witness.look_at_all()
        listeners: list[Listener] = [self, self.trace, *self.checkers]
        for listener in listeners:
            self.witness.tell(listener)

    def _say(self, text: str) -> None:
        self.trace.line(self.clock.now(), text)

    async def _play(self) -> None:
        failed = asyncio.ensure_future(self.hub.failed())
        playing = asyncio.ensure_future(self._script())
        await asyncio.wait((failed, playing), return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            playing.cancel()
            failed.result()
        failed.cancel()
        playing.result()

    async def _script(self) -> None:
        await self.people.found(self.plot)
        self.people.begin(self.plot, self._news.set)
        self.weather.begin(self.plot.faults, self._news.set)
        await self._wait_for_the_end()
        await self.weather.calm()
        await self.people.check()
        self.ended_at = self.clock.now()
        if self._all_over():
            await self.clock.sleep(self.plot.limits.settle)
        now = self.clock.now()
        self.meter.finish(now)
        for checker in self.checkers:
            checker.ended(now)

    async def _wait_for_the_end(self) -> None:
        """Until every release is over and nobody will act on one any more, or patience ends."""
        limit = self.start + self.plot.limits.duration
        while not self._all_over():
            now = self.clock.now()
            deadline = min(limit, self._deadline())
            if now >= deadline:
                return
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), min(deadline - now, LONGEST_WAIT_SECONDS))
            except TimeoutError:
                continue

    def _deadline(self) -> float:
        """By when releases must have ended: infinite while trouble may still come."""
        if self.people.busy or self.weather.busy:
            return float("inf")
        self.scene.calm_at = max(self.troubles.last_end(), self.people.last_deed_at)
        self.scene.deadline = self.scene.calm_at + self.plot.limits.heal_within
        return self.scene.deadline

    def _all_over(self) -> bool:
        """Releases that were to follow what never came to pass are not waited for."""
        releases = self.witness.seen.releases
        return not self.people.busy and len(releases) > 0 and all(is_over(release) for release in releases.values())

    def result(self, name: str) -> Result:
        return make_result(
            name, self.seed, self.plot, self.scene, self.meter, self.coverage, self.weather, self.trace, self.ended_at
        )

    # As a listener of the witness, before all others

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        self.ledger.note(before, after)
        self.meter.nodes_changed(after)

    def granted(self, written: Granted) -> None:
        """Only checkers and the trace mind."""

    def reported(self, at: float, cluster: str, status: ComponentStatus) -> None:
        """Only checkers and the trace mind."""

    def release_moved(self, moved: Moved, release: Release) -> None:
        component, attempt = release.spec.component, release.status.attempt
        self.coverage.note(moved, self.people.created_at.get(moved.release, self.start))
        self.meter.release_moved(moved, component, attempt)
        self.people.heard(moved.release, moved.entry.phase, f"{moved.entry.stage}/{moved.entry.wave + 1}", entered=True)
        if moved.entry.phase is Phase.SUCCEEDED:
            self._prove(release)

    def release_written(self, at: float, release: Release) -> None:
        del at
        status = release.status
        key = f"{release.metadata.namespace}/{release.name}"
        self.people.heard(key, status.phase, f"{status.stage_name}/{status.wave + 1}", entered=False)
        if is_over(release):
            self._news.set()

    def _prove(self, release: Release) -> None:
        revisions = self.fleet.world.component(release.spec.component).revisions
        code = revisions.index(release.spec.revision) if release.spec.revision in revisions else -1
        for plan in self.fleet.plans:
            self.ledger.proved(self.witness.nodes(plan.name, release.spec.component), release.status.attempt, code)
