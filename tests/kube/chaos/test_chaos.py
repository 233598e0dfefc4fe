"""Chaos on the real stack: whatever is killed, cut off or silenced, and when, is drawn from a seed.

``make chaos`` plays ten runs; the tests play one. A run that fails prints the command that plays it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.kube.chaos.run import Run
from tests.kube.chaos.world import World

pytestmark = pytest.mark.kube
RUNS = int(os.environ.get("MYRIARCH_CHAOS_RUNS", "1"))
FIRST_SEED = int(os.environ.get("MYRIARCH_CHAOS_SEED", "7"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(tmp_path_factory.mktemp("chaos"), stack)


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + RUNS))
def test_releases_end_and_exposure_stays_within_the_grants(world: World, seed: int) -> None:
    try:
        Run(world, seed, print).play()
    except BaseException:
        print(f"play it again: make chaos SEED={seed} RUNS=1    (logs: {world.logs()})")
        raise
