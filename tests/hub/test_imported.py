"""A release over a fleet made from an inventory: one that the test writes, and a real one where it is at hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.hub.house import COMPONENT, HOUR, NODES, House, play

from myriarch.api.policy import ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase
from myriarch.fleet.importing import import_inventory
from myriarch.fleet.spec import FleetSpec

REAL = Path(__file__).parents[3] / "shared" / "data" / "openb_node_list_all_node.csv"

POLICY = ReleasePolicySpec(
    stages=[
        Stage(name="simulated", environment="sim", soak="10m"),
        Stage(name="production", environment="prod", soak="30m", waves=[Wave(clusters="cover", nodes="cover"), Wave()]),
    ],
    nodes=NODES,
)


def released_everywhere(spec: FleetSpec, clusters: int, models: set[str]) -> None:
    async def story(house: House) -> None:
        assert len(house.fleet.cluster_names()) == clusters
        shown = {cluster.name: cluster.status.strata["gpuModel"] for cluster in await house.clusters()}
        assert {model for counts in shown.values() for model in counts} == models
        await house.release("r", "v2")
        release = await house.ended("r")
        assert release.status.phase is Phase.SUCCEEDED, release.status.message
        await house.wait(24 * HOUR)
        assert not [name for name in house.fleet.cluster_names() if behind(house, name)]

    play(story, policy=POLICY, spec=spec)


def behind(house: House, cluster: str) -> bool:
    """Whether a node that can be reached is not at the released revision a day later: all that broke is mended."""
    seen = house.fleet.cluster(cluster).observe(COMPONENT)
    left = house.fleet.revision_names(COMPONENT).index("v2") != seen.revision
    return bool((left & seen.present & (seen.ready == 1)).any())


def test_a_release_over_a_written_inventory(tmp_path: Path) -> None:
    inventory = tmp_path / "nodes.csv"
    with inventory.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["sn", "cpu_milli", "memory_mib", "gpu", "model"])
        for index in range(60):
            shape = [(96000, 393216, 8, "G2"), (32000, 131072, 0, ""), (104000, 524288, 2, "T4")][index % 3]
            table.writerow([f"node-{index}", *shape])
    spec = import_inventory([inventory], clusters=20, mean_nodes=15, seed=4)
    released_everywhere(spec, 20, {"G2", "T4", "none"})


@pytest.mark.skipif(not REAL.exists(), reason="the real inventory is not beside this checkout (../shared/data)")
def test_a_release_over_the_real_inventory() -> None:
    spec = import_inventory([REAL], clusters=200, mean_nodes=20, seed=4)
    released_everywhere(spec, 200, {"G2", "G3", "T4", "P100", "V100M16", "V100M32", "A10", "none"})
