"""What a cluster joined by pull needs at the hub: an account for its agent with as few rights as will do.

Each cluster has an account and roles of its own, so that the agent of one can neither read nor write another's
objects, and no Secret. The roles name objects, which a list or a watch satisfies by asking for that very name. A
second account, for the bootstrap token, may ask for a token of the agent's account and nothing else; the agent deletes
it when it has its own. All of it belongs to the Cluster object and goes with it.
"""

from __future__ import annotations

from typing import Any, Final

from myriarch.agent.credential import AGENTS_NAMESPACE, agent_account, bootstrap_account
from myriarch.agent.heartbeat import LEASE_SECONDS
from myriarch.api.cluster import Cluster
from myriarch.api.meta import API_VERSION, GROUP
from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists
from myriarch.client.objects import Raw
from myriarch.client.resource import LEASES, NAMESPACES, ROLE_BINDINGS, SERVICE_ACCOUNTS, ResourceRef

FIELD_MANAGER: Final = "myriarch-join"

_RBAC: Final = "rbac.authorization.k8s.io"
_ROLES: Final = ResourceRef(_RBAC, "v1", "roles", namespaced=True)
_CLUSTER_ROLES: Final = ResourceRef(_RBAC, "v1", "clusterroles")
_CLUSTERROLE_BINDINGS: Final = ResourceRef(_RBAC, "v1", "clusterrolebindings")


async def enrol(client: Client, cluster: Cluster, valid_seconds: int) -> str:
    """Make all of it, or mend what is there, and return a bootstrap token good for ``valid_seconds``.

    Raises what the API server answers: who enrols must hold the rights that the roles give.
    """
    await _namespace(client)
    name, owner = cluster.name, _owner(cluster)
    for ref, manifest in hub_objects(name, owner):
        await client.apply(ref, manifest, field_manager=FIELD_MANAGER, force=True)
    await _lease(client, name, owner)
    request: Raw = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "metadata": {},
        "spec": {"expirationSeconds": valid_seconds},
    }
    account = bootstrap_account(name)
    answer = await client.create_under(SERVICE_ACCOUNTS, account, "token", request, namespace=AGENTS_NAMESPACE)
    return str(answer["status"]["token"])


def hub_objects(cluster: str, owner: Raw) -> list[tuple[ResourceRef, Raw]]:
    """Accounts, roles and bindings, in the order in which they are made."""
    agent, bootstrap = agent_account(cluster), bootstrap_account(cluster)
    return [
        (SERVICE_ACCOUNTS, _object("v1", "ServiceAccount", agent, owner)),
        (SERVICE_ACCOUNTS, _object("v1", "ServiceAccount", bootstrap, owner)),
        (_CLUSTER_ROLES, _role("ClusterRole", f"myriarch:{agent}", owner, _cluster_rules(cluster))),
        (_CLUSTERROLE_BINDINGS, _binding("ClusterRoleBinding", f"myriarch:{agent}", owner, "ClusterRole", agent)),
        (_ROLES, _role("Role", agent, owner, _own_rules(cluster))),
        (ROLE_BINDINGS, _binding("RoleBinding", agent, owner, "Role", agent)),
        (_ROLES, _role("Role", bootstrap, owner, [_token_rule(agent)])),
        (ROLE_BINDINGS, _binding("RoleBinding", bootstrap, owner, "Role", bootstrap)),
    ]


def _cluster_rules(cluster: str) -> list[Raw]:
    return [
        _rule(GROUP, "clusters", ["get", "list", "watch"], cluster),
        _rule(GROUP, "clusters/status", ["patch"], cluster),
        {"apiGroups": [GROUP], "resources": ["components", "revisions"], "verbs": ["get"]},
    ]


def _own_rules(cluster: str) -> list[Raw]:
    return [
        _rule("coordination.k8s.io", "leases", ["get", "patch"], cluster),
        _token_rule(agent_account(cluster)),
        _rule("", "serviceaccounts", ["delete"], bootstrap_account(cluster)),
        _rule(_RBAC, "rolebindings", ["delete"], bootstrap_account(cluster)),
    ]


def _token_rule(account: str) -> Raw:
    return _rule("", "serviceaccounts/token", ["create"], account)


def _rule(group: str, resource: str, verbs: list[str], name: str) -> Raw:
    return {"apiGroups": [group], "resources": [resource], "verbs": verbs, "resourceNames": [name]}


def _object(api_version: str, kind: str, name: str, owner: Raw, namespace: str = AGENTS_NAMESPACE) -> Raw:
    metadata: dict[str, Any] = {"name": name, "ownerReferences": [owner]}
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def _role(kind: str, name: str, owner: Raw, rules: list[Raw]) -> Raw:
    namespace = "" if kind == "ClusterRole" else AGENTS_NAMESPACE
    return _object(f"{_RBAC}/v1", kind, name, owner, namespace) | {"rules": rules}


def _binding(kind: str, name: str, owner: Raw, role_kind: str, account: str) -> Raw:
    namespace = "" if kind == "ClusterRoleBinding" else AGENTS_NAMESPACE
    return _object(f"{_RBAC}/v1", kind, name, owner, namespace) | {
        "roleRef": {"apiGroup": _RBAC, "kind": role_kind, "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": AGENTS_NAMESPACE}],
    }


def _owner(cluster: Cluster) -> Raw:
    return {"apiVersion": API_VERSION, "kind": "Cluster", "name": cluster.name, "uid": cluster.metadata.uid}


async def _namespace(client: Client) -> None:
    try:
        await client.create(
            NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": AGENTS_NAMESPACE}}
        )
    except AlreadyExists:
        return


async def _lease(client: Client, cluster: str, owner: Raw) -> None:
    """Made beforehand: the right to create can't be bound to a name."""
    lease = _object("coordination.k8s.io/v1", "Lease", cluster, owner)
    try:
        await client.create(LEASES, lease | {"spec": {"leaseDurationSeconds": LEASE_SECONDS}})
    except AlreadyExists:
        return
