"""Which release Myriarch accuses: its cause finder over the failures that agents told, and the releases in flight.

The hub knows when which nodes failed and stood in which rack and zone, and when each release came to each cluster. The
question is asked when the release is judged harmful, when it is done, and when many fail within an hour meanwhile.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.blame.cause import find_cause
from myriarch.engine.blame.signals import Arrival, Background, Domain, Failures, Places
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
    """Collects failures as they are told, and asks who caused them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._places, self._place_of = _places(world.fleet)
        self._at: list[Floats] = []
        self._nodes: list[Ints] = []
        self._fresh = 0
        self._asked_at = 0.0
        self._found = Guilty.NONE

    def note(self) -> None:
        """Remember what failed since the last look."""
        nodes = self._world.newly_failed
        if len(nodes):
            self._at.append(np.full(len(nodes), self._world.now))
            self._nodes.append(nodes)
            self._fresh += len(nodes)
        if self._world.now >= self._asked_at + HOUR:
            if self._fresh >= MANY and self._found is Guilty.NONE:
                self._found = self._ask()
            self._asked_at, self._fresh = self._world.now, 0

    def accused(self, *, taken_back: bool) -> Guilty:
        """Who is to blame for what failed so far. To take a release back accuses it, unless another is blamed alone."""
        now = self._ask()
        found = self._found if now is Guilty.NONE else now
        return Guilty.SELF if taken_back and found is Guilty.NONE else found

    def _ask(self) -> Guilty:
        if not self._at:
            return Guilty.NONE
        world = self._world
        verdict = find_cause(self._places, self._arrivals(), self._failures(), Background(), 0.0, world.now)
        if OWN_NAME in verdict.blamed:
            return Guilty.SELF
        return Guilty.OTHER if verdict.blamed else Guilty.NONE

    def _failures(self) -> Failures:
        world = self._world
        nodes, at = np.concatenate(self._nodes), np.concatenate(self._at)
        begun = [world.began_at[nodes], *(began[world.fleet.cluster[nodes]] for began in world.weather.other_began)]
        return Failures(at, self._place_of[nodes], np.ones(len(nodes), np.int64), np.stack(begun, axis=-1))

    def _arrivals(self) -> list[Arrival]:
        world = self._world
        came = np.flatnonzero(world.began_at < NEVER)
        own = Arrival(OWN_NAME, world.began_at[came], self._place_of[came], np.ones(len(came), np.int64))
        others = [self._other(number, began) for number, began in enumerate(world.weather.other_began)]
        return [own, *others]

    def _other(self, number: int, began: Floats) -> Arrival:
        world = self._world
        moments = began[world.fleet.cluster]
        came = np.flatnonzero(moments <= world.now)
        name = world.scenario.background.other_releases[number].component
        return Arrival(f"{name} {number}", moments[came], self._place_of[came], np.ones(len(came), np.int64))


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
    )
    labels = [f"cluster-{c:03}/{names[r]}" for c, r in zip(cluster, rack, strict=True)]
    return Places(labels, np.bincount(place_of, minlength=len(kept)), domains), place_of
