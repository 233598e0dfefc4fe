"""The language of tables: from a line of words to a schema."""

from __future__ import annotations

import pytest

from myriarch.apiserver.builtin.shapes import Shapes

TABLE = """
@io.test.v1
Box~atomic: name! size:int32=3 lids:[Lid]@colour,side notes:{string}~atomic tags:[string]~set
  kind:enum(Big,Small) lost!?:Lid others:[Lid]^colour kept:[Lid]@colour+retain -- Holds things.
Lid: colour! side="top" when:time
"""


def test_a_line_becomes_a_schema() -> None:
    box = Shapes(TABLE)["Box"]
    assert box["description"] == "Holds things."
    assert box["required"] == ["name"]
    assert box["x-kubernetes-map-type"] == "atomic"
    fields = box["properties"]
    assert fields["size"] == {"type": "integer", "format": "int32", "default": 3}
    assert fields["lids"]["x-kubernetes-list-map-keys"] == ["colour", "side"]
    assert fields["lids"]["x-kubernetes-patch-merge-key"] == "colour"
    assert fields["notes"]["x-kubernetes-map-type"] == "atomic"
    assert fields["tags"]["x-kubernetes-list-type"] == "set"
    assert fields["kind"]["enum"] == ["Big", "Small"]
    assert "x-kubernetes-list-type" not in fields["others"]
    assert fields["kept"]["x-kubernetes-patch-strategy"] == "merge,retainKeys"
    assert fields["lids"]["items"]["properties"]["side"]["default"] == "top"


def test_structures_are_shared_and_known_by_their_full_name() -> None:
    shapes = Shapes(TABLE)
    lid = shapes["Lid"]
    assert shapes["Box"]["properties"]["lids"]["items"] is lid
    assert shapes.name_of(lid) == "io.test.v1.Lid"
    assert shapes.name_of(shapes.described("Lid", "On top.")) == "io.test.v1.Lid"
    assert shapes.name_of({}) is None


@pytest.mark.parametrize("table", ["Box name", "Box: na:me:x", "Box: a:[T"])
def test_what_is_no_table_is_told(table: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        _ = Shapes(table)["Box"]
