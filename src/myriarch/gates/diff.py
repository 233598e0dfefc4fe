"""What a revision of a bundle would do to what stands: a pure function of the objects before and after.

Only what may hurt is a change here: what it deletes, can't change in place, relabels, no longer selects, resizes, and
API versions that are served no more. New objects, new images and other values are what releases are for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from myriarch.api.gates import ChangeKind
from myriarch.gates.removed_apis import removed_in
from myriarch.gates.selecting import WORKLOADS, Object, chosen_by, namespace_of, title

PRUNE_ANNOTATION: Final = "myriarch.io/prune"
KEPT_KINDS: Final = frozenset({"Namespace", "CustomResourceDefinition", "PersistentVolumeClaim", "PersistentVolume"})
"""Deleted only where the payload says ``pruneDangerous``."""

_ABSENT: Final = "nothing"
_FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "Deployment": ("selector",),
    "DaemonSet": ("selector",),
    "ReplicaSet": ("selector",),
    "StatefulSet": ("selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates"),
    "Job": ("selector", "template", "completionMode"),
    "PersistentVolumeClaim": ("accessModes", "storageClassName", "volumeName"),
    "CustomResourceDefinition": ("scope", "group", "names"),
}
"""Fields of ``spec`` that an API server refuses to change."""

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """``what`` names the object as people do, ``how`` says what becomes of it."""

    kind: ChangeKind
    what: str
    how: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}: {self.how}" if self.how else f"{self.kind}: {self.what}"


@dataclass(frozen=True, slots=True)
class Rendered:
    """Objects of two revisions as one cluster would get them. ``minor`` is its Kubernetes 1.minor, 0 where unknown;
    ``prunes`` (``_dangerous``): whether what is no longer there is deleted (kinds that take others with them too)."""

    cluster: str
    minor: int
    before: Sequence[Object]
    after: Sequence[Object]
    prunes: bool = True
    prunes_dangerous: bool = False


def changes_of(rendered: Rendered) -> tuple[Change, ...]:
    """Every change that may hurt, in a fixed order."""
    before = {_key(each): each for each in rendered.before}
    after = {_key(each): each for each in rendered.after}
    found = {*_deleted(rendered, before, after), *_removed_apis(rendered, before, after)}
    for key in before.keys() & after.keys():
        old, new = before[key], after[key]
        found.update(_fixed(old, new))
        found.update(_relabelled(old, new))
        found.update(_resized(old, new))
        found.update(_deselected(old, new, before, after))
    return tuple(sorted(found))


def _key(obj: Object) -> Key:
    group = str(obj.get("apiVersion", "")).rpartition("/")[0]
    return group, str(obj.get("kind", "")), namespace_of(obj), str(obj["metadata"]["name"])


def _deleted(rendered: Rendered, before: Mapping[Key, Object], after: Mapping[Key, Object]) -> Iterator[Change]:
    if not rendered.prunes:
        return
    for key in before.keys() - after.keys():
        obj = before[key]
        kept = (obj["metadata"].get("annotations") or {}).get(PRUNE_ANNOTATION) == "disabled"
        if not kept and (rendered.prunes_dangerous or key[1] not in KEPT_KINDS):
            yield Change(ChangeKind.DELETES, title(obj), "")


def _fixed(old: Object, new: Object) -> Iterator[Change]:
    for name in _FIXED.get(str(new.get("kind")), ()):
        was, now = (old.get("spec") or {}).get(name), (new.get("spec") or {}).get(name)
        if was is not None and now is not None and was != now:
            how = f"spec.{name} can't be changed in place"
            yield Change(ChangeKind.REPLACES, title(new), how)


def _relabelled(old: Object, new: Object) -> Iterator[Change]:
    """Labels that are taken away or get another value: others may select by them."""
    places = {"": _labels(old, new)}
    if new.get("kind") in WORKLOADS:
        places["pods: "] = _labels(*(((each.get("spec") or {}).get("template") or {}) for each in (old, new)))
    for place, (was, now) in places.items():
        for name in sorted(was):
            if was[name] != now.get(name):
                how = f"{place}{name}: {was[name]} to {now.get(name, _ABSENT)}"
                yield Change(ChangeKind.RELABELS, title(new), how)


def _labels(old: Object, new: Object) -> tuple[Mapping[str, str], Mapping[str, str]]:
    was, now = ((each.get("metadata") or {}).get("labels") or {} for each in (old, new))
    return was, now


def _resized(old: Object, new: Object) -> Iterator[Change]:
    was, now = _sizes(old), _sizes(new)
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            how = f"{name}: {was.get(name, _ABSENT)} to {now.get(name, _ABSENT)}"
            yield Change(ChangeKind.RESIZES, title(new), how)


def _sizes(obj: Object) -> dict[str, Any]:
    """Replicas, resources of containers, storage."""
    spec = obj.get("spec") or {}
    names = ("replicas", "minReplicas", "maxReplicas", "parallelism", "minAvailable", "maxUnavailable")
    found = {name: spec[name] for name in names if name in spec}
    for place, amount in ((spec.get("resources") or {}).get("requests") or {}).items():
        found[f"requests.{place}"] = amount
    if obj.get("kind") == "ResourceQuota":
        found |= {f"hard.{name}": amount for name, amount in (spec.get("hard") or {}).items()}
    pod = (spec.get("template") or {}).get("spec") or {}
    for container in [*(pod.get("initContainers") or []), *(pod.get("containers") or [])]:
        for side in ("requests", "limits"):
            for name, amount in ((container.get("resources") or {}).get(side) or {}).items():
                found[f"{container.get('name')} {side}.{name}"] = amount
    return found


def _deselected(
    old: Object, new: Object, before: Mapping[Key, Object], after: Mapping[Key, Object]
) -> Iterator[Change]:
    was, now = chosen_by(old, before.values()), chosen_by(new, after.values())
    if not was or now is None:
        return
    if not now:
        yield Change(ChangeKind.SELECTS_NOTHING, title(new), f"selected {', '.join(sorted(was))}")
        return
    still = {title(each) for each in after.values()}
    lost = sorted(name for name in was - now if name in still)
    if lost:
        yield Change(ChangeKind.DESELECTS, title(new), ", ".join(lost))


def _removed_apis(rendered: Rendered, before: Mapping[Key, Object], after: Mapping[Key, Object]) -> Iterator[Change]:
    for obj in after.values():
        minor = removed_in(str(obj.get("apiVersion")), str(obj.get("kind")))
        if minor is not None and rendered.minor >= minor:
            how = f"{obj['apiVersion']} is not served since Kubernetes 1.{minor}"
            yield Change(ChangeKind.REMOVED_API, title(obj), how)
    for key in before.keys() & after.keys():
        if key[1] == "CustomResourceDefinition":
            yield from _unserved(before[key], after[key], after)


def _unserved(old: Object, new: Object, after: Mapping[Key, Object]) -> Iterator[Change]:
    """Versions of its kind that a definition stops serving; objects of the bundle may be written in one."""
    spec = new.get("spec") or {}
    kind = (spec.get("names") or {}).get("kind")
    for version in sorted(_served(old) - _served(new)):
        api_version = f"{spec.get('group')}/{version}"
        users = sorted(
            title(each) for each in after.values() if (each.get("apiVersion"), each.get("kind")) == (api_version, kind)
        )
        used = f", which {', '.join(users)} is written in" if users else ""
        yield Change(ChangeKind.REMOVED_API, title(new), f"no longer serves {version}{used}")


def _served(definition: Object) -> set[str]:
    versions = (definition.get("spec") or {}).get("versions") or []
    return {str(each.get("name")) for each in versions if each.get("served")}
