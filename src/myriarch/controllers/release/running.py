"""What is kept of each release between its turns. All of it can be made anew from what the API server holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from myriarch.api.release import Release
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.columns import ReleaseColumns
from myriarch.controllers.release.planning import plan_table
from myriarch.controllers.release.starting import key_of
from myriarch.controllers.release.unseen import Unseen
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Ints
from myriarch.engine.rules import Rules, fleet_rules


@dataclass(slots=True)
class Running:
    """Of one release: its columns over the clusters, its plan, and what is yet to be told of it. ``intended`` ceilings
    and clusters ``wanting`` to begin (int64[n]) were decided last (``others.py``)."""

    columns: ReleaseColumns
    rules: Rules
    plan: ReleasePlan | None = None
    topology: int = -1
    told_at: float = 0.0
    untold: bool = False
    unseen: Unseen = field(default_factory=Unseen)
    intended: Ints | None = None
    wanting: Ints | None = None


class Runnings:
    """By the release's key."""

    def __init__(self, table: FleetTable) -> None:
        self._table = table
        self._known: dict[str, Running] = {}

    def update(self, row: int) -> None:
        """The cluster in ``row`` of the fleet's table has changed."""
        for running in self._known.values():
            running.columns.update(row)

    def forget(self, key: str) -> None:
        """The release is over, deleted, or waits."""
        self._known.pop(key, None)

    def of(self, release: Release) -> Running:
        """What is kept of a release that has begun."""
        key = key_of(release)
        running = self._known.get(key)
        if running is None or running.columns.attempt != release.status.attempt:
            columns = ReleaseColumns(self._table, key, release.spec.component, release.status.attempt)
            assert release.status.policy is not None
            running = self._known[key] = Running(columns, fleet_rules(release.status.policy))
        return running

    def plan(self, running: Running, release: Release) -> ReleasePlan:
        """Its plan over the clusters as they are now."""
        if running.plan is None or running.topology != self._table.topology:
            assert release.status.policy is not None
            running.plan = plan_table(self._table, release.status.policy, release.spec.selector, release.status.seed)
            running.topology = self._table.topology
        return running.plan
