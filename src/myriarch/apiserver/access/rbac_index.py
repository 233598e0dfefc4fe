"""The roles and bindings of one logical cluster, kept ready to be asked: who is bound to which role.

Filled from the store at the first question and from then on by its changes, so that a fleet with ten thousand
service accounts pays for one binding at a time. ``generation`` counts the changes: whatever is worked out from
the index holds as long as it stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from myriarch.apiserver.access.rbac_rules import BindingObject, RoleObject, Rule, Subject
from myriarch.apiserver.access.user import account_name
from myriarch.apiserver.record import Bucket, Change, Record
from myriarch.apiserver.store import Store

GROUP = "rbac.authorization.k8s.io"
ROLES = f"roles.{GROUP}"
CLUSTER_ROLES = f"clusterroles.{GROUP}"
ROLE_BINDINGS = f"rolebindings.{GROUP}"
CLUSTER_ROLE_BINDINGS = f"clusterrolebindings.{GROUP}"
_KINDS = {
    ROLES: "Role",
    CLUSTER_ROLES: "ClusterRole",
    ROLE_BINDINGS: "RoleBinding",
    CLUSTER_ROLE_BINDINGS: "ClusterRoleBinding",
}
RESOURCES = tuple(_KINDS)

_ROLE = msgspec.json.Decoder(RoleObject)
_BINDING = msgspec.json.Decoder(BindingObject)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object is: ``namespace`` is empty for cluster-scoped ones."""

    resource: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One binding as one subject sees it. ``namespace`` is empty where it holds in the whole cluster."""

    binding: Place
    role: Place
    subject: str

    @property
    def namespace(self) -> str:
        return self.binding.namespace

    @property
    def text(self) -> str:
        """As reviews tell why something is allowed."""
        role = f'{_KINDS[self.role.resource]} "{self.role.name}" to {self.subject}'
        where = f"{self.binding.name}/{self.binding.namespace}" if self.namespace else self.binding.name
        return f'{_KINDS[self.binding.resource]} "{where}" of {role}'


class RbacIndex:
    def __init__(self, store: Store, cluster: str) -> None:
        self.generation = 0
        self._roles: dict[Place, RoleObject] = {}
        self._grants: dict[str, dict[Place, Grant]] = {}
        self._subjects: dict[Place, tuple[str, ...]] = {}
        for resource in RESOURCES:
            for record in store.records(Bucket(cluster, resource), None):
                self._put(record)

    def apply(self, change: Change) -> None:
        """Take note of a change of one of ``RESOURCES``."""
        self.generation += 1
        if change.type == "DELETED":
            self._forget(_place(change.record))
        else:
            self._put(change.record)

    def grants(self, subjects: Iterable[str]) -> Iterator[Grant]:
        """What is bound to any of ``subjects`` (as ``user_keys`` writes them), in every namespace."""
        for subject in subjects:
            yield from self._grants.get(subject, {}).values()

    def rules(self, role: Place) -> list[Rule] | None:
        """None where there is no such role."""
        found = self._roles.get(role)
        if found is None:
            return None
        if found.aggregation_rule is None:
            return found.rules or []
        return self._aggregated(found)

    def _aggregated(self, role: RoleObject) -> list[Rule]:
        assert role.aggregation_rule is not None
        selectors = role.aggregation_rule.cluster_role_selectors
        return [
            rule
            for place, each in self._roles.items()
            if place.resource == CLUSTER_ROLES and each.aggregation_rule is None
            if any(selector.matches(each.metadata.labels) for selector in selectors)
            for rule in each.rules or []
        ]

    def _put(self, record: Record) -> None:
        place = _place(record)
        self._forget(place)
        if place.resource in (ROLES, CLUSTER_ROLES):
            self._roles[place] = _ROLE.decode(record.data)
            return
        binding = _BINDING.decode(record.data)
        role = role_place(binding, place.namespace)
        subjects = {_subject_key(each, place.namespace): each for each in binding.subjects or []}
        self._subjects[place] = tuple(subjects)
        for key, subject in subjects.items():
            self._grants.setdefault(key, {})[place] = Grant(place, role, _subject_text(subject, place.namespace))

    def _forget(self, place: Place) -> None:
        self._roles.pop(place, None)
        for key in self._subjects.pop(place, ()):
            held = self._grants[key]
            del held[place]
            if not held:
                del self._grants[key]


def role_place(binding: BindingObject, namespace: str) -> Place:
    """Where the role is that a binding in ``namespace`` refers to."""
    if binding.role_ref.kind == "ClusterRole":
        return Place(CLUSTER_ROLES, "", binding.role_ref.name)
    return Place(ROLES, namespace, binding.role_ref.name)


def user_keys(name: str, groups: Iterable[str]) -> list[str]:
    """What bindings may call this user."""
    return [f"User:{name}", *(f"Group:{group}" for group in groups)]


def _subject_key(subject: Subject, namespace: str) -> str:
    if subject.kind == "ServiceAccount":
        return f"User:{account_name(subject.namespace or namespace, subject.name)}"
    return f"{subject.kind}:{subject.name}"


def _subject_text(subject: Subject, namespace: str) -> str:
    if subject.kind == "ServiceAccount":
        return f'ServiceAccount "{subject.name}/{subject.namespace or namespace}"'
    return f'{subject.kind} "{subject.name}"'


def _place(record: Record) -> Place:
    return Place(record.key.bucket.resource, record.key.namespace, record.key.name)
