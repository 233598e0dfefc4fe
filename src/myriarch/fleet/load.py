"""Reading and writing fleet files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from myriarch.base.errors import UserFault
from myriarch.fleet.check import check_spec
from myriarch.fleet.spec import API_VERSION, KIND, FleetDocument, FleetSpec
from myriarch.fleet.strict import convert, load_yaml


def load_fleet(path: Path) -> FleetSpec:
    """The spec in a fleet file. Raises UserFault for anything wrong with it."""
    return parse_fleet(read_text(path), str(path))


def parse_fleet(text: str, source: str = "fleet") -> FleetSpec:
    """The spec in the text of a fleet file; ``source`` is what faults call it."""
    document = load_yaml(text, source)
    return fleet_from_document(document, source)


def fleet_from_document(document: Any, source: str) -> FleetSpec:
    """The spec in a decoded fleet file, as a scenario may hold one inline."""
    if not isinstance(document, dict):
        raise UserFault(source, document, "not a fleet document", f"Begin with apiVersion: {API_VERSION}.")
    for field, wanted in (("apiVersion", API_VERSION), ("kind", KIND)):
        if document.get(field) != wanted:
            raise UserFault(f"{source}: {field}", document.get(field), "not a fleet", f"Set it to {wanted}.")
    spec = convert(document, FleetDocument, source).spec
    check_spec(spec)
    return spec


def dump_fleet(spec: FleetSpec, name: str = "fleet") -> str:
    """The fleet file of a spec, YAML; ``parse_fleet`` gives the same spec back."""
    document = FleetDocument(api_version=API_VERSION, kind=KIND, metadata={"name": name}, spec=spec)
    return yaml.safe_dump(msgspec.to_builtins(document), sort_keys=False, width=110)


def read_text(path: Path) -> str:
    """A user's text file. Raises UserFault where it can't be read or isn't UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        problem = (error.strerror or "unreadable").lower()
        raise UserFault("file", str(path), problem, "Name a file that can be read.") from error
    except UnicodeDecodeError as error:
        raise UserFault("file", str(path), "not UTF-8 text", "Convert it to UTF-8.") from error
