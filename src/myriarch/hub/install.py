"""Puts into an API server what a hub needs before controllers can run: kinds, namespaces, an account and its rights.

Everything is applied (server-side), so that doing it again brings a changed object back in line, and a newer version
of Myriarch brings its newer kinds. Deploying the controllers themselves is left to whoever runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from myriarch.api.admission_policies import BINDING, POLICY, admission_policies, right_roles
from myriarch.api.crd import all_crds
from myriarch.api.gates import GATES_NAMESPACE
from myriarch.api.kinds import KINDS
from myriarch.base.clock import Clock
from myriarch.base.errors import Retryable, Terminal
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw, Unread
from myriarch.client.refs import ref_of
from myriarch.client.resource import ResourceRef
from myriarch.hub.rights import ACCOUNT, AGENTS_NAMESPACE, SYSTEM_NAMESPACE, rights_objects

FIELD_MANAGER: Final = "myriarch-install"
ESTABLISHED_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.25

_RBAC: Final = "rbac.authorization.k8s.io"
_ADMISSION: Final = "admissionregistration.k8s.io"
CRDS: Final = ResourceRef("apiextensions.k8s.io", "v1", "customresourcedefinitions")
REFS: Final = {
    "CustomResourceDefinition": CRDS,
    "Namespace": ResourceRef("", "v1", "namespaces"),
    "ServiceAccount": ResourceRef("", "v1", "serviceaccounts", namespaced=True),
    "ClusterRole": ResourceRef(_RBAC, "v1", "clusterroles"),
    "ClusterRoleBinding": ResourceRef(_RBAC, "v1", "clusterrolebindings"),
    "Role": ResourceRef(_RBAC, "v1", "roles", namespaced=True),
    "RoleBinding": ResourceRef(_RBAC, "v1", "rolebindings", namespaced=True),
    POLICY: ResourceRef(_ADMISSION, "v1", "validatingadmissionpolicies"),
    BINDING: ResourceRef(_ADMISSION, "v1", "validatingadmissionpolicybindings"),
}
OPTIONAL: Final = (POLICY, BINDING)
"""Served from Kubernetes 1.30 on."""


def install_objects() -> list[dict[str, Any]]:
    """All objects, in an order in which they can be applied."""
    return [*all_crds(), *_namespaces(), _account(), *rights_objects(), *right_roles(), *admission_policies()]


async def install(client: Client, clock: Clock, say: Callable[[str], None]) -> None:
    """Apply everything and wait until the API server serves Myriarch's kinds. Raises Terminal where it doesn't."""
    left_out = 0
    for obj in install_objects():
        metadata = obj["metadata"]
        where = f" in {metadata['namespace']}" if "namespace" in metadata else ""
        try:
            await client.apply(REFS[obj["kind"]], obj, field_manager=FIELD_MANAGER, force=True)
        except NotFound:
            if obj["kind"] not in OPTIONAL:
                raise
            left_out += 1
            continue
        say(f"{obj['kind']} {metadata['name']}{where}: applied")
    if left_out:
        say(f"{left_out} admission policies: not served here. An embedded hub checks rights itself; others need 1.30")
    await _established(client, clock)
    say(f"{len(all_crds())} kinds are served")


async def _established(client: Client, clock: Clock) -> None:
    deadline = clock.now() + ESTABLISHED_SECONDS
    waiting = [crd["metadata"]["name"] for crd in all_crds()]
    while waiting:
        found = {obj["metadata"]["name"]: obj for obj in (await client.list(CRDS, Raw)).items}
        waiting = [name for name in waiting if not _is_established(found.get(name))]
        if waiting and clock.now() >= deadline:
            raise Terminal(f"not established within {ESTABLISHED_SECONDS:.0f} s: {', '.join(waiting)}")
        if waiting:
            await clock.sleep(LOOK_SECONDS)
    while not await _answers(client):
        if clock.now() >= deadline:
            raise Terminal(f"not served within {ESTABLISHED_SECONDS:.0f} s, though established")
        await clock.sleep(LOOK_SECONDS)


async def _answers(client: Client) -> bool:
    """An API server goes on preparing its storage for a moment after it has established a kind."""
    try:
        for info in KINDS.values():
            await client.list(ref_of(info), Unread)
    except (Retryable, NotFound):
        return False
    return True


def _is_established(crd: dict[str, Any] | None) -> bool:
    conditions = (crd or {}).get("status", {}).get("conditions") or []
    return any(each.get("type") == "Established" and each.get("status") == "True" for each in conditions)


def _namespaces() -> Iterator[dict[str, Any]]:
    for name in (SYSTEM_NAMESPACE, AGENTS_NAMESPACE, GATES_NAMESPACE):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _account() -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": ACCOUNT, "namespace": SYSTEM_NAMESPACE},
    }
