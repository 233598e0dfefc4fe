"""Real inventories become fleets; unusable ones are refused with place and cure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from myriarch.base.errors import UserFault
from myriarch.fleet.build import build, plan_fleet
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.importing import import_inventory
from myriarch.fleet.inventory import read_csv
from myriarch.fleet.load import dump_fleet, parse_fleet
from myriarch.fleet.shapes import default_shapes

HEADER = "sn,cpu_milli,memory_mib,gpu,model"
REAL = Path(__file__).parents[3] / "shared" / "data" / "openb_node_list_all_node.csv"


def _csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def _generated(path: Path, seed: int) -> Path:
    dice = np.random.default_rng(seed)
    shapes = [f"{8000 * n},{65536 * n},{n % 3},{'T4' if n % 3 else ''}" for n in range(1, 9)]
    return _csv(path, *(f"node-{number},{shapes[dice.integers(len(shapes))]}" for number in range(300)))


def test_a_generated_inventory_becomes_a_fleet(tmp_path: Path) -> None:
    path = _generated(tmp_path / "nodes.csv", 5)
    spec = import_inventory([path], clusters=40, mean_nodes=25, seed=2)
    assert len(spec.shapes) == 8
    assert sum(shape.count for shape in spec.shapes) == 300
    plans = build(spec)
    assert len(plans) == 40
    assert 900 < sum(len(plan.nodes) for plan in plans) < 1100
    assert spec == import_inventory([path], clusters=40, mean_nodes=25, seed=2)
    assert parse_fleet(dump_fleet(spec)) == spec


@pytest.mark.skipif(not REAL.exists(), reason="the shared real inventory is not here")
def test_the_real_inventory_is_the_default_one() -> None:
    assert set(read_csv(REAL)) == set(default_shapes())
    assert len(build(import_inventory([REAL], clusters=200, seed=1))) == 200


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["a,ten,1,0,"], ":2: cpu_milli"),
        (["a,1000,1,0,", "b,1000,-5,0,"], ":3: memory_mib"),
        (["a,1000,1,2,"], ":2: model"),
        (["a,1000,1"], ":2"),
        (["a,1000,1,0,", "a,1000,1,0,"], ":3: sn"),
        ([",1000,1,0,"], ":2: sn"),
        (["a,0,1,0,"], ":2: cpu_milli"),
        ([], "nodes.csv"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, lines: list[str], place: str) -> None:
    path = _csv(tmp_path / "nodes.csv", *lines)
    with pytest.raises(UserFault) as caught:
        read_csv(path)
    assert caught.value.field.endswith(place)
    assert caught.value.cure


def test_files_that_are_no_inventory_are_refused(tmp_path: Path) -> None:
    header, binary = tmp_path / "h.csv", tmp_path / "b.csv"
    header.write_text("a,b\n1,2\n")
    binary.write_bytes(b"\xff\xfe\x00sn")
    for paths, problem in (
        ([header], "no column"),
        ([binary], "not UTF-8"),
        ([tmp_path / "none.csv"], "no such file"),
        ([tmp_path], "directory"),
        ([], "none given"),
    ):
        with pytest.raises(UserFault, match=problem):
            import_inventory(paths)


def _node(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "Node",
        "metadata": {
            "name": "n",
            "labels": {
                "node.kubernetes.io/instance-type": "big",
                "topology.kubernetes.io/zone": "z1",
                "topology.kubernetes.io/region": "r1",
                "nvidia.com/gpu.product": "Tesla-T4",
            },
        },
        "spec": {"providerID": "metal://x"},
        "status": {
            "capacity": {"cpu": "95500m", "memory": "394812312Ki", "nvidia.com/gpu": "4", **changes},
            "nodeInfo": {"osImage": "Ubuntu 22.04.4 LTS", "kernelVersion": "5.15", "kubeletVersion": "v1.31.2"},
        },
    }


def _nodes_file(path: Path, items: list[Any], kind: str = "NodeList") -> Path:
    path.write_text(json.dumps({"kind": kind, "items": items}))
    return path


def test_node_lists_become_the_clusters_that_they_are(tmp_path: Path) -> None:
    paths = [
        _nodes_file(tmp_path / "Blue_1.json", [_node(), _node(), _node(cpu="8", memory="32Gi")]),
        _nodes_file(tmp_path / "green.json", [_node()], "List"),
    ]
    spec = import_inventory(paths, seed=1)
    plan = plan_fleet(spec)
    by_name = {each.name: each for each in plan.clusters}
    assert {"blue-1", "green"} < set(by_name)
    assert len(by_name["blue-1"].nodes) == 3
    fleet = Fleet(spec)
    node = fleet.render_node("blue-1", "blue-1-n0000")
    assert node is not None
    assert node["metadata"]["labels"]["node.kubernetes.io/instance-type"] == "big"
    assert node["metadata"]["labels"]["nvidia.com/gpu.product"] == "Tesla-T4"
    assert node["metadata"]["labels"]["topology.kubernetes.io/zone"] == "z1"
    assert node["status"]["nodeInfo"]["osImage"] == "Ubuntu 22.04.4 LTS"
    assert node["status"]["nodeInfo"]["kubeletVersion"].startswith("v1.31.")
    assert node["status"]["capacity"]["cpu"] == "95500m"
    assert parse_fleet(dump_fleet(spec)) == spec
    assert len(build(import_inventory(paths, clusters=12))) == 12


def test_what_the_fleet_renders_can_be_imported_again(tmp_path: Path) -> None:
    fleet = Fleet(default_spec(4, 6))
    name = fleet.cluster_names()[1]
    nodes = [fleet.render_node(name, node) for node in fleet.node_names(name)]
    spec = import_inventory([_nodes_file(tmp_path / f"{name}.json", nodes)])
    again = Fleet(spec)
    for attribute in ("shape", "gpuModel", "os", "kernel", "zone", "pool", "kubernetesMinor"):
        counts = []
        for each in (fleet, again):
            codes = each.cluster(name).attributes[attribute]
            counts.append(sorted(codes.values[code] for code in codes.codes))
        assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "unreadable"),
        ("[]", r"\$\.kind"),
        ('{"kind": "PodList", "items": []}', r"\$\.kind"),
        ('{"kind": "NodeList", "items": []}', r"\$\.items"),
        ('{"kind": "List", "items": [{"kind": "Pod"}]}', r"\$\.items\[0\]\.kind"),
        ('{"kind": "NodeList", "items": [{"status": []}]}', r"\$\.items\[0\]\.status"),
        ('{"kind": "NodeList", "items": [{"status": {"capacity": {"cpu": "a"}}}]}', r"capacity\['cpu'\]"),
    ],
)
def test_bad_node_lists_are_named(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "nodes.json"
    path.write_text(content)
    with pytest.raises(UserFault, match=problem):
        import_inventory([path])
