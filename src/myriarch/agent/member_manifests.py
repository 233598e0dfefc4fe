"""What a cluster gives an agent: a namespace, an account, and roles with no right that isn't needed and no wildcard.

``rights.py`` says what is needed. Bundles may hold objects of any kind, so who allows them gets an aggregated role:
it holds what the roles labelled for it hold, and one such role for the kinds that most bundles are made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from myriarch.agent.credential import ADDRESS, CREDENTIAL
from myriarch.agent.memory import MEMORY
from myriarch.agent.rights import LOOK, MANAGING, NODE_DRIVERS, OBSERVING, Right, driver_rights
from myriarch.agent.state import SYSTEM_NAMESPACE, secret_name
from myriarch.api.component import DriverName
from myriarch.drivers.bundle.faults import RIGHTS_LABEL

Manifest = dict[str, Any]

ACCOUNT: Final = "myriarch-agent"
_RBAC: Final = "rbac.authorization.k8s.io"
_WRITE: Final = (*LOOK, "create", "patch", "delete")

_BUNDLE_KINDS: Final = (
    Right("", "namespaces", _WRITE),
    Right("", "configmaps", (*_WRITE, "update")),
    Right("", "secrets", _WRITE),
    Right("", "services", _WRITE),
    Right("", "serviceaccounts", _WRITE),
    Right("", "persistentvolumeclaims", _WRITE),
    Right("apps", "deployments", _WRITE),
    Right("apps", "statefulsets", _WRITE),
    Right("apps", "daemonsets", _WRITE),
    Right("apps", "replicasets", LOOK),
    Right("batch", "jobs", _WRITE),
    Right("batch", "cronjobs", _WRITE),
    Right("autoscaling", "horizontalpodautoscalers", _WRITE),
    Right("policy", "poddisruptionbudgets", _WRITE),
    Right("networking.k8s.io", "ingresses", _WRITE),
    Right("networking.k8s.io", "networkpolicies", _WRITE),
    Right(_RBAC, "roles", _WRITE),
    Right(_RBAC, "rolebindings", _WRITE),
    Right(_RBAC, "clusterroles", _WRITE),
    Right(_RBAC, "clusterrolebindings", _WRITE),
    Right("apiextensions.k8s.io", "customresourcedefinitions", _WRITE),
    Right("admissionregistration.k8s.io", "mutatingwebhookconfigurations", _WRITE),
    Right("admissionregistration.k8s.io", "validatingwebhookconfigurations", _WRITE),
)


def member_manifests(allow: Iterable[DriverName], user: str = "") -> list[Manifest]:
    """The objects, in the order in which to apply them. ``user`` is bound beside the account, where given."""
    allowed = set(allow)
    rules = [*OBSERVING, *MANAGING]
    for driver in sorted({*NODE_DRIVERS, *allowed}):
        rules += driver_rights(driver)
    found = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SYSTEM_NAMESPACE}},
        _named("v1", "ServiceAccount", ACCOUNT, SYSTEM_NAMESPACE),
        _cluster_role(ACCOUNT, rules),
        _cluster_binding(ACCOUNT, user),
        _named(f"{_RBAC}/v1", "Role", ACCOUNT, SYSTEM_NAMESPACE) | {"rules": _state_rules()},
        _state_binding(),
    ]
    if DriverName.BUNDLE in allowed:
        found += _bundle_roles(user)
    return found


def _bundle_roles(user: str) -> list[Manifest]:
    name = f"{ACCOUNT}-bundles"
    whole = _named(f"{_RBAC}/v1", "ClusterRole", name) | {
        "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {RIGHTS_LABEL: "true"}}]}
    }
    common = _cluster_role(f"{ACCOUNT}-bundles-common", _BUNDLE_KINDS)
    common["metadata"]["labels"] = {RIGHTS_LABEL: "true"}
    return [whole, common, _cluster_binding(name, user)]


def _state_rules() -> list[Manifest]:
    """Its own Secrets; the right to create can't be bound to a name."""
    names = [secret_name(each) for each in (ADDRESS, CREDENTIAL, MEMORY)]
    return [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "patch"], "resourceNames": names},
    ]


def _cluster_role(name: str, rights: Sequence[Right]) -> Manifest:
    """Rights on the same resource become one rule."""
    verbs: dict[tuple[str, str], list[str]] = {}
    for right in rights:
        known = verbs.setdefault((right.group, right.shown), [])
        known += [verb for verb in right.verbs if verb not in known]
    rules = [{"apiGroups": [group], "resources": [shown], "verbs": listed} for (group, shown), listed in verbs.items()]
    return _named(f"{_RBAC}/v1", "ClusterRole", name) | {"rules": rules}


def _cluster_binding(name: str, user: str) -> Manifest:
    return _named(f"{_RBAC}/v1", "ClusterRoleBinding", name) | {
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": name},
        "subjects": [_account(), *([{"apiGroup": _RBAC, "kind": "User", "name": user}] if user else [])],
    }


def _state_binding() -> Manifest:
    return _named(f"{_RBAC}/v1", "RoleBinding", ACCOUNT, SYSTEM_NAMESPACE) | {
        "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": ACCOUNT},
        "subjects": [_account()],
    }


def _account() -> Manifest:
    return {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": SYSTEM_NAMESPACE}


def _named(api_version: str, kind: str, name: str, namespace: str = "") -> Manifest:
    metadata: Manifest = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}
