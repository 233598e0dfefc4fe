"""Roles and bindings that every logical cluster begins with, in the names that Kubernetes gives them.

They are ordinary objects, made when somebody first asks as less than a master, or looks at roles: ten thousand
clusters that nobody logs in to cost nothing. One that was deleted is there again after a restart. ``view``,
``edit`` and ``admin`` are lighter than those of Kubernetes: they name only what is served here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from myriarch.api.rights import ROLES as MYRIARCH_ROLES
from myriarch.apiserver.access.rbac_index import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, GROUP
from myriarch.apiserver.access.user import AUTHENTICATED, MASTERS, UNAUTHENTICATED

Object = dict[str, Any]

LABELS = {"kubernetes.io/bootstrapping": "rbac-defaults"}
ANNOTATIONS = {"rbac.authorization.kubernetes.io/autoupdate": "true"}

_READ = ["get", "list", "watch"]
_WRITE = ["create", "delete", "deletecollection", "patch", "update"]
_HEALTH = ["/healthz", "/livez", "/readyz", "/version", "/version/"]
_DISCOVERY = ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz"]
_SEEN = {
    "": ["configmaps", "events", "pods", "serviceaccounts", "services", "services/status", "pods/status"],
    "apps": ["controllerrevisions", "daemonsets", "deployments", "deployments/scale", "replicasets", "statefulsets"],
    "batch": ["jobs", "jobs/status"],
    "policy": ["poddisruptionbudgets", "poddisruptionbudgets/status"],
    "events.k8s.io": ["events"],
}
_EDITED = {
    "": ["configmaps", "pods", "pods/eviction", "secrets", "serviceaccounts", "services"],
    "apps": _SEEN["apps"],
    "batch": ["jobs"],
    "policy": ["poddisruptionbudgets"],
    "coordination.k8s.io": ["leases"],
}


def _rule(groups: list[str], resources: list[str], verbs: list[str]) -> Object:
    return {"apiGroups": groups, "resources": resources, "verbs": verbs}


def _each(resources: dict[str, list[str]], verbs: list[str]) -> list[Object]:
    return [_rule([group], names, verbs) for group, names in resources.items()]


_VIEW = [*_each(_SEEN, _READ), _rule([""], ["namespaces"], _READ)]
_EDIT = [
    *_VIEW,
    *_each(_EDITED, _WRITE),
    _rule([""], ["secrets"], _READ),
    _rule([""], ["serviceaccounts"], ["impersonate"]),
]
_ADMIN = [
    *_EDIT,
    _rule([GROUP], ["roles", "rolebindings"], [*_READ, *_WRITE]),
    _rule(["authorization.k8s.io"], ["localsubjectaccessreviews"], ["create"]),
    _rule([""], ["serviceaccounts/token"], ["create"]),
]
_EVERYTHING = [_rule(["*"], ["*"], ["*"]), {"nonResourceURLs": ["*"], "verbs": ["*"]}]
_SELF = [
    _rule(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"]),
    _rule(["authentication.k8s.io"], ["selfsubjectreviews"], ["create"]),
]

ROLES: dict[str, list[Object]] = {
    "cluster-admin": _EVERYTHING,
    "admin": _ADMIN,
    "edit": _EDIT,
    "view": _VIEW,
    "system:basic-user": _SELF,
    "system:discovery": [{"nonResourceURLs": [*_DISCOVERY, "/version", "/version/"], "verbs": ["get"]}],
    "system:public-info-viewer": [{"nonResourceURLs": _HEALTH, "verbs": ["get"]}],
}
BOUND = {
    "cluster-admin": (MASTERS,),
    "system:basic-user": (AUTHENTICATED,),
    "system:discovery": (AUTHENTICATED,),
    "system:public-info-viewer": (AUTHENTICATED, UNAUTHENTICATED),
}


def initial_objects(*, hub: bool) -> Iterator[tuple[str, Object]]:
    """(resource as buckets name it, object) of everything there is in the beginning; the hub has Myriarch's roles."""
    for name, rules in {**ROLES, **(MYRIARCH_ROLES if hub else {})}.items():
        yield CLUSTER_ROLES, {**_head("ClusterRole", name), "rules": rules}
    for name, groups in BOUND.items():
        subjects = [{"kind": "Group", "apiGroup": GROUP, "name": group} for group in groups]
        role = {"apiGroup": GROUP, "kind": "ClusterRole", "name": name}
        yield CLUSTER_ROLE_BINDINGS, {**_head("ClusterRoleBinding", name), "subjects": subjects, "roleRef": role}


def _head(kind: str, name: str) -> Object:
    meta = {"name": name, "labels": dict(LABELS), "annotations": dict(ANNOTATIONS)}
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": meta}
