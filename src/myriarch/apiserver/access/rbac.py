"""Role-based access control: what a user may do in one logical cluster, by the roles bound there.

Rights only add up: what no rule allows is refused. Answers are kept for each user until a role or binding of the
cluster changes; how many users and answers are kept is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from myriarch.apiserver.access.attributes import Attributes
from myriarch.apiserver.access.rbac_index import RESOURCES, Grant, RbacIndex, user_keys
from myriarch.apiserver.access.rbac_rules import Rule
from myriarch.apiserver.access.user import User
from myriarch.apiserver.record import Change
from myriarch.apiserver.store import Store

MAX_USERS = 20_000
MAX_ANSWERS = 512

_Asked = tuple[str, str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """``reason`` says which binding allows it, or what could not be resolved on the way to a refusal."""

    allowed: bool
    reason: str = ""


@dataclass(slots=True)
class _Held:
    """What one user holds. ``missing`` are messages about roles that bindings name and that aren't there."""

    generation: int
    everywhere: list[tuple[Grant, Rule]] = field(default_factory=list)
    by_namespace: dict[str, list[tuple[Grant, Rule]]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    answers: dict[_Asked, Decision] = field(default_factory=dict)

    def rules(self, namespace: str) -> Iterator[tuple[Grant, Rule]]:
        yield from self.everywhere
        if namespace:
            yield from self.by_namespace.get(namespace, ())


class Rbac:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._indexes: dict[str, RbacIndex] = {}
        self._held: dict[tuple[str, str, tuple[str, ...]], _Held] = {}
        store.subscribe(self._changed)

    def decide(self, wanted: Attributes) -> Decision:
        """Masters are not asked about here: see ``Access``."""
        held = self._of(wanted.user, wanted.cluster)
        asked = _asked(wanted)
        answer = held.answers.get(asked)
        if answer is None:
            answer = _decide(held, wanted)
            if len(held.answers) >= MAX_ANSWERS:
                held.answers.clear()
            held.answers[asked] = answer
        return answer

    def rules(self, user: User, cluster: str, namespace: str) -> list[Rule]:
        """Every rule that ``user`` holds in the namespace, those of the whole cluster included."""
        return [rule for _, rule in self._of(user, cluster).rules(namespace)]

    def index(self, cluster: str) -> RbacIndex:
        found = self._indexes.get(cluster)
        if found is None:
            found = self._indexes[cluster] = RbacIndex(self._store, cluster)
        return found

    def _of(self, user: User, cluster: str) -> _Held:
        index = self.index(cluster)
        key = (cluster, user.name, user.groups)
        held = self._held.get(key)
        if held is None or held.generation != index.generation:
            if held is None and len(self._held) >= MAX_USERS:
                self._held.clear()
            held = self._held[key] = _gather(index, user)
        return held

    def _changed(self, change: Change) -> None:
        bucket = change.record.key.bucket
        if bucket.resource in RESOURCES:
            index = self._indexes.get(bucket.cluster)
            if index is not None:
                index.apply(change)


def _gather(index: RbacIndex, user: User) -> _Held:
    held = _Held(index.generation)
    for grant in index.grants(user_keys(user.name, user.groups)):
        rules = index.rules(grant.role)
        if rules is None:
            held.missing.append(f'{grant.role.resource.replace("s.", ".", 1)} "{grant.role.name}" not found')
        elif grant.namespace:
            held.by_namespace.setdefault(grant.namespace, []).extend((grant, rule) for rule in rules)
        else:
            held.everywhere.extend((grant, rule) for rule in rules)
    return held


def _decide(held: _Held, wanted: Attributes) -> Decision:
    for grant, rule in held.rules(wanted.namespace):
        if rule.allows(wanted):
            return Decision(True, f"RBAC: allowed by {grant.text}")
    missing = list(dict.fromkeys(held.missing))
    if not missing:
        return Decision(False)
    return Decision(False, f"RBAC: {missing[0] if len(missing) == 1 else '[' + ', '.join(missing) + ']'}")


def _asked(a: Attributes) -> _Asked:
    return (a.verb, a.group, a.resource, a.subresource, a.namespace, a.name, a.path)
