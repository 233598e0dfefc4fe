"""Values as CEL types them: a compiled converter from JSON to what a schema says the JSON means.

JSON alone can't tell a time from a string, or the double 1 from the integer 1. Converters are compiled only
for the parts of a schema that need one; everything else is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from myriarch.apiserver.formats import parse_duration, parse_time

Convert = Callable[[Any], Any]
Node = dict[str, Any]


def compile_convert(schema: Node) -> Convert | None:
    """None where JSON is good as it is."""
    if schema.get("x-kubernetes-int-or-string"):
        return None
    match schema.get("type"):
        case "string":
            return _FORMATS.get(schema.get("format", ""))
        case "number":
            return _double
        case "array":
            return _list(schema)
        case _:
            return _object(schema)


def _list(schema: Node) -> Convert | None:
    inner = compile_convert(schema["items"]) if isinstance(schema.get("items"), dict) else None
    if inner is None:
        return None
    return lambda value: [inner(child) for child in value] if isinstance(value, list) else value


def _object(schema: Node) -> Convert | None:
    inner = {name: made for name, node in schema.get("properties", {}).items() if (made := compile_convert(node))}
    extra_schema = schema.get("additionalProperties")
    extra = compile_convert(extra_schema) if isinstance(extra_schema, dict) else None
    if not inner and extra is None:
        return None

    def convert(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        out = dict(value)
        for name in value if extra else inner:
            made = inner.get(name, extra)
            if made is not None and name in out:
                out[name] = made(out[name])
        return out

    return convert


def _double(value: Any) -> Any:
    return float(value) if type(value) is int else value


def _time(value: Any) -> Any:
    return _parsed(parse_time, value)


def _day(value: Any) -> Any:
    return _parsed(lambda text: datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC), value)


def _span(value: Any) -> Any:
    return _parsed(parse_duration, value)


def _parsed(parse: Callable[[str], datetime | timedelta], value: Any) -> Any:
    try:
        return parse(value)
    except (ValueError, TypeError):
        return value


_FORMATS: dict[str, Convert] = {"date-time": _time, "date": _day, "duration": _span}
