"""The rights of ``rights.py`` as objects for a real API server: policies in CEL that ask its own authorizer, and roles.

A ``ValidatingAdmissionPolicy`` (admissionregistration.k8s.io/v1, served since Kubernetes 1.30) sees each write
before it is stored; a binding puts it in force everywhere. One policy a right, so that a refusal names the right. The
embedded server needs none of this: it checks the same table itself.
"""

from __future__ import annotations

import json
from typing import Any, Final

from myriarch.api.meta import GROUP
from myriarch.api.rights import RIGHTS, ROLES, Field, Right

GROUP_VERSION: Final = "admissionregistration.k8s.io/v1"
POLICY: Final = "ValidatingAdmissionPolicy"
BINDING: Final = "ValidatingAdmissionPolicyBinding"
_CLUSTER_SCOPED: Final = frozenset({"freezewindows"})

Object = dict[str, Any]


def admission_policies() -> list[Object]:
    """Policies and their bindings, in an order in which they can be applied."""
    return [obj for right in RIGHTS for obj in (_policy(right), _binding(right))]


def right_roles() -> list[Object]:
    """ClusterRoles to bind people to, one a right."""
    head = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole"}
    return [{**head, "metadata": {"name": name}, "rules": rules} for name, rules in ROLES.items()]


def _name(right: Right) -> str:
    return f"{right.name}.rights.{GROUP}"


def _policy(right: Right) -> Object:
    operations = [*(["CREATE"] if right.on_create else []), "UPDATE", *(["DELETE"] if right.on_delete else [])]
    rule = {"apiGroups": [GROUP], "apiVersions": ["*"], "operations": operations, "resources": [right.resource]}
    expression = f"!({_asked(right)}) || {_allowed(right)}"
    validation = {"expression": expression, "message": right.problem, "reason": "Forbidden"}
    return {
        "apiVersion": GROUP_VERSION,
        "kind": POLICY,
        "metadata": {"name": _name(right)},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [rule]},
            "validations": [validation],
        },
    }


def _binding(right: Right) -> Object:
    return {
        "apiVersion": GROUP_VERSION,
        "kind": BINDING,
        "metadata": {"name": _name(right)},
        "spec": {"policyName": _name(right), "validationActions": ["Deny"]},
    }


def _asked(right: Right) -> str:
    """``Right.asked`` in CEL. ``object`` is null at a deletion, ``oldObject`` at a creation."""
    if right.flag:
        flag = Field(right.flag, False)
        changed = "object == null || oldObject == null || object.spec != oldObject.spec"
        return f"({_value('oldObject', flag)} || {_value('object', flag)}) && ({changed})"
    return " || ".join(f"{_value('object', each)} != {_value('oldObject', each)}" for each in right.fields)


def _value(holder: str, field: Field) -> str:
    """The field's value, or its default where it, or the whole object, is absent."""
    default = f"dyn({json.dumps(field.default)})"
    return f"({holder} == null || !has({holder}.spec.{field.name}) ? {default} : dyn({holder}.spec.{field.name}))"


def _allowed(right: Right) -> str:
    """Whether who writes holds the right on this very object."""
    name = "(object != null && has(object.metadata.name) ? object.metadata.name : "
    name += "oldObject != null ? oldObject.metadata.name : '')"
    where = "" if right.resource in _CLUSTER_SCOPED else ".namespace(request.namespace)"
    check = f"authorizer.group('{GROUP}').resource('{right.resource}'){where}.name({name})"
    return f"{check}.check('{right.verb}').allowed()"
