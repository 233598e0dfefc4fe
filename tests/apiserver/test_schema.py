"""Defaulting, pruning and validation by structural schemas."""

from __future__ import annotations

from typing import Any

import pytest

from myriarch.apiserver.builtin.catalogue import builtin_types
from myriarch.apiserver.schema import Schema


def schema(**properties: Any) -> Schema:
    return Schema({"type": "object", "properties": properties})


def said(compiled: Schema, obj: Any) -> list[str]:
    return [str(error) for error in compiled.validate(obj)]


def test_defaults_reach_nested_objects_and_do_not_share_state() -> None:
    compiled = schema(
        spec={
            "type": "object",
            "default": {},
            "properties": {
                "waves": {"type": "array", "default": [1], "items": {"type": "integer"}},
                "mode": {"type": "string", "default": "observe"},
            },
        }
    )
    one: dict[str, Any] = {}
    two: dict[str, Any] = {"spec": {"mode": "manage"}}
    compiled.default(one)
    compiled.default(two)
    one["spec"]["waves"].append(2)
    assert one == {"spec": {"waves": [1, 2], "mode": "observe"}}
    assert two == {"spec": {"waves": [1], "mode": "manage"}}


def test_defaults_of_items_and_of_map_values() -> None:
    part = {"type": "object", "properties": {"n": {"type": "integer", "default": 7}}}
    compiled = schema(many={"type": "array", "items": part}, named={"type": "object", "additionalProperties": part})
    obj: dict[str, Any] = {"many": [{}, {"n": 1}], "named": {"a": {}}}
    compiled.default(obj)
    assert obj == {"many": [{"n": 7}, {"n": 1}], "named": {"a": {"n": 7}}}


def test_null_counts_as_absent_unless_nullable() -> None:
    compiled = schema(
        a={"type": "string"}, b={"type": "string", "default": "x"}, c={"type": "string", "nullable": True}
    )
    obj: dict[str, Any] = {"a": None, "b": None, "c": None}
    compiled.default(obj)
    assert obj == {"b": "x", "c": None}
    assert said(compiled, obj) == []


def test_prune_removes_unknown_fields_and_names_them() -> None:
    compiled = schema(
        spec={
            "type": "object",
            "properties": {"list": {"type": "array", "items": {"type": "object", "properties": {"a": {}}}}},
        },
        free={
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {"known": {"type": "object", "properties": {"a": {}}}},
        },
    )
    obj = {
        "spec": {"list": [{"a": 1, "b": 2}], "x": 1},
        "free": {"anything": {"deep": 1}, "known": {"a": 1, "z": 1}},
        "more": 1,
    }
    assert sorted(compiled.prune(obj)) == ["free.known.z", "more", "spec.list[0].b", "spec.x"]
    assert obj == {"spec": {"list": [{"a": 1}]}, "free": {"anything": {"deep": 1}, "known": {"a": 1}}}


def test_prune_keeps_free_maps_and_embedded_resources() -> None:
    compiled = schema(
        labels={"type": "object", "additionalProperties": {"type": "string"}},
        template={"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"spec": {"type": "object"}}},
    )
    obj = {"labels": {"a": "b"}, "template": {"apiVersion": "v1", "kind": "X", "metadata": {"name": "n"}, "q": 1}}
    assert compiled.prune(obj) == ["template.q"]
    assert obj["labels"] == {"a": "b"}
    assert said(compiled, obj) == []
    assert said(compiled, {"template": {}}) == [
        "template.apiVersion: Required value",
        "template.kind: Required value",
    ]


@pytest.mark.parametrize(
    ("node", "value", "message"),
    [
        ({"type": "string"}, 1, 'a: Invalid value: "integer": a in body must be of type string: "integer"'),
        ({"type": "string"}, None, 'a: Invalid value: "null": a in body must be of type string: "null"'),
        ({"type": "integer"}, True, 'a: Invalid value: "boolean": a in body must be of type integer: "boolean"'),
        ({"type": "integer"}, 1.5, 'a: Invalid value: "number": a in body must be of type integer: "number"'),
        ({"type": "boolean"}, "yes", 'a: Invalid value: "string": a in body must be of type boolean: "string"'),
        ({"type": "array"}, {}, 'a: Invalid value: "object": a in body must be of type array: "object"'),
        ({"type": "object"}, [], 'a: Invalid value: "array": a in body must be of type object: "array"'),
        ({"type": "integer", "minimum": 1}, 0, "a: Invalid value: 0: a in body should be greater than or equal to 1"),
        ({"type": "number", "maximum": 1}, 1.5, "a: Invalid value: 1.5: a in body should be less than or equal to 1"),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            0,
            "a: Invalid value: 0: a in body should be greater than 0",
        ),
        (
            {"type": "integer", "format": "int32"},
            2**31,
            "a: Invalid value: 2147483648: a in body must be of type int32: 2147483648",
        ),
        ({"type": "string", "enum": ["x", "y"]}, "z", 'a: Unsupported value: "z": supported values: "x", "y"'),
        ({"type": "string", "pattern": "^[a-z]+$"}, "A", "a: Invalid value: \"A\": a in body should match '^[a-z]+$'"),
        ({"type": "string", "pattern": "^a$"}, "a\n", "a: Invalid value: \"a\\n\": a in body should match '^a$'"),
        ({"type": "string", "minLength": 2}, "x", 'a: Invalid value: "x": a in body should be at least 2 chars long'),
        ({"type": "string", "maxLength": 2}, "xyz", "a: Too long: may not be more than 2 bytes"),
        (
            {"type": "string", "format": "date-time"},
            "soon",
            'a: Invalid value: "soon": a in body must be of type date-time: "soon"',
        ),
        ({"type": "array", "maxItems": 1}, [1, 2], "a: Too many: 2: must have at most 1 items"),
        ({"type": "array", "minItems": 1}, [], "a: Invalid value: 0: a in body should have at least 1 items"),
        ({"type": "object", "maxProperties": 0}, {"x": 1}, "a: Too many: 1: must have at most 0 items"),
        (
            {"x-kubernetes-int-or-string": True},
            1.5,
            'a: Invalid value: "number": a in body must be of type integer,string: "number"',
        ),
    ],
)
def test_messages(node: dict[str, Any], value: Any, message: str) -> None:
    assert said(schema(a=node), {"a": value}) == [message]


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"type": "integer"}, 2.0),
        ({"type": "number"}, 2),
        ({"type": "string", "nullable": True}, None),
        ({"type": "string", "nullable": True, "enum": ["x"]}, None),
        ({"x-kubernetes-int-or-string": True}, 3),
        ({"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}, "30%"),
        ({"type": "string", "format": "date-time"}, "2026-01-05T00:00:00.123456Z"),
        ({"type": "string", "format": "date-time"}, "2026-01-05T00:00:00+02:00"),
        ({"type": "string", "format": "duration"}, "1h30m"),
        ({"type": "string", "format": "something-unknown"}, "whatever"),
        ({"x-kubernetes-preserve-unknown-fields": True}, {"any": [1, None]}),
    ],
)
def test_good_values(node: dict[str, Any], value: Any) -> None:
    assert said(schema(a=node), {"a": value}) == []


