"""The objects of a bundle: what names one, in which order they are applied, and whose they are.

An object is a plain dict as the API takes it. ``place`` gives it the namespace, labels and annotation that make it
the bundle's. The order is that of need: what others live in, are typed by or are allowed by comes first; what
stands in the way of others (admission webhooks, aggregated APIs) comes last.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from myriarch.base.errors import UserFault
from myriarch.base.hashing import stable_hash
from myriarch.client.objects import Raw

OBJECTS_MAX: Final = 2000
"""More don't fit the inventory's ConfigMap (1 MiB)."""

BUNDLE_LABEL: Final = "myriarch.io/bundle"
STEP_ANNOTATION: Final = "myriarch.io/step"
PRUNE_ANNOTATION: Final = "myriarch.io/prune"
DISABLED: Final = "disabled"

_LABEL_CHARACTERS_MAX: Final = 63

_FIRST: Final = (
    "Namespace",
    "CustomResourceDefinition",
    "PriorityClass",
    "StorageClass",
    "RuntimeClass",
    "IngressClass",
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy",
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Secret",
    "ConfigMap",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "PodDisruptionBudget",
    "Service",
    "DaemonSet",
    "StatefulSet",
    "Deployment",
    "ReplicaSet",
    "Pod",
    "CronJob",
    "Job",
)
_LAST: Final = (
    "APIService",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
)
_RANKS: Final = {kind: i for i, kind in enumerate(_FIRST)}
_OTHERS_RANK: Final = len(_FIRST)
_RANKS.update({kind: _OTHERS_RANK + 1 + i for i, kind in enumerate(_LAST)})

_ALONE: Final = frozenset({"Namespace", "CustomResourceDefinition"})
"""What comes after them can't even be checked before they are there."""

DANGEROUS: Final = frozenset({"Namespace", "CustomResourceDefinition", "PersistentVolumeClaim", "PersistentVolume"})
"""Deleting one of them deletes what others put in it."""


class ObjectId(NamedTuple):
    """Names an object whatever the version it is written in."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        kind = f"{self.kind}.{self.group}" if self.group else self.kind
        return f"{kind} {self.namespace}/{self.name}" if self.namespace else f"{kind} {self.name}"


@dataclass(frozen=True, slots=True)
class BundleObject:
    """One object to apply; ``version`` is that of its apiVersion, ``step`` orders it among all."""

    id: ObjectId
    version: str
    step: int
    body: Raw

    @property
    def api_version(self) -> str:
        return str(self.body["apiVersion"])


Stage = tuple[BundleObject, ...]
"""Objects applied together; the next stage waits until they are Current."""


def label_of(component: str) -> str:
    """The value of the bundle's label; long names end in a hash of the whole."""
    if len(component) <= _LABEL_CHARACTERS_MAX:
        return component
    return f"{component[:46].rstrip('.-')}-{stable_hash(0, component):016x}"


def manager_of(component: str) -> str:
    """The bundle's field manager (at most 128 characters)."""
    return f"myriarch-{label_of(component)}"


def read_objects(documents: Iterable[Any]) -> list[BundleObject]:
    """Objects of parsed documents; lists are opened. Raises UserFault for what is no object, or is there twice."""
    found: dict[ObjectId, BundleObject] = {}
    for i, document in enumerate(_opened(documents)):
        made = _read(document, f"objects[{i}]")
        if made.id in found:
            raise UserFault(f"objects[{i}]", str(made.id), "given twice", "Leave one of them out.")
        found[made.id] = made
    if len(found) > OBJECTS_MAX:
        raise UserFault("objects", len(found), f"more than {OBJECTS_MAX}", "Split the bundle into components.")
    return list(found.values())


def place(objects: Iterable[BundleObject], namespaced: Mapping[ObjectId, bool], namespace: str) -> list[BundleObject]:
    """The objects with ``namespace`` where they need one and name none; ``namespaced`` says which do.

    What is not in ``namespaced`` is of a kind that nobody knows yet, and stays as it is.
    """
    placed: dict[ObjectId, BundleObject] = {}
    for made in objects:
        scope = namespaced.get(made.id)
        wanted = made.id.namespace if scope is None else (made.id.namespace or namespace) if scope else ""
        key = made.id._replace(namespace=wanted)
        if key in placed:
            raise UserFault("objects", str(key), "given twice", "Leave one of them out.")
        placed[key] = made if key == made.id else _moved(made, key)
    return list(placed.values())


