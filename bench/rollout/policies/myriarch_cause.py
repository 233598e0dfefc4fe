"""Which release Myriarch accuses: the engine's own judge of causes, over the failures that agents told.

The hub knows when which nodes failed and stood in which rack and zone, and when each release came to each cluster. The
engine asks when it finds harm, and goes by the verdict; here it is asked too when the release is done, and when many
fail within an hour meanwhile.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.cause import Cause as Verdict
from myriarch.api.cause import Guilty as Named
from myriarch.engine.acquittal import judge
from myriarch.engine.blame.signals import CLUSTER, Arrival, Domain, Failures, Places, Signals
from myriarch.engine.observed import Observed
from myriarch.engine.population import Floats, Ints
from rollout.chance import HOUR
from rollout.effects import NEVER
from rollout.fleet import Fleet
from rollout.scenario import Guilty
from rollout.vocabulary import ZONES, racks, values_of
from rollout.world import World

OWN_NAME = "this release"
MANY = 10
"""So many failures since the last time that it was asked, at least an hour ago, are asked about."""


class Cause:
    """Collects failures as they are told, and asks who caused them. Times are by the engine's clock, which began at
    ``epoch`` (Unix seconds)."""

    def __init__(self, world: World, epoch: float) -> None:
        self._world = world
        self._epoch = epoch
        self._places, self._place_of = _places(world.fleet)
        self._at: list[Floats] = []
        self._nodes: list[Ints] = []
        self._fresh = 0
        self._asked_at = 0.0
        self._found = Guilty.NONE

    def note(self, observed: Observed | None) -> None:
        """Remember what failed since the last time; nobody is asked where nothing is observed."""
        nodes = self._world.newly_failed
        if len(nodes):
            self._at.append(np.full(len(nodes), self._world.now))
            self._nodes.append(nodes)
            self._fresh += len(nodes)
        if observed is not None and self._world.now >= self._asked_at + HOUR:
            if self._fresh >= MANY and self._found is Guilty.NONE:
                self._found = self._ask(observed)
            self._asked_at, self._fresh = self._world.now, 0

    def signals(self) -> Signals | None:
        """What the engine's judge asks for."""
        if not self._at:
            return None
        return Signals(OWN_NAME, self._places, self._arrivals(), self._failures(), self._epoch)

    def accused(self, observed: Observed, decided: Verdict | None) -> Guilty:
        """Who is to blame for what failed so far. ``decided`` is the verdict by which the release was taken back, if it
        was: to take it back accuses it, unless another is blamed alone."""
        now = self._ask(observed) if decided is None else _guilty(decided)
        found = self._found if now is Guilty.NONE else now
        return Guilty.SELF if decided is not None and found is Guilty.NONE else found

    def _ask(self, observed: Observed) -> Guilty:
        signals = self.signals()
        if signals is None:
            return Guilty.NONE
        return _guilty(judge(signals, observed, self._epoch + self._world.now))

    def _failures(self) -> Failures:
        world = self._world
        nodes, at = np.concatenate(self._nodes), np.concatenate(self._at)
        begun = [world.began_at[nodes], *(began[world.fleet.cluster[nodes]] for began in world.weather.other_began)]
        moments = np.stack(begun, axis=-1) + self._epoch
        return Failures(at + self._epoch, self._place_of[nodes], np.ones(len(nodes), np.int64), moments)

    def _arrivals(self) -> list[Arrival]:
        world = self._world
        came = np.flatnonzero(world.began_at < NEVER)
        own = Arrival(OWN_NAME, world.began_at[came] + self._epoch, self._place_of[came], np.ones(len(came), np.int64))
        others = [self._other(number, began) for number, began in enumerate(world.weather.other_began)]
        return [own, *others]

    def _other(self, number: int, began: Floats) -> Arrival:
        world = self._world
        moments = began[world.fleet.cluster]
        came = np.flatnonzero(moments <= world.now)
        name = world.scenario.background.other_releases[number].component
        return Arrival(
            f"{name} {number}", moments[came] + self._epoch, self._place_of[came], np.ones(len(came), np.int64)
        )


def _guilty(verdict: Verdict) -> Guilty:
    match verdict.guilty:
        case Named.SELF:
            return Guilty.SELF
        case Named.OTHER:
            return Guilty.OTHER
        case Named.AMBIENT | Named.UNDECIDED | Named.NOBODY:
            return Guilty.NONE


def _places(fleet: Fleet) -> tuple[Places, Ints]:
    """The part of each cluster in each rack is a place; and the place of each node, int64[n]."""
    names = racks()
    cells = fleet.cluster * len(names) + fleet.columns["rack"]
    kept, place_of = np.unique(cells, return_inverse=True)
    rack, cluster = kept % len(names), kept // len(names)
    regions = values_of("region")
    per_zone = len(names) // (len(regions) * len(ZONES))
    zone = rack // per_zone
    zone_names = [f"{region}-{name}" for region in regions for name in ZONES]
    domains = (
        Domain("rack", names, rack),
        Domain("zone", zone_names, zone),
        Domain("region", regions, zone // len(ZONES)),
        Domain(CLUSTER, [f"cluster-{number:03}" for number in range(fleet.clusters)], cluster),
    )
    labels = [f"cluster-{c:03}/{names[r]}" for c, r in zip(cluster, rack, strict=True)]
    return Places(labels, np.bincount(place_of, minlength=len(kept)), domains), place_of
