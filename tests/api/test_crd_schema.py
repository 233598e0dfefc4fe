"""How a Python type becomes a structural schema, one construct at a time."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import pytest
from msgspec import Meta
from tests.api.structural import problems_of_schema

from myriarch.api.crd_schema import schema_of_struct
from myriarch.api.rule import Rule
from myriarch.base.errors import ProgrammerError

ATOMIC = {"x-kubernetes-list-type": "atomic"}


class Colour(StrEnum):
    RED = "Red"
    BLUE = "Blue"


class Base(msgspec.Struct, rename="camel", kw_only=True):
    pass


class Inner(Base):
    """An inner thing,
    told in one paragraph.

    This is for programmers.
    """

    some_name: str


class Everything(Base):
    needed: Annotated[str, Meta(min_length=1, max_length=63, pattern="^[a-z]+$", description="A name.")]
    perhaps: Annotated[str, Meta(max_length=9)] | None = None
    flag: bool = False
    count: Annotated[int, Meta(ge=1, le=5)] = 3
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    size: Annotated[int | str, Meta(description="A count or a percentage.")] = "10%"
    colour: Colour = Colour.BLUE
    side: Literal["Left", "Right"] = "Left"
    note: str = ""
    one: Inner | None = None
    many: Annotated[list[Inner], Meta(max_length=4, extra_json_schema={"x-kubernetes-list-type": "atomic"})] = []
    labels: Annotated[dict[str, str], Meta(max_length=8)] = {}
    payload: dict[str, Any] = {}
    raw: msgspec.Raw | None = None
    tags: set[str] = set()


PROPERTIES = schema_of_struct(Everything, defaults=True)["properties"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "needed",
            {
                "type": "string",
                "minLength": 1,
                "maxLength": 63,
                "pattern": "^[a-z]+$",
                "description": "A name.",
            },
        ),
        ("perhaps", {"type": "string", "maxLength": 9}),
        ("flag", {"type": "boolean", "default": False}),
        ("count", {"type": "integer", "format": "int64", "minimum": 1, "maximum": 5, "default": 3}),
        (
            "share",
            {
                "type": "number",
                "minimum": 0,
                "exclusiveMinimum": True,
                "maximum": 1,
                "exclusiveMaximum": True,
                "default": 0.5,
            },
        ),
        (
            "size",
            {
                "anyOf": [{"type": "integer"}, {"type": "string"}],
                "x-kubernetes-int-or-string": True,
                "description": "A count or a percentage.",
                "default": "10%",
            },
        ),
        ("colour", {"type": "string", "enum": ["Red", "Blue"], "default": "Blue"}),
        ("side", {"type": "string", "enum": ["Left", "Right"], "default": "Left"}),
        ("note", {"type": "string"}),
        ("labels", {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 8}),
        ("payload", {"type": "object", "x-kubernetes-preserve-unknown-fields": True}),
        ("raw", {"x-kubernetes-preserve-unknown-fields": True}),
        ("tags", {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}),
    ],
)
def test_a_type_becomes_a_schema(name: str, expected: dict[str, Any]) -> None:
    assert PROPERTIES[name] == expected


def test_a_nested_struct_brings_its_docstring_and_its_names() -> None:
    assert PROPERTIES["one"] == {
        "description": "An inner thing, told in one paragraph.",
        "type": "object",
        "required": ["someName"],
        "properties": {"someName": {"type": "string"}},
    }
    assert PROPERTIES["many"]["items"] == PROPERTIES["one"]
    assert PROPERTIES["many"]["maxItems"] == 4
    assert PROPERTIES["many"]["x-kubernetes-list-type"] == "atomic"


def test_everything_is_structural() -> None:
    assert list(problems_of_schema(schema_of_struct(Everything, defaults=True))) == []


def test_without_defaults_there_are_none() -> None:
    properties = schema_of_struct(Everything, defaults=False)["properties"]
    assert not [name for name, schema in properties.items() if "default" in schema]


class Ruled(Base):
    size: int = 0
    __rules__: ClassVar[tuple[Rule, ...]] = (Rule("self.size > 0", "size must be positive", ".size"),)


class Outer(Base):
    inner: Ruled


def test_rules_travel_with_their_struct() -> None:
    inner = schema_of_struct(Outer, defaults=True)["properties"]["inner"]
    assert inner["x-kubernetes-validations"] == [
        {
            "rule": "self.size > 0",
            "message": "size must be positive",
            "reason": "FieldValueInvalid",
            "fieldPath": ".size",
        }
    ]


class Recursive(Base):
    again: Recursive | None = None


class Mixed(Base):
    value: int | list[str]


class Tagged(msgspec.Struct, tag="a"):
    value: int


class Moment(Base):
    value: complex


@pytest.mark.parametrize("struct", [Recursive, Mixed, Tagged, Moment, str])
def test_what_no_structural_schema_can_say_is_refused(struct: type) -> None:
    with pytest.raises(ProgrammerError):
        schema_of_struct(struct, defaults=True)


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({}, "type is None"),
        ({"$ref": "#/x", "type": "object"}, "unknown key"),
        ({"type": "integer", "exclusiveMinimum": 3}, "is a flag"),
        (
            {"type": "object", "properties": {}, "additionalProperties": {"type": "string"}},
            "exclude each other",
        ),
        ({"type": "array"}, "has items"),
        ({"type": "integer", "default": "x"}, "of another type"),
        ({"type": "string", "enum": ["a"], "default": "b"}, "among the choices"),
        ({"type": "string", "pattern": "(?=a)"}, "not RE2"),
        ({"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "set"}, "scalars"),
        (
            {
                "type": "array",
                "items": {"type": "object", "properties": {"a": {"type": "string"}}},
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["a"],
            },
            "neither required nor defaulted",
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "array", "items": {"type": "string"}}},
                "x-kubernetes-validations": [{"rule": "self.a.all(x, x != '')", "message": "m"}],
            },
            "unbounded",
        ),
    ],
)
def test_the_check_itself(schema: dict[str, Any], problem: str) -> None:
    assert [found for found in problems_of_schema(schema) if problem in found]
