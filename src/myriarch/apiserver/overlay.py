"""What users wrote onto a rendered Node, kept apart from the rendering as the difference to it.

Labels and annotations are merge patches (null removes), taints are kept by key and effect, so that what the
fleet itself adds and removes later still shows. ``managedFields`` go along, for server-side apply.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.errors import forbidden_field
from myriarch.apiserver.status import invalid

WRITABLE = "only labels, annotations, taints and unschedulable of a simulated node may be changed"
_MAPS = ("labels", "annotations")
_OWN_SPEC = ("taints", "unschedulable")

Object = dict[str, Any]


def overlay_of(base: Object, wanted: Object) -> Object:
    """The overlay that turns the rendering ``base`` into ``wanted``, as far as users may."""
    out: Object = {"metadata": {}}
    for field in _MAPS:
        out[field] = _map_difference(base["metadata"].get(field) or {}, wanted["metadata"].get(field) or {})
    before, after = base.get("spec") or {}, wanted.get("spec") or {}
    out["taints"] = _map_difference(_by_key(before.get("taints")), _by_key(after.get("taints")))
    if bool(before.get("unschedulable")) != bool(after.get("unschedulable")):
        out["unschedulable"] = bool(after.get("unschedulable"))
    if "managedFields" in wanted["metadata"]:
        out["managedFields"] = wanted["metadata"]["managedFields"]
    return out


def merged(base: Object, overlay: Object) -> Object:
    """The rendering with the overlay on it; ``base`` isn't changed."""
    meta, spec = dict(base["metadata"]), dict(base.get("spec") or {})
    for field in _MAPS:
        if overlay[field]:
            meta[field] = _patched(meta.get(field) or {}, overlay[field])
    if overlay["taints"]:
        taints = list(_patched(_by_key(spec.get("taints")), overlay["taints"]).values())
        spec["taints"] = taints
        if not taints:
            del spec["taints"]
    if "unschedulable" in overlay:
        spec["unschedulable"] = overlay["unschedulable"]
        if not overlay["unschedulable"]:
            del spec["unschedulable"]
    if "managedFields" in overlay:
        meta["managedFields"] = overlay["managedFields"]
    return {**base, "metadata": meta, "spec": spec}


def check_writable(head: Object, wanted: Object) -> None:
    """Raises ApiError 422 where ``wanted`` changes what comes from the fleet."""
    errors = []
    if wanted.get("status") != head.get("status"):
        errors.append(forbidden_field("status", WRITABLE))
    before, after = head.get("spec") or {}, wanted.get("spec") or {}
    for field in sorted({*before, *after} - set(_OWN_SPEC)):
        if before.get(field) != after.get(field):
            errors.append(forbidden_field(f"spec.{field}", WRITABLE))
    if errors:
        raise invalid("Node", "", wanted["metadata"].get("name", ""), errors)


def _map_difference(before: Object, after: Object) -> Object:
    out: Object = {key: value for key, value in after.items() if before.get(key) != value}
    out.update({key: None for key in before if key not in after})
    return out


def _patched(base: Object, patch: Object) -> Object:
    out = {**base, **patch}
    return {key: value for key, value in out.items() if value is not None}


def _by_key(taints: list[Object] | None) -> Object:
    return {f"{taint.get('key')}:{taint.get('effect')}": taint for taint in taints or ()}
