"""A good release over fleets of growing size: wall time and memory, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measurement import Measurement, progress

NODES_PER_CLUSTER = 100
AIM_CLUSTERS = 10_000
AIM_SECONDS = 120.0
AIM_BYTES = 2e9
KWOK_BYTES_PER_NODE = 97e3
KWOK = "KWOK with a control plane, 5,000 nodes, published"
SCRIPT = Path(__file__).with_name("good_release.py")
MEGA = 1e6


def run(sizes: Sequence[int], seed: int) -> list[Measurement]:
    """For each number of clusters: seconds, peak of memory, and bytes a node."""
    found = []
    for clusters in sizes:
        progress(f"a good release over {clusters:,} clusters of {NODES_PER_CLUSTER} nodes")
        found += _measurements(clusters, seed, _one(clusters, seed))
    return found


def _one(clusters: int, seed: int) -> dict[str, Any]:
    command = [sys.executable, str(SCRIPT), "--clusters", str(clusters), "--nodes", str(NODES_PER_CLUSTER)]
    done = subprocess.run([*command, "--seed", str(seed)], stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    if not result["succeeded"]:
        raise SystemExit(f"the release over {clusters} clusters ended as {result['phase']}, not Succeeded")
    return result


def _measurements(clusters: int, seed: int, result: dict[str, Any]) -> list[Measurement]:
    command = f"python bench/run.py release --sizes {clusters} --seed {seed}"
    name, nodes = f"release.{clusters}x{NODES_PER_CLUSTER}", result["nodes"]
    aimed = clusters == AIM_CLUSTERS
    grown = result["peakBytes"] - result["bareBytes"]
    return [
        Measurement(
            f"{name}.wall",
            result["wallSeconds"],
            "s",
            command,
            "aim" if aimed else "",
            AIM_SECONDS if aimed else None,
        ),
        Measurement(f"{name}.cpu", result["cpuSeconds"], "s", command),
        Measurement(f"{name}.start", result["startSeconds"], "s", command),
        Measurement(f"{name}.wall-per-cluster", result["wallSeconds"] / clusters * 1e3, "ms", command),
        Measurement(f"{name}.virtual", result["virtualHours"], "h", command),
        Measurement(
            f"{name}.memory",
            result["peakBytes"] / MEGA,
            "MB",
            command,
            "aim" if aimed else "",
            AIM_BYTES / MEGA if aimed else None,
        ),
        Measurement(f"{name}.memory-per-node", grown / nodes, "B", command, KWOK, KWOK_BYTES_PER_NODE),
        Measurement(f"{name}.columns-per-node", result["columnBytes"] / nodes, "B", command, KWOK, KWOK_BYTES_PER_NODE),
    ]
