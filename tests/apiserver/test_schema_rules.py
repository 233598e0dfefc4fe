"""Rules in CEL: plain, transition, messages, ratcheting, and the library."""

from __future__ import annotations

from typing import Any

import pytest

from myriarch.apiserver.schema import Schema


def schema(rules: list[dict[str, Any]] | str, **properties: Any) -> Schema:
    listed = [{"rule": rules}] if isinstance(rules, str) else rules
    return Schema(
        {
            "type": "object",
            "properties": {
                "spec": {"type": "object", "properties": properties, "x-kubernetes-validations": listed},
            },
        }
    )


def said(compiled: Schema, spec: Any, old: Any = None) -> list[str]:
    before = None if old is None else {"spec": old}
    return [str(error) for error in compiled.validate_rules({"spec": spec}, before)]


INT = {"type": "integer"}
TEXT = {"type": "string"}


def test_a_broken_rule_gives_its_message() -> None:
    compiled = schema([{"rule": "self.low <= self.high", "message": "low must not exceed high"}], low=INT, high=INT)
    assert said(compiled, {"low": 1, "high": 2}) == []
    assert said(compiled, {"low": 3, "high": 2}) == ['spec: Invalid value: "object": low must not exceed high']


def test_a_rule_without_message_shows_itself() -> None:
    assert said(schema("self.n > 1", n=INT), {"n": 1}) == ['spec: Invalid value: "object": failed rule: self.n > 1']


def test_message_expression_reason_and_field_path() -> None:
    rule = {
        "rule": "self.n < 5",
        "messageExpression": "'n is ' + string(self.n)",
        "message": "fallback",
        "reason": "FieldValueForbidden",
        "fieldPath": ".n",
    }
    assert said(schema([rule], n=INT), {"n": 7}) == ["spec.n: Forbidden: n is 7"]
    broken = {**rule, "messageExpression": "self.nothing"}
    assert said(schema([broken], n=INT), {"n": 7}) == ["spec.n: Forbidden: fallback"]


def test_transition_rules_run_on_updates_only() -> None:
    compiled = schema([{"rule": "self.n >= oldSelf.n", "message": "n can't shrink"}], n=INT)
    assert said(compiled, {"n": 1}) == []
    assert said(compiled, {"n": 1}, {"n": 2}) == ['spec: Invalid value: "object": n can\'t shrink']
    assert said(compiled, {"n": 3}, {"n": 2}) == []


def test_transition_rules_follow_list_maps_but_not_plain_lists() -> None:
    item = {
        "type": "object",
        "properties": {"k": TEXT, "v": INT},
        "x-kubernetes-validations": [{"rule": "self.v >= oldSelf.v", "message": "shrank"}],
    }
    keyed = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}

    def over(**more: Any) -> Schema:
        return Schema({"type": "object", "properties": {"l": {"type": "array", "items": item, **more}}})

    old = {"l": [{"k": "a", "v": 5}, {"k": "b", "v": 1}]}
    new = {"l": [{"k": "b", "v": 2}, {"k": "a", "v": 3}]}
    found = over(**keyed).validate_rules(new, old)
    assert [str(error) for error in found] == ['l[1]: Invalid value: "object": shrank']
    assert over().validate_rules(new, old) == []


def test_what_did_not_change_is_not_judged_again() -> None:
    compiled = schema("self.n > 1", n=INT)
    assert said(compiled, {"n": 0}, {"n": 0}) == []
    assert said(compiled, {"n": 1}, {"n": 0}) != []


def test_an_expression_that_fails_is_an_error_not_a_crash() -> None:
    (problem,) = said(schema("self.missing > 1", n=INT), {"n": 1})
    assert problem == 'spec: Invalid value: "object": no such key: missing evaluating rule: self.missing > 1'


def test_rules_on_scalars_and_map_values() -> None:
    compiled = Schema(
        {
            "type": "object",
            "properties": {
                "m": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "string",
                        "x-kubernetes-validations": [{"rule": "self != 'bad'", "message": "no bad"}],
                    },
                }
            },
        }
    )
    found = compiled.validate_rules({"m": {"x": "good", "y": "bad"}}, None)
    assert [str(error) for error in found] == ['m.y: Invalid value: "string": no bad']


@pytest.mark.parametrize(
    ("rule", "spec"),
    [
        ("self.t > timestamp('2025-01-01T00:00:00Z')", {"t": "2026-01-01T00:00:00Z"}),
        ("self.d <= duration('1h')", {"d": "30m"}),
        ("self.x + 1.0 == 2.0", {"x": 1}),
        ("self.l.all(i, i.startsWith('a')) && self.l.exists_one(i, i == 'ab')", {"l": ["a", "ab"]}),
        ("!has(self.n) || self.n > 0", {}),
        ("self.s.find('[0-9]+') == '12'", {"s": "ab12cd"}),
        ("self.l.isSorted() && self.l.indexOf('b') == 1", {"l": ["a", "b"]}),
        ("isURL(self.s)", {"s": "https://example.org/x"}),
        ("quantity(self.s).isGreaterThan(quantity('1Gi'))", {"s": "2Gi"}),
        ("self.__namespace__ == 'x' && self['in'] == 'y' && self.__in__ == 'y'", {"namespace": "x", "in": "y"}),
    ],
)
def test_library(rule: str, spec: dict[str, Any]) -> None:
    compiled = schema(
        rule,
        t={"type": "string", "format": "date-time"},
        d={"type": "string", "format": "duration"},
        x={"type": "number"},
        n=INT,
        s=TEXT,
        l={"type": "array", "items": TEXT},
    )
    assert said(compiled, spec) == []


def test_a_rule_that_does_not_parse_is_refused_when_compiled() -> None:
    compiled = schema("self.n >", n=INT)
    with pytest.raises(ValueError, match="can't be compiled"):
        said(compiled, {"n": 1})
