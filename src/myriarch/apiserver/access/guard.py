"""What a write must be allowed beyond its verb: rights of single fields, and roles that may not be raised.

A handler shows every write of an object here, old and new, once the object is otherwise admissible. The rights of
releases are a table (``api/rights.py``). Of roles and bindings Kubernetes' rule holds: nobody grants what they
don't hold, unless they may ``escalate`` the role or ``bind`` it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from myriarch.api.meta import GROUP
from myriarch.api.rights import RIGHTS
from myriarch.apiserver.access.access import Access
from myriarch.apiserver.access.attributes import Attributes
from myriarch.apiserver.access.rbac_covers import uncovered
from myriarch.apiserver.access.rbac_index import GROUP as RBAC_GROUP
from myriarch.apiserver.access.rbac_index import Place, role_place
from myriarch.apiserver.access.rbac_rules import BindingObject, RoleObject, Rule
from myriarch.apiserver.access.user import User
from myriarch.apiserver.call import Call
from myriarch.apiserver.status import forbidden

Object = dict[str, Any]

_BINDINGS = ("RoleBinding", "ClusterRoleBinding")


class Guard:
    def __init__(self, access: Access) -> None:
        self._access = access

    def check(self, call: Call, old: Object | None, new: Object | None) -> None:
        """Raises ApiError 403. ``new`` is None for a deletion."""
        rtype = call.type
        if call.user.master:
            return
        if rtype.group == RBAC_GROUP and new is not None:
            self._no_escalation(call, old, new)
        if rtype.group == GROUP:
            self._rights(call, old, new)

    def creation(self, call: Call) -> None:
        """A PUT or PATCH that creates needs the verb create as well. Raises ApiError 403."""
        if not call.user.master:
            self._access.require(_attributes(call, "create", call.name))

    def _rights(self, call: Call, old: Object | None, new: Object | None) -> None:
        for right in RIGHTS:
            if right.resource == call.type.plural and right.asked(old, new):
                name = ((new or old or {}).get("metadata") or {}).get("name", "")
                wanted = _attributes(call, right.verb, name)
                if not self._access.decide(wanted).allowed:
                    raise wanted.refusal(right.problem)

    def _no_escalation(self, call: Call, old: Object | None, new: Object) -> None:
        if old is not None and _same_rights(old, new):
            return
        name = new["metadata"].get("name", "")
        if call.type.kind in _BINDINGS:
            place = role_place(msgspec.convert(new, BindingObject), call.namespace)
            rules = self._bound_rules(call, place)
        elif self._access.decide(_attributes(call, "escalate", name)).allowed:
            return
        else:
            rules = _rules_of(new)
        missing = uncovered(self._access.rules(call.user, call.cluster, call.namespace), rules)
        if missing:
            raise forbidden(call.type.plural, call.type.group, name, _attempt(call.user, missing))

    def _bound_rules(self, call: Call, role: Place) -> list[Rule]:
        """What the binding would grant, as far as it needs asking. Raises ApiError 404 for a role that isn't there."""
        plural = role.resource.partition(".")[0]
        bind = Attributes(
            call.user, "bind", call.cluster, RBAC_GROUP, call.type.version, plural, "", call.namespace, role.name
        )
        if self._access.decide(bind).allowed:
            return []
        rules = self._access.rbac.index(call.cluster).rules(role)
        if rules is None:
            raise forbidden(
                call.type.plural, call.type.group, call.name, f"there is no role {role.name!r} to compare with"
            )
        return rules


def _attributes(call: Call, verb: str, name: str) -> Attributes:
    rtype = call.type
    return Attributes(call.user, verb, call.cluster, rtype.group, rtype.version, rtype.plural, "", call.namespace, name)


def _rules_of(role: Object) -> list[Rule]:
    """An aggregated role may come to hold anything."""
    found = msgspec.convert(role, RoleObject)
    if found.aggregation_rule is not None:
        return [Rule(verbs=["*"], api_groups=["*"], resources=["*"]), Rule(verbs=["*"], urls=["*"])]
    return found.rules or []


def _same_rights(old: Object, new: Object) -> bool:
    parts = ("rules", "aggregationRule", "roleRef", "subjects")
    return all(old.get(part) == new.get(part) for part in parts)


def _attempt(user: User, missing: list[Rule]) -> str:
    groups = " ".join(f'"{group}"' for group in user.groups)
    lines = "\n".join(_text(rule) for rule in missing)
    return (
        f'user "{user.name}" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n{lines}'
    )


def _text(rule: Rule) -> str:
    parts = (
        ("APIGroups", rule.api_groups),
        ("Resources", rule.resources),
        ("ResourceNames", rule.names),
        ("NonResourceURLs", rule.urls),
        ("Verbs", rule.verbs),
    )
    shown = (f"{name}:[" + " ".join(f'"{each}"' for each in values) + "]" for name, values in parts if values)
    return "{" + ", ".join(shown) + "}"
