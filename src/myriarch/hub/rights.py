"""What the controllers may do on a hub's API server: one table, from which come the roles that ``install`` writes and
the questions that ``controllers`` asks before it starts. No wildcard, and nothing that the controllers don't do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from myriarch.api.gates import GATES_NAMESPACE
from myriarch.api.meta import GROUP
from myriarch.client.inventory import GROUP as INVENTORY_GROUP

SYSTEM_NAMESPACE: Final = "myriarch-system"
"""Where the controllers, their Leases and the kubeconfig Secrets of clusters reached by push are."""

AGENTS_NAMESPACE: Final = "myriarch-agents"
"""Where agents have their accounts and their heartbeats."""

ACCOUNT: Final = "myriarch-controllers"
READ: Final = ("get", "list", "watch")


@dataclass(frozen=True, slots=True)
class Right:
    """``verbs`` on ``resources`` (a subresource after a slash); ``namespace`` is '' for the whole cluster."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    namespace: str = ""

    def rule(self) -> dict[str, Any]:
        """As a rule of a role."""
        return {"apiGroups": [self.group], "resources": list(self.resources), "verbs": list(self.verbs)}


_KINDS: Final = (
    "clusters",
    "components",
    "environments",
    "freezewindows",
    "overrides",
    "releasepolicies",
    "releases",
    "releasetrains",
    "revisions",
)

RIGHTS: Final = (
    Right(GROUP, _KINDS, READ),
    Right(GROUP, ("clusters",), ("patch",)),
    Right(GROUP, ("releases",), ("create", "patch", "order")),
    Right(GROUP, tuple(f"{kind}/status" for kind in _KINDS), ("patch",)),
    Right("", ("events",), ("create", "patch")),
    Right("coordination.k8s.io", ("leases",), (*READ, "create", "update", "delete"), SYSTEM_NAMESPACE),
    Right("coordination.k8s.io", ("leases",), (*READ, "create", "update"), AGENTS_NAMESPACE),
    Right("", ("secrets",), READ, SYSTEM_NAMESPACE),
)

PROFILE_RIGHTS: Final = (
    Right(INVENTORY_GROUP, ("clusterprofiles",), (*READ, "create", "patch", "delete"), SYSTEM_NAMESPACE),
    Right(INVENTORY_GROUP, ("clusterprofiles/status",), ("patch",), SYSTEM_NAMESPACE),
)
"""Of controllers that publish ClusterProfiles; the others don't need them."""


GATE_RIGHTS: Final = (
    Right("", ("secrets",), ("get",), GATES_NAMESPACE),
    Right("batch", ("jobs",), ("get", "create"), GATES_NAMESPACE),
)
"""Of gates; not asked for before controllers start, because a gate that may not do its work says so and holds."""


def rights_objects() -> list[dict[str, Any]]:
    """Roles with their bindings to the controllers' account."""
    objects: list[dict[str, Any]] = []
    for namespace in ("", SYSTEM_NAMESPACE, AGENTS_NAMESPACE, GATES_NAMESPACE):
        rules = [right.rule() for right in (*RIGHTS, *PROFILE_RIGHTS, *GATE_RIGHTS) if right.namespace == namespace]
        objects += _role(namespace, rules)
    return objects


def _role(namespace: str, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kind = "Role" if namespace else "ClusterRole"
    metadata = {"name": ACCOUNT} | ({"namespace": namespace} if namespace else {})
    api_version = "rbac.authorization.k8s.io/v1"
    return [
        {"apiVersion": api_version, "kind": kind, "metadata": metadata, "rules": rules},
        {
            "apiVersion": api_version,
            "kind": f"{kind}Binding",
            "metadata": dict(metadata),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": ACCOUNT},
            "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": SYSTEM_NAMESPACE}],
        },
    ]
