"""Reading scenario files strictly: every mistake is named by file, line, field, value and cure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path as File
from typing import Any

import msgspec

from myriarch.base.errors import UserFault
from myriarch.sim.scenario import API_VERSION, KIND, Scenario
from myriarch.sim.scenario_check import check_scenario
from myriarch.sim.unknown_fields import unknown_fields
from myriarch.sim.yaml_source import Path, Source, parse_path

MAX_FILE_BYTES = 16 * 1024 * 1024


def load_scenario(path: File) -> Scenario:
    """The scenario in the file. Raises UserFault for whatever is wrong with it."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UserFault(str(path), path.stat().st_size, "is too large", f"Keep it under {MAX_FILE_BYTES} bytes.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else "is not UTF-8 text"
        raise UserFault("scenario", str(path), problem, "Name a readable scenario file.") from None
    return read_scenario(text, str(path))


def read_scenario(text: str, name: str = "scenario") -> Scenario:
    """The scenario in ``text``; ``name`` stands for it in messages, and relative files are beside it."""
    source = Source(text, name)
    _check_envelope(source)
    scenario = _convert(source)
    try:
        check_scenario(scenario, File(name).parent)
    except UserFault as fault:
        path = parse_path(f".{fault.field}")
        raise source.fault(path, fault.value, fault.problem, fault.cure) from None
    return scenario


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of scenario files."""
    (reference,), components = msgspec.json.schema_components([Scenario], ref_template="#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **reference, "$defs": components}


def _check_envelope(source: Source) -> None:
    if not isinstance(source.raw, dict):
        raise source.fault((), type(source.raw).__name__, "is no mapping", "Begin with apiVersion, kind and spec.")
    for key, wanted in (("apiVersion", API_VERSION), ("kind", KIND)):
        if source.raw.get(key) != wanted:
            raise source.fault((key,), source.raw.get(key), "is not what a scenario says", f"Write {key}: {wanted}.")
    for path, field, known in unknown_fields(source.raw, Scenario):
        cure = f"Did you mean {known[0]!r}? Known here: {', '.join(known)}."
        raise source.fault((*path, field), source.value_at((*path, field)), "no such field", cure)


def _convert(source: Source) -> Scenario:
    try:
        return msgspec.convert(source.raw, Scenario)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `")
        path = parse_path(place.rstrip("`"))
        raise _explain(source, path, problem) from None


_MISSING = re.compile(r"^Object missing required field `(\w+)`$")
_CURES = (
    (
        re.compile(r"matching regex '\^\(\[0-9\]\+\("),
        "is not a length of time",
        "Write one such as 30s, 10m, 2h or 1d.",
    ),
    (re.compile(r"matching regex '\^\[a-z0-9\]"), "is no name", "Use lower case letters, digits, '-' and '.'."),
    (re.compile(r"matching regex '\^\(\[01\]\[0-9\]"), "is no time of day", "Write one such as 22:00."),
    (re.compile(r"matching regex '\^\[0-9\]\{4\}"), "is no date and time", "Write one such as 2026-12-24T18:00."),
    (re.compile(r"^Expected `str`, got `(int|float)`"), "is a number where text is wanted", "Write 30s, or quote it."),
)


def _explain(source: Source, path: Path, problem: str) -> UserFault:
    missing = _MISSING.match(problem)
    if missing:
        path = (*path, missing.group(1))
        return source.fault(path, None, "is missing", f"Give {missing.group(1)!r}.")
    value = source.value_at(path)
    for pattern, text, cure in _CURES:
        if pattern.search(problem):
            return source.fault(path, value, text, cure)
    if problem.startswith("Invalid"):
        return source.fault(path, value, "no such choice", _choices(path, value))
    return source.fault(path, value, problem[0].lower() + problem[1:], "Correct it; --schema prints the format.")


def _choices(path: Path, value: Any) -> str:
    """The values that an enumeration (or the class of a fault) may have, nearest first."""
    found = _enumerations().get(str(path[-1]) if path else "", [])
    near = get_close_matches(str(value), found, n=1, cutoff=0.4)
    listed = ", ".join(near + [each for each in found if each not in near])
    return f"Use one of: {listed}." if listed else "Correct it; --schema prints the format."


def _enumerations() -> dict[str, list[str]]:
    """Possible values by field name, for messages."""
    from myriarch.api.freezewindow import Weekday
    from myriarch.api.policy import FailureAction
    from myriarch.api.release import Phase
    from myriarch.fleet.behaviour import Symptom
    from myriarch.sim.faults import FAULT_CLASSES
    from myriarch.sim.scenario import Deed

    return {
        "fault": list(FAULT_CLASSES),
        "symptom": list(Symptom),
        "do": list(Deed),
        "when": list(Phase),
        "phase": list(Phase),
        "action": list(FailureAction),
        "days": list(Weekday),
    }
