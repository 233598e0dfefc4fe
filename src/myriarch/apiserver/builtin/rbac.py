"""Built-in types of ``rbac.authorization.k8s.io/v1``: who may do what. What they mean is the authorizer's business."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.tables import kind_schema, shapes
from myriarch.apiserver.columns import AGE, NAME, Column, created
from myriarch.apiserver.errors import FieldError, invalid_value, required, unsupported
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.objectmeta import array

Object = dict[str, Any]

RBAC_GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")
_GROUP: dict[str, Any] = {"group": RBAC_GROUP, "version": "v1", "strategic_merge": True, "path_name": True}

_CREATED = Column("Created At", "date", description="When it was made.", render=lambda obj, _now: created(obj))
_RULES = array("What may be done.", shapes()["PolicyRule"], kind="atomic")


def _rule_errors(obj: Object, _old: Object | None) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, rule in enumerate(obj.get("rules") or ()):
        where = f"rules[{index}]"
        if not rule.get("verbs"):
            errors.append(required(f"{where}.verbs", "verbs must contain at least one value"))
        if rule.get("nonResourceURLs"):
            if obj["kind"] == "Role":
                problem = "namespaced rules cannot apply to non-resource URLs"
                errors.append(invalid_value(f"{where}.nonResourceURLs", rule["nonResourceURLs"], problem))
            continue
        if not rule.get("apiGroups"):
            errors.append(required(f"{where}.apiGroups", "resource rules must supply at least one api group"))
        if not rule.get("resources"):
            errors.append(required(f"{where}.resources", "resource rules must supply at least one resource"))
    return errors


def _complete_binding(obj: Object, _old: Object | None) -> None:
    reference = obj.get("roleRef")
    if isinstance(reference, dict) and not reference.get("apiGroup"):
        reference["apiGroup"] = RBAC_GROUP
    for subject in obj.get("subjects") or ():
        if isinstance(subject, dict) and "apiGroup" not in subject and subject.get("kind") in ("User", "Group"):
            subject["apiGroup"] = RBAC_GROUP


def _binding_errors(obj: Object, old: Object | None) -> list[FieldError]:
    reference = obj["roleRef"]
    kinds = ("ClusterRole",) if obj["kind"] == "ClusterRoleBinding" else ("Role", "ClusterRole")
    errors: list[FieldError] = []
    if reference["kind"] not in kinds:
        errors.append(unsupported("roleRef.kind", reference["kind"], kinds))
    if not reference["name"]:
        errors.append(required("roleRef.name"))
    if old is not None and reference != old.get("roleRef"):
        errors.append(invalid_value("roleRef", reference, "cannot change roleRef"))
    for index, subject in enumerate(obj.get("subjects") or ()):
        if subject["kind"] not in _SUBJECTS:
            errors.append(unsupported(f"subjects[{index}].kind", subject["kind"], _SUBJECTS))
        if subject["kind"] == "ServiceAccount" and not subject.get("namespace"):
            errors.append(required(f"subjects[{index}].namespace"))
    return errors


def _role(obj: Object, _now: float) -> str:
    reference = obj.get("roleRef") or {}
    return f"{reference.get('kind', '')}/{reference.get('name', '')}"


def _subjects(kind: str) -> Any:
    def show(obj: Object, _now: float) -> str:
        chosen = [s for s in obj.get("subjects") or () if s.get("kind") == kind]
        if kind == "ServiceAccount":
            return ", ".join(f"{s.get('namespace', '')}/{s.get('name', '')}" for s in chosen)
        return ", ".join(s.get("name", "") for s in chosen)

    return show


_BINDING_COLUMNS = (
    NAME,
    Column("Role", description="The role that is granted.", render=_role),
    AGE,
    Column("Users", description="Users that have it.", priority=1, render=_subjects("User")),
    Column("Groups", description="Groups that have it.", priority=1, render=_subjects("Group")),
    Column(
        "ServiceAccounts", description="Service accounts that have it.", priority=1, render=_subjects("ServiceAccount")
    ),
)


def _role_type(kind: str, *, namespaced: bool, **more: Any) -> ResourceType:
    return ResourceType(
        **_GROUP,
        kind=kind,
        plural=f"{kind.lower()}s",
        singular=kind.lower(),
        namespaced=namespaced,
        check=_rule_errors,
        columns=(NAME, _CREATED),
        schema=kind_schema(kind, "A set of rights.", rules=_RULES, **more),
    )


def _binding_type(kind: str, *, namespaced: bool) -> ResourceType:
    return ResourceType(
        **_GROUP,
        kind=kind,
        plural=f"{kind.lower()}s",
        singular=kind.lower(),
        namespaced=namespaced,
        prepare=_complete_binding,
        check=_binding_errors,
        columns=_BINDING_COLUMNS,
        schema=kind_schema(
            kind,
            "Who has a role.",
            required=("roleRef",),
            subjects=array("Who has it.", shapes()["Subject"], kind="atomic"),
            roleRef=shapes().described("RoleRef", "The role."),
        ),
    )


_AGGREGATION = shapes().described("AggregationRule", "Roles that it is made of.")
CLUSTER_ROLE = _role_type("ClusterRole", namespaced=False, aggregationRule=_AGGREGATION)
ROLE = _role_type("Role", namespaced=True)
CLUSTER_ROLE_BINDING = _binding_type("ClusterRoleBinding", namespaced=False)
ROLE_BINDING = _binding_type("RoleBinding", namespaced=True)
RBAC = (CLUSTER_ROLE_BINDING, CLUSTER_ROLE, ROLE_BINDING, ROLE)
