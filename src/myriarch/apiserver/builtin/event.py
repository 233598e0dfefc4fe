"""Events: one storage, presented as ``v1`` and as ``events.k8s.io/v1``.

The stored form is ``v1``. The newer group names the same facts differently (``regarding`` for
``involvedObject``, ``note`` for ``message``, ``deprecated...`` for the counters of old); ``_NEW_TO_CORE`` is
the whole translation.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.columns import NAME, Column, age
from myriarch.apiserver.errors import FieldError, invalid_value
from myriarch.apiserver.kinds import Check, ResourceType, whole_schema
from myriarch.apiserver.objectmeta import integer, string, struct, time

Object = dict[str, Any]

# events.k8s.io name -> core name
_NEW_TO_CORE = {
    "regarding": "involvedObject",
    "note": "message",
    "reportingController": "reportingComponent",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
}
_CORE_TO_NEW = {core: new for new, core in _NEW_TO_CORE.items()}


def _to_core(obj: Object) -> Object:
    return {_NEW_TO_CORE.get(key, key): value for key, value in obj.items()} | {"apiVersion": "v1"}


def _from_core(obj: Object) -> Object:
    named = {_CORE_TO_NEW.get(key, key): value for key, value in obj.items()}
    return named | {"apiVersion": "events.k8s.io/v1"}


def _reference(description: str) -> Object:
    return struct(
        description,
        {
            "apiVersion": string("API version of the object."),
            "kind": string("Kind of the object."),
            "name": string("Name of the object."),
            "namespace": string("Namespace of the object."),
            "uid": string("UID of the object."),
            "resourceVersion": string("Version of the object."),
            "fieldPath": string("Part of the object."),
        },
    ) | {"x-kubernetes-map-type": "atomic"}


_SOURCE = struct(
    "Who reported, in the old form.",
    {"component": string("Component that reported."), "host": string("Node it ran on.")},
)
_SERIES = struct(
    "How often it happened, where it goes on happening.",
    {
        "count": integer("Occurrences so far."),
        "lastObservedTime": time("The latest occurrence.", nullable=True),
    },
)
_SHARED = {
    "reason": string("Why, in one word."),
    "type": string("Normal or Warning."),
    "action": string("What was done or failed."),
    "eventTime": time("When it was first seen.", nullable=True),
    "series": {**_SERIES, "nullable": True},
    "related": _reference("A second object that takes part."),
    "reportingInstance": string("Instance of the controller that reported."),
}
_CORE_ONLY = {
    "involvedObject": _reference("The object that the event is about."),
    "message": string("What happened, for people."),
    "reportingComponent": string("Controller that reported."),
    "source": _SOURCE,
    "firstTimestamp": time("When it first happened.", nullable=True),
    "lastTimestamp": time("When it last happened.", nullable=True),
    "count": integer("Occurrences so far."),
}
_NEW_ONLY = {_CORE_TO_NEW[key]: value for key, value in _CORE_ONLY.items()}
_DESCRIPTION = "Something that happened to an object, kept for people to read."


def _first(obj: Object) -> Any:
    return obj.get("firstTimestamp") or obj.get("eventTime")


def _last(obj: Object) -> Any:
    return (obj.get("series") or {}).get("lastObservedTime") or obj.get("lastTimestamp") or _first(obj)


def _reference_text(reference: Object) -> str:
    return f"{reference.get('kind', '').lower()}/{reference.get('name', '')}"


def _source(obj: Object, _now: float) -> str:
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent") or ""
    host = source.get("host") or obj.get("reportingInstance") or ""
    return ", ".join(part for part in (component, host) if part)


def _count(obj: Object, _now: float) -> int:
    return int((obj.get("series") or {}).get("count") or obj.get("count") or 1)


_CORE_COLUMNS = (
    Column("Last Seen", description="Time since the latest occurrence.", render=lambda o, now: age(_last(o), now)),
    Column("Type", description="Normal or Warning.", path=".type"),
    Column("Reason", description="Why, in one word.", path=".reason"),
    Column(
        "Object",
        description="What the event is about.",
        render=lambda obj, _now: _reference_text(obj.get("involvedObject") or {}),
    ),
    Column("Subobject", description="Part of it.", priority=1, path=".involvedObject.fieldPath"),
    Column("Source", description="Who reported.", priority=1, render=_source),
    Column("Message", description="What happened.", render=lambda obj, _now: (obj.get("message") or "").strip()),
    Column(
        "First Seen",
        description="Time since the first occurrence.",
        priority=1,
        render=lambda obj, now: age(_first(obj), now),
    ),
    Column("Count", description="Occurrences.", priority=1, render=_count),
    Column("Name", description=NAME.description, priority=1, path=".metadata.name", format="name"),
)


def _over_core(column: Column) -> Column:
    """The same column over the newer form."""
    cell = column.compile()
    return Column(
        column.name,
        column.type,
        column.description,
        column.priority,
        render=lambda obj, now: cell(_to_core(obj), now),
        format=column.format,
    )


_REFERENCE_FIELDS = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")


def _about_errors(field: str) -> Check:
    """An event lies in the namespace of what it is about."""

    def check(obj: Object, _old: Object | None) -> list[FieldError]:
        about = (obj.get(field) or {}).get("namespace")
        if about is None or about in ("", obj["metadata"]["namespace"]):
            return []
        return [invalid_value("involvedObject.namespace", about, "does not match event.namespace")]

    return check


CORE_EVENT = ResourceType(
    group="",
    version="v1",
    kind="Event",
    plural="events",
    singular="event",
    namespaced=True,
    short_names=("ev",),
    strategic_merge=True,
    selectable_fields=(
        *(f"involvedObject.{field}" for field in _REFERENCE_FIELDS),
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    check=_about_errors("involvedObject"),
    columns=_CORE_COLUMNS,
    schema=whole_schema("Event", _DESCRIPTION, {**_CORE_ONLY, **_SHARED}),
)

EVENT = ResourceType(
    group="events.k8s.io",
    version="v1",
    kind="Event",
    plural="events",
    singular="event",
    namespaced=True,
    short_names=("ev",),
    strategic_merge=True,
    selectable_fields=(
        *(f"regarding.{field}" for field in _REFERENCE_FIELDS),
        "reason",
        "reportingController",
        "type",
    ),
    storage_group="",
    check=_about_errors("regarding"),
    inward=_to_core,
    outward=_from_core,
    columns=tuple(_over_core(column) for column in _CORE_COLUMNS),
    schema=whole_schema("Event", _DESCRIPTION, {**_NEW_ONLY, **_SHARED}),
)
