"""Columns that several workloads share: containers, images, selectors, counts."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.columns import NONE, Column, Render

Object = dict[str, Any]


def at(obj: Any, *keys: str) -> Any:
    """The value below ``keys``; None where the way ends."""
    for key in keys:
        obj = obj.get(key) if isinstance(obj, dict) else None
    return obj


def count(*keys: str) -> Render:
    return lambda obj, _now: int(at(obj, *keys) or 0)


def of_desired(desired: tuple[str, ...], have: tuple[str, ...]) -> Render:
    """``2/3``."""
    return lambda obj, _now: f"{at(obj, *have) or 0}/{at(obj, *desired) or 0}"


def selector_text(selector: Any) -> str:
    """A label selector as kubectl prints it."""
    if not isinstance(selector, dict):
        return NONE
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for each in selector.get("matchExpressions") or ():
        key, operator = each.get("key", ""), each.get("operator", "")
        values = ",".join(sorted(each.get("values") or ()))
        match operator:
            case "Exists":
                parts.append(key)
            case "DoesNotExist":
                parts.append(f"!{key}")
            case _:
                parts.append(f"{key} {operator.lower()} ({values})")
    return ",".join(parts) or NONE


def _containers(field: str) -> Render:
    return lambda obj, _now: ",".join(c.get(field, "") for c in at(obj, "spec", "template", "spec", "containers") or ())


CONTAINERS = Column("Containers", description="Names of the containers.", priority=1, render=_containers("name"))
IMAGES = Column("Images", description="Images of the containers.", priority=1, render=_containers("image"))
SELECTOR = Column(
    "Selector",
    description="Which pods belong to it.",
    priority=1,
    render=lambda obj, _now: selector_text(at(obj, "spec", "selector")),
)
