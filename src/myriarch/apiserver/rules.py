"""``x-kubernetes-validations``: rules in CEL over parts of an object, and over how they change.

Rules are compiled when the schema is, and only the way to the nodes that carry rules is walked. Values are
handed to CEL as their schema types them: times and durations by format, numbers as doubles. As in Kubernetes,
a rule that reads ``oldSelf`` runs on updates only, and only where the old value can be told (not within
atomic lists and sets); other rules are skipped where their value did not change.

What CEL offers here, and what Kubernetes has beyond it, is in ``base/cel.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from myriarch.apiserver.cel_values import Convert, compile_convert
from myriarch.apiserver.errors import FieldError, json_type
from myriarch.base.cel import CelProblem, CelProgram

Node = dict[str, Any]
# (value, old value or ABSENT, path, errors)
Walk = Callable[[Any, Any, str, list[FieldError]], None]

ABSENT: Any = object()
MAX_ERRORS = 100


class Rules:
    """All rules of a schema. Raises ValueError where one does not parse."""

    def __init__(self, openapi: Node) -> None:
        self._walk = _compile(openapi)

    @property
    def any(self) -> bool:
        """Whether there are rules at all."""
        return self._walk is not None

    def evaluate(self, obj: dict[str, Any], old: dict[str, Any] | None) -> list[FieldError]:
        errors: list[FieldError] = []
        if self._walk is not None:
            self._walk(obj, ABSENT if old is None else old, "", errors)
        return errors[:MAX_ERRORS]


@dataclass(frozen=True, slots=True)
class _Rule:
    text: str
    program: CelProgram
    transition: bool
    message: str
    message_program: CelProgram | None
    reason: str
    field_path: str

    def error(self, path: str, value: Any, variables: dict[str, Any]) -> FieldError | None:
        try:
            if self.program.run(variables) is True:
                return None
            problem = self._message(variables)
        except CelProblem as failed:
            problem = f"{failed} evaluating rule: {self.text}"
        where = path + self.field_path if path else self.field_path.lstrip(".")
        return FieldError(where, self.reason, self._worded(value, problem))

    def _message(self, variables: dict[str, Any]) -> str:
        if self.message_program is not None:
            try:
                made = self.message_program.run(variables)
            except CelProblem:
                made = None
            if isinstance(made, str) and made.strip() and "\n" not in made:
                return made
        return self.message or f"failed rule: {self.text}"

    def _worded(self, value: Any, problem: str) -> str:
        match self.reason:
            case "FieldValueForbidden":
                return f"Forbidden: {problem}"
            case "FieldValueRequired":
                return f"Required value: {problem}"
            case "FieldValueDuplicate":
                return f'Duplicate value: "{json_type(value)}"'
            case _:
                return f'Invalid value: "{json_type(value)}": {problem}'


def _rule(spec: dict[str, Any]) -> _Rule:
    program = CelProgram(spec["rule"])
    expression = spec.get("messageExpression")
    return _Rule(
        text=spec["rule"].strip(),
        program=program,
        transition=program.uses("oldSelf"),
        message=spec.get("message", "").strip(),
        message_program=CelProgram(expression) if expression else None,
        reason=spec.get("reason") or "FieldValueInvalid",
        field_path=spec.get("fieldPath", ""),
    )


def _compile(schema: Node) -> Walk | None:
    walks = [walk for walk in (_own(schema), _below(schema)) if walk is not None]
    if not walks:
        return None

    def walk_all(value: Any, old: Any, path: str, errors: list[FieldError]) -> None:
        for walk in walks:
            walk(value, old, path, errors)

    return walk_all if len(walks) > 1 else walks[0]


def _own(schema: Node) -> Walk | None:
    """The rules at this very node."""
    rules = [_rule(spec) for spec in schema.get("x-kubernetes-validations") or ()]
    if not rules:
        return None
    convert = compile_convert(schema)

    def run(value: Any, old: Any, path: str, errors: list[FieldError]) -> None:
        if value is None or (old is not ABSENT and value == old):
            return
        variables = _variables(value, old, convert)
        for rule in rules:
            if rule.transition and (old is ABSENT or old is None):
                continue
            error = rule.error(path, value, variables)
            if error is not None:
                errors.append(error)

    return run


def _variables(value: Any, old: Any, convert: Convert | None) -> dict[str, Any]:
    out = {"self": convert(value) if convert else value}
    if old is not ABSENT and old is not None:
        out["oldSelf"] = convert(old) if convert else old
    return out


def _below(schema: Node) -> Walk | None:
    if isinstance(schema.get("items"), dict):
        return _items(schema)
    inner = {name: walk for name, node in schema.get("properties", {}).items() if (walk := _compile(node))}
    extra_schema = schema.get("additionalProperties")
    extra = _compile(extra_schema) if isinstance(extra_schema, dict) else None
    if not inner and extra is None:
        return None

    def walk_properties(value: Any, old: Any, path: str, errors: list[FieldError]) -> None:
        if not isinstance(value, dict):
            return
        before = old if isinstance(old, dict) else {}
        prefix = f"{path}." if path else ""
        for name in value if extra else inner:
            walk = inner.get(name, extra)
            if walk is not None and name in value:
                walk(value[name], before.get(name, ABSENT), prefix + name, errors)

    return walk_properties


def _items(schema: Node) -> Walk | None:
    inner = _compile(schema["items"])
    if inner is None:
        return None
    keys = schema.get("x-kubernetes-list-map-keys") if schema.get("x-kubernetes-list-type") == "map" else None

    def walk_items(value: Any, old: Any, path: str, errors: list[FieldError]) -> None:
        if not isinstance(value, list):
            return
        before: dict[Any, Any] = {}
        if keys and isinstance(old, list):
            before = {tuple(item.get(key) for key in keys): item for item in old if isinstance(item, dict)}
        for index, child in enumerate(value):
            mark = tuple(child.get(key) for key in keys) if keys and isinstance(child, dict) else None
            inner(child, before.get(mark, ABSENT), f"{path}[{index}]", errors)

    return walk_items
