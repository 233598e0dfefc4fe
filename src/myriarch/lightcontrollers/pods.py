"""Pods as their controllers see them: made from a template, active or not, ready or not."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from myriarch.lightcontrollers.world import Kind, Object, owner_reference

HASH_CHARS = 10
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_OVER = ("Failed", "Succeeded")


def template_hash(template: Object) -> str:
    """A short name for a template's content."""
    digest = blake2b(msgspec.json.encode(template, order="sorted"), digest_size=HASH_CHARS).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest)


def new_pod(kind: Kind, owner: Object, *, name: str = "", labels: dict[str, str] | None = None) -> Object:
    """A pod of the owner's template; the server makes up a name where none is given."""
    template = owner["spec"]["template"]
    given = template.get("metadata") or {}
    meta: Object = {
        "namespace": owner["metadata"]["namespace"],
        "labels": {**(given.get("labels") or {}), **(labels or {})},
        "ownerReferences": [owner_reference(kind, owner)],
    }
    if given.get("annotations"):
        meta["annotations"] = given["annotations"]
    if name:
        meta["name"] = name
    else:
        meta["generateName"] = f"{owner['metadata']['name']}-"
    return {"metadata": meta, "spec": dict(template["spec"])}


def is_active(pod: Object) -> bool:
    """Neither over nor on its way out."""
    return phase(pod) not in _OVER and not pod["metadata"].get("deletionTimestamp")


def phase(pod: Object) -> str:
    return str((pod.get("status") or {}).get("phase", ""))


def is_ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def share(value: Any, total: int, *, up: bool) -> int:
    """``25%`` of a total, rounded up or down; numbers are themselves."""
    if isinstance(value, str) and value.endswith("%"):
        parts = int(value[:-1]) * total
        return -(-parts // 100) if up else parts // 100
    return int(value or 0)