def test_paths_and_required_fields_are_named_in_full() -> None:
    wave = {"type": "object", "required": ["clusters"], "properties": {"clusters": {"type": "integer"}}}
    stage = {"type": "object", "properties": {"waves": {"type": "array", "items": wave}}}
    compiled = schema(spec={"type": "object", "properties": {"stages": {"type": "array", "items": stage}}})
    assert said(compiled, {"spec": {"stages": [{"waves": [{"clusters": 1}, {}]}]}}) == [
        "spec.stages[0].waves[1].clusters: Required value"
    ]


def test_all_mistakes_are_told_at_once() -> None:
    compiled = schema(a={"type": "string"}, b={"type": "integer"})
    assert len(said(compiled, {"a": 1, "b": "x"})) == 2


def test_sets_and_list_maps_are_unique() -> None:
    compiled = schema(
        tags={"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        ports={
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["port", "protocol"],
            "items": {
                "type": "object",
                "properties": {"port": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}},
            },
        },
    )
    assert said(compiled, {"tags": ["a", "b", "a"]}) == ['tags[2]: Duplicate value: "a"']
    ports = [{"port": 1}, {"port": 1, "protocol": "UDP"}, {"port": 1, "protocol": "TCP"}]
    assert said(compiled, {"ports": ports}) == ['ports[2]: Duplicate value: {"port":1,"protocol":"TCP"}']


def test_combinators() -> None:
    one = schema(a={"type": "object", "properties": {}, "oneOf": [{"required": ["x"]}, {"required": ["y"]}]})
    assert said(one, {"a": {"x": 1}}) == []
    assert said(one, {"a": {"x": 1, "y": 1}}) == [
        'a: Invalid value: {"x":1,"y":1}: "a" must validate one and only one schema (oneOf)'
    ]
    some = schema(a={"type": "integer", "anyOf": [{"maximum": 1}, {"minimum": 9}]})
    assert said(some, {"a": 5}) == ['a: Invalid value: 5: "a" must validate at least one schema (anyOf)']
    never = schema(a={"type": "string", "not": {"pattern": "^x"}})
    assert said(never, {"a": "xa"}) == ['a: Invalid value: "xa": "a" must not validate the schema (not)']
    assert said(schema(a={"type": "string", "allOf": [{"minLength": 2}]}), {"a": "x"}) != []


def test_a_schema_that_cannot_be_compiled_is_refused() -> None:
    with pytest.raises(ValueError, match="can't be compiled"):
        schema(a={"type": "string", "pattern": "("})
    with pytest.raises(ValueError, match="unknown type"):
        schema(a={"type": "strnig"})


def test_builtin_schemas_compile_and_describe_everything() -> None:
    for rtype in builtin_types():
        rtype.compiled.validate({"apiVersion": "v1", "kind": rtype.kind, "metadata": {"name": "x"}})
        for name, node in rtype.schema["properties"].items():
            assert node.get("description"), f"{rtype.kind}.{name} has no description"
