"""Fleet files: round trip, and refusals that name field, value and cure."""

from __future__ import annotations

import pytest

from myriarch.base.errors import UserFault
from myriarch.fleet.defaults import default_spec, uniform_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.load import dump_fleet, parse_fleet

TEXT = dump_fleet(default_spec(10, 1))


def test_a_spec_survives_its_file() -> None:
    assert parse_fleet(TEXT) == default_spec(10, 1)


@pytest.mark.parametrize(
    ("old", "new", "field", "cure"),
    [
        ("seed: 1", "sead: 1", "f.yaml: spec.sead", "Did you mean seed"),
        ("mean: 100.0", "mean: many", "f.yaml: spec.clusters.size.mean", "expected type"),
        ("mean: 100.0", "mean: 9999.0", "spec.clusters.size", "Order them"),
        ("gpus: 8", "gpus: -8", "spec.shapes[0].gpus", "at least 0"),
        ("mirrorOf: prod", "mirrorOf: nowhere", "spec.environments[0].mirrorOf", "prod"),
        ("weight: 4.0", "weight: -4.0", "spec.regions.eu1", "0 or more"),
        ("class: simulated", "class: pretend", "f.yaml: spec.environments[0].class", "expected type"),
        ("kind: Fleet", "kind: Fleat", "f.yaml: kind", "Fleet"),
        ("'1.31'", "'latest'", "spec.attributes.kubernetesMinors", "1.32"),
        ("neverReturnShare: 0.05", "neverReturnShare: 5", "spec.failures.neverReturnShare", "0 to 1"),
        ("name: us1", "name: eu1", "spec.regions", "own name"),
        ("spec:", "spec: [", "f.yaml:", "YAML"),
    ],
)
def test_refusals(old: str, new: str, field: str, cure: str) -> None:
    assert old in TEXT
    with pytest.raises(UserFault) as caught:
        parse_fleet(TEXT.replace(old, new, 1), "f.yaml")
    assert caught.value.field.startswith(field)
    assert cure in caught.value.cure


def test_a_node_costs_well_under_200_bytes() -> None:
    fleet = Fleet(uniform_spec(100, 100, 1))
    for name in fleet.cluster_names():
        fleet.cluster(name).observe("one")
        fleet.cluster(name).observe("two")
    assert fleet.memory_bytes / fleet.node_count < 150
