"""The embedded server answers as a real kube-apiserver does, but for what the baseline justifies."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from tests.contract.baseline import read_baseline
from tests.contract.case import read_area, read_areas
from tests.contract.servers import embedded, real, start_real
from tests.contract.suite import Verdict, judged
from tests.kube.control_plane import ControlPlane

pytestmark = [pytest.mark.kube, pytest.mark.timeout(600)]

CASES_MIN = 250
BASELINE_MAX = 10


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with start_real(tmp_path_factory.mktemp("contract") / "plane") as started:
        yield started


@pytest.mark.parametrize("area", read_areas())
def test_both_servers_answer_alike(area: str, plane: ControlPlane) -> None:
    async def play() -> Verdict:
        async with embedded() as ours, real(plane) as theirs:
            return await judged([area], read_baseline(), ours, theirs)

    verdict = asyncio.run(play())
    assert verdict.unjustified == []
    assert verdict.stale == []


def test_there_are_enough_cases_and_few_exceptions() -> None:
    assert sum(len(read_area(area)) for area in read_areas()) >= CASES_MIN
    entries = read_baseline()
    assert len(entries) < BASELINE_MAX
    assert all(len(entry.justification.split()) > 5 for entry in entries)
