"""Plays areas of cases on both servers and judges what differs by the baseline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tests.contract.baseline import Entry, justification, stale
from tests.contract.case import Case, read_area
from tests.contract.compare import Difference, differences
from tests.contract.exchange import Endpoint
from tests.contract.normalise import normalised


@dataclass(frozen=True, slots=True)
class Verdict:
    """``justified`` differences stand in the baseline; ``stale`` are its entries that nothing needs any more."""

    cases: int
    justified: list[tuple[Difference, str]]
    unjustified: list[Difference]
    stale: list[Entry]

    @property
    def holds(self) -> bool:
        return not self.unjustified and not self.stale


async def compared(case: Case, embedded: Endpoint, real: Endpoint) -> list[Difference]:
    """Every difference of one case, played on both servers at once."""
    ours, theirs = await asyncio.gather(embedded.play(case), real.play(case))
    return differences(case.title, normalised(case.steps, ours), normalised(case.steps, theirs))


async def judged(areas: Sequence[str], entries: Sequence[Entry], embedded: Endpoint, real: Endpoint) -> Verdict:
    """Play the areas, case after case."""
    found: list[Difference] = []
    cases = [case for area in areas for case in read_area(area)]
    for case in cases:
        found += await compared(case, embedded, real)
    reasons = [(difference, justification(entries, difference)) for difference in found]
    return Verdict(
        cases=len(cases),
        justified=[(difference, why) for difference, why in reasons if why is not None],
        unjustified=[difference for difference, why in reasons if why is None],
        stale=stale([entry for entry in entries if entry.case.split("/")[0] in areas], found),
    )
