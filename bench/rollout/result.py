"""All that one run of the benchmark found: what ``--output json`` prints and the report shows."""

from __future__ import annotations

import msgspec

from rollout.aims import Aim
from rollout.outcome import Outcome
from rollout.scenario import Scenario
from rollout.summary import Summary


class Result(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``seconds`` is the benchmark's own running time, without what stood in a journal; ``outcomes`` are paired by
    seed."""

    seeds: int
    peer_seeds: int
    jobs: int
    seconds: float
    summaries: list[Summary]
    aims: list[Aim]
    scenarios: list[Scenario]
    outcomes: list[Outcome]

    @property
    def running(self) -> str:
        """How long it took, in words."""
        played = sum(outcome.seconds for outcome in self.outcomes)
        return f"{played:.0f} s of playing, {self.seconds:.0f} s by the wall just now with {self.jobs} processes"
