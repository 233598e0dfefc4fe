"""Reading a revision's payload: every fault names the field, the value and the cure.

A field that nobody reads is a fault too: a slip of the pen would otherwise pass as a default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from myriarch.api.revision import Revision
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.drivers.bundle.parameters import fill, values_of
from myriarch.drivers.mover import Ground

Fields = Mapping[str, Any]

WHERE: Final = "spec.payload"


def payload_of(ground: Ground, revision: Revision, known: Iterable[str]) -> Fields:
    """The payload with the cluster's parameters in it. Raises UserFault for a parameter that is missing and for a field
    that isn't ``known``."""
    values = values_of(ground.component.spec.parameters, ground.labels)
    filled = fill(revision.spec.payload, values, WHERE)
    only(filled, known, WHERE)
    fields: Fields = filled
    return fields


def only(fields: Fields, known: Iterable[str], where: str) -> None:
    """Raises UserFault for a field that isn't ``known``."""
    allowed = sorted(known)
    for name, value in fields.items():
        if name not in allowed:
            raise UserFault(f"{where}.{name}", value, "is not a field of this driver", f"Use {', '.join(allowed)}.")


def mapping(fields: Fields, name: str, where: str, *, cure: str) -> Fields:
    """A field that must be there and hold fields."""
    value = fields.get(name)
    if not isinstance(value, Mapping) or not value:
        raise UserFault(f"{where}.{name}", value, "must hold fields" if value else "is missing", cure)
    return value


def flag(fields: Fields, name: str, where: str, default: bool = False) -> bool:
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise UserFault(f"{where}.{name}", value, "is neither true nor false", "Write true or false.")
    return value


def seconds(fields: Fields, name: str, where: str, default: float) -> float:
    """A length of time, such as ``10m``."""
    value = fields.get(name)
    if value is None:
        return default
    try:
        return parse_duration(str(value))
    except ValueError as error:
        raise UserFault(f"{where}.{name}", value, str(error), "Write a length of time, such as 10m.") from None


def pod_template(fields: Fields, name: str, where: str) -> Fields:
    """A pod template, or the part of one, whose containers have names."""
    place = f"{where}.{name}"
    template = mapping(fields, name, where, cure="Give the pod template, or the fields of it that this revision sets.")
    only(template, ("metadata", "spec"), place)
    spec = template.get("spec", {})
    for kind in ("containers", "initContainers"):
        containers = spec.get(kind, []) if isinstance(spec, Mapping) else None
        if not isinstance(containers, list) or not all(isinstance(c, Mapping) and c.get("name") for c in containers):
            raise UserFault(f"{place}.spec.{kind}", containers, "must be a list of containers", "Name each container.")
    return template
