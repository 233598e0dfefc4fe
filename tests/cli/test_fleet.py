"""Fleet files: from an inventory to a file, and what the file comes to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Cli

INVENTORY = "sn,cpu_milli,memory_mib,gpu,model\n" + "".join(
    f"node-{number},{96000 if number % 3 else 32000},262144,{number % 2 * 4},{'T4' if number % 2 else ''}\n"
    for number in range(60)
)


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.csv"
    path.write_text(INVENTORY)
    return path


def test_an_inventory_becomes_a_fleet_file(cli: Cli, inventory: Path, tmp_path: Path) -> None:
    target = tmp_path / "fleet.yaml"
    result = cli("fleet", "import", inventory, "--clusters", 20, "--seed", 3, "-o", target)
    assert (result.code, result.out) == (0, "")
    assert "20 clusters" in result.err
    assert "4 shapes" in result.err
    shown = cli("fleet", "show", target, "-o", "json").json
    assert shown["clusters"] == 20
    assert shown["seed"] == 3
    assert sum(each["nodes"] for each in shown["environments"]) == shown["nodes"]
    assert sum(shown["attributes"]["gpuModel"].values()) == shown["nodes"]
    assert set(shown["attributes"]["gpuModel"]) == {"T4", "none"}


def test_the_same_seed_gives_the_same_file_and_stdout_is_the_default(cli: Cli, inventory: Path) -> None:
    first = cli("fleet", "import", inventory, "--clusters", 10, "--seed", 5)
    assert yaml.safe_load(first.out)["kind"] == "Fleet"
    assert first.out == cli("fleet", "import", inventory, "--clusters", 10, "--seed", 5).out
    assert first.out != cli("fleet", "import", inventory, "--clusters", 10, "--seed", 6).out


def test_node_lists_are_clusters_as_they_are(cli: Cli, tmp_path: Path) -> None:
    node = {
        "metadata": {"name": "n", "labels": {"topology.kubernetes.io/zone": "z1"}},
        "status": {
            "capacity": {"cpu": "8", "memory": "32Gi"},
            "nodeInfo": {"osImage": "Debian 12", "kernelVersion": "6.1", "kubeletVersion": "v1.32.1"},
        },
    }
    path = tmp_path / "edge.json"
    nodes = [{**node, "metadata": {**node["metadata"], "name": f"n{number}"}} for number in range(7)]
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": nodes}))
    target = tmp_path / "fleet.yaml"
    assert cli("fleet", "import", path, "-o", target).code == 0
    shown = cli("fleet", "show", target, "-o", "json").json
    prod = next(each for each in shown["environments"] if each["name"] == "prod")
    assert (prod["clusters"], prod["nodes"]) == (1, 7)


def test_show_without_a_file_shows_the_default_fleet(cli: Cli) -> None:
    result = cli("fleet", "show", "--clusters", 60, "--seed", 1)
    assert result.code == 0
    assert result.out.startswith("60 clusters")
    assert "ENVIRONMENT" in result.out
    narrow = result.out.count("\n")
    assert cli("fleet", "show", "--clusters", 60, "--seed", 1, "-o", "wide").out.count("\n") > narrow


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a,b\n1,2\n", "no column"),
        (INVENTORY.replace("96000", "many", 1).encode(), "many"),
        (INVENTORY.replace("node-1,96000", "node-1,-5").encode(), "-5"),
        (b"sn,cpu_milli,memory_mib,gpu,model\n", "empty"),
    ],
)
def test_unusable_inventories_are_refused_and_nothing_is_written(
    cli: Cli, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path, target = tmp_path / "bad.csv", tmp_path / "fleet.yaml"
    if content is not None:
        path.write_bytes(content)
    result = cli("fleet", "import", path, "--clusters", 10, "-o", target)
    assert result.code == 2
    assert result.err.startswith("error: ")
    assert said in result.err
    assert not target.exists()


def test_a_target_that_cannot_be_written_is_the_users_to_mend(cli: Cli, inventory: Path, tmp_path: Path) -> None:
    result = cli("fleet", "import", inventory, "--clusters", 10, "-o", tmp_path / "no" / "fleet.yaml")
    assert result.code == 2
    assert "--output" in result.err


def test_a_fleet_file_with_an_unknown_field_is_refused(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text("apiVersion: myriarch.io/fleet/v1alpha1\nkind: Fleet\nspec: {sede: 1}\n")
    result = cli("fleet", "show", path)
    assert result.code == 2
    assert "sede" in result.err
