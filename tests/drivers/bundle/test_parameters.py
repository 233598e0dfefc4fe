"""Parameters: values from labels, in text and in parsed values."""

from __future__ import annotations

import pytest

from myriarch.api.component import Parameter
from myriarch.base.errors import UserFault
from myriarch.drivers.bundle.parameters import fill, fill_text, values_of

VALUES = {"region": "north", "size": "3", "on": "true"}


def test_labels_win_over_defaults() -> None:
    parameters = [Parameter(name="a", label="x/a", default="1"), Parameter(name="b", default="2")]
    assert values_of(parameters, {"x/a": "9"}) == {"a": "9", "b": "2"}
    assert values_of(parameters, {}) == {"a": "1", "b": "2"}
    with pytest.raises(UserFault, match="Set the label x/c on the Cluster"):
        values_of([Parameter(name="c", label="x/c")], {})


def test_in_text_the_value_stands_where_the_words_stood() -> None:
    assert fill_text("a: ${region}\nb: ${size:int}", VALUES, "here") == "a: north\nb: 3"
    assert fill_text("$${region} ${HOME:-x} $(size) $region", VALUES, "here") == "${region} ${HOME:-x} $(size) $region"


def test_in_parsed_values_types_can_be_asked_for() -> None:
    given = {"a": ["x-${region}", "${size}"], "b": {"n": "${size:int}", "f": "${on:bool}"}, "c": 1, "d": "$${size:int}"}
    assert fill(given, VALUES, "here") == {
        "a": ["x-north", "3"],
        "b": {"n": 3, "f": True},
        "c": 1,
        "d": "${size:int}",
    }


@pytest.mark.parametrize("text", ["${absent}", "${region:int}", "${size:bool}"])
def test_mistakes_are_named(text: str) -> None:
    with pytest.raises(UserFault) as caught:
        fill({"a": {"b": text}}, VALUES, "values")
    assert caught.value.field == "values.a.b"
