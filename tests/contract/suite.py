"""Plays areas of cases on two servers and gathers what differs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.contract.case import Case, read_area
from tests.contract.compare import Difference, differences
from tests.contract.exchange import Endpoint
from tests.contract.normalise import normalised


async def compared(case: Case, embedded: Endpoint, real: Endpoint) -> list[Difference]:
    """Every difference of one case, played on both servers at once."""
    ours, theirs = await asyncio.gather(embedded.play(case), real.play(case))
    return differences(case.title, normalised(case.steps, ours), normalised(case.steps, theirs))


async def compared_areas(areas: Sequence[str], embedded: Endpoint, real: Endpoint) -> tuple[int, list[Difference]]:
    """How many cases were played, and their differences."""
    found: list[Difference] = []
    count = 0
    for area in areas:
        for case in read_area(area):
            found += await compared(case, embedded, real)
            count += 1
    return count, found
