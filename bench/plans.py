"""Plans of growing fleets up to a million units, as a user waits for them: names are hashed, then planned.

The peer does what any program must to plan by waves: hash every name, order by the hash, and cut the order into
waves. It is plain Python, the way one would write it without columns, and it does less: no ceilings, no exposure.
Coverage, over the populations of ``plan.py``, is compared with its aim.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from measurement import Measurement, progress
from myriarch.base.clock import wall_seconds
from myriarch.base.hashing import hash_names
from myriarch.engine.population import Population
from plan import BY_WAVES, plan, plan_million

UNITS = 1_000_000
SHARES = (0.01, 0.1, 0.5, 1.0)
REPEATS = 3
COMMAND = "python bench/run.py plan"
PEER = "hash, sort and cut names in plain Python, same run"
COVERAGE_AIM_SECONDS = 2.0


def run(sizes: Sequence[int], seed: int) -> list[Measurement]:
    """Seconds of the best of a few plans, for each size and for a million units; then coverage."""
    found = []
    for units in [*(size for size in sizes if size < UNITS), UNITS]:
        progress(f"plan of {units:,} units")
        names = [f"cluster-{number:07d}" for number in range(units)]
        ours = min(_by_waves(names, seed) for _ in range(REPEATS))
        peer = min(_plain(names, seed) for _ in range(REPEATS))
        found.append(Measurement(f"plan.waves.{units}", ours, "s", COMMAND, PEER, peer))
    progress("plan with coverage")
    figures = plan_million(seed)
    nodes, clusters = figures.nodes_by_coverage_seconds, figures.clusters_by_coverage_seconds
    found.append(Measurement("plan.coverage.1000000", nodes, "s", COMMAND, "aim", COVERAGE_AIM_SECONDS))
    found.append(Measurement("plan.coverage.10000x100", clusters, "s", COMMAND, "aim", COVERAGE_AIM_SECONDS))
    return found


def _by_waves(names: list[str], seed: int) -> float:
    begun = wall_seconds()
    size = len(names)
    nothing, whole = np.zeros((size, 0), np.int64), np.ones(size, np.int64)
    plan(BY_WAVES, Population(hash_names(seed, names), whole, nothing, (), np.full(size, -1, np.int64), names))
    return wall_seconds() - begun


def _plain(names: list[str], seed: int) -> float:
    begun = wall_seconds()
    salt = str(seed).encode()
    hashes = [blake2b(name.encode(), digest_size=8, key=salt).digest() for name in names]
    ranked = sorted(range(len(names)), key=hashes.__getitem__)
    waves = [set(ranked[: int(share * len(names))]) for share in SHARES]
    assert len(waves[-1]) == len(names)
    return wall_seconds() - begun