def mark(objects: Iterable[BundleObject], component: str) -> list[BundleObject]:
    """The objects with the bundle's label."""
    label = label_of(component)
    marked = []
    for made in objects:
        labels = {**(made.body["metadata"].get("labels") or {}), BUNDLE_LABEL: label}
        body = {**made.body, "metadata": {**made.body["metadata"], "labels": labels}}
        marked.append(BundleObject(made.id, made.version, made.step, body))
    return marked


def stages_of(objects: Iterable[BundleObject]) -> list[Stage]:
    """The objects in order, cut where what follows must wait: after each step, after Namespaces and CRDs, and
    before webhooks and aggregated APIs, which must find their servers running."""
    stages: list[list[BundleObject]] = []
    before: tuple[int, int] | None = None
    for made in ordered(objects):
        place_of = (made.step, _tier(made.id.kind))
        if place_of != before:
            stages.append([])
        stages[-1].append(made)
        before = place_of
    return [tuple(stage) for stage in stages]


def ordered(objects: Iterable[BundleObject]) -> list[BundleObject]:
    return sorted(objects, key=lambda made: (made.step, rank_of(made.id.kind), made.id))


def rank_of(kind: str) -> int:
    """Where objects of the kind come within a step."""
    return _RANKS.get(kind, _OTHERS_RANK)


def _tier(kind: str) -> int:
    rank = rank_of(kind)
    if kind in _ALONE:
        return rank
    return len(_ALONE) + (rank > _OTHERS_RANK)


def _opened(documents: Iterable[Any]) -> Iterable[Any]:
    for document in documents:
        if document is None:
            continue
        if isinstance(document, dict) and document.get("kind") == "List" and isinstance(document.get("items"), list):
            yield from document["items"]
        else:
            yield document


def _read(document: Any, where: str) -> BundleObject:
    if not isinstance(document, dict):
        raise UserFault(where, type(document).__name__, "not an object", "Give apiVersion, kind and metadata.name.")
    metadata = document.get("metadata")
    for name in ("apiVersion", "kind"):
        if not isinstance(document.get(name), str) or not document[name]:
            raise UserFault(f"{where}.{name}", document.get(name), "missing", f"Give the {name} of the object.")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        cure = "Give it a name; generateName can't be applied."
        raise UserFault(f"{where}.metadata.name", document["kind"], "an object without a name", cure)
    for name in ("labels", "annotations"):
        entries = metadata.get(name) or {}
        if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
            cure = "Put quotes around numbers, true and false."
            raise UserFault(f"{where}.metadata.{name}", metadata["name"], "not all strings", cure)
    group, _, version = document["apiVersion"].rpartition("/")
    key = ObjectId(group, document["kind"], str(metadata.get("namespace") or ""), metadata["name"])
    return BundleObject(key, version, _step(metadata, where), _body(document))


def _body(document: Mapping[str, Any]) -> Raw:
    """The document without what only the server may say."""
    body = copy.deepcopy(dict(document))
    body.pop("status", None)
    for name in ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"):
        body["metadata"].pop(name, None)
    return body


def _step(metadata: Mapping[str, Any], where: str) -> int:
    text = (metadata.get("annotations") or {}).get(STEP_ANNOTATION, "0")
    try:
        return int(text)
    except ValueError:
        field = f"{where}.metadata.annotations[{STEP_ANNOTATION}]"
        raise UserFault(field, text, "not a whole number", 'Write a number in quotes, such as "1".') from None


def _moved(made: BundleObject, key: ObjectId) -> BundleObject:
    metadata = {name: value for name, value in made.body["metadata"].items() if name != "namespace"}
    if key.namespace:
        metadata["namespace"] = key.namespace
    return BundleObject(key, made.version, made.step, {**made.body, "metadata": metadata})
