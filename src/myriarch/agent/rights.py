"""The rights that an agent needs in its cluster, and which of them it lacks.

One table serves three ends: what ``myriarch agent --export`` grants, what is asked of the API server
(SelfSubjectAccessReview), and what a person is told is missing. Looking needs little; each driver adds what it
needs to act, and only where the cluster is managed and a component uses it. Bundles may hold any kind, so their
rights can't be listed: who wants them opts in, and gives what the bundles hold by roles of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from myriarch.api.component import DriverName
from myriarch.client.client import Client
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef

_ACCESS_REVIEWS: Final = ResourceRef("authorization.k8s.io", "v1", "selfsubjectaccessreviews")
_WHO_AM_I: Final = ResourceRef("authentication.k8s.io", "v1", "selfsubjectreviews")
REVIEWS_AT_ONCE: Final = 8

CLUSTER_API: Final = "cluster.x-k8s.io"


@dataclass(frozen=True, slots=True)
class Right:
    """``verbs`` on one resource; ``subresource`` may be empty."""

    group: str
    resource: str
    verbs: tuple[str, ...]
    subresource: str = ""

    @property
    def shown(self) -> str:
        """As RBAC rules name the resource."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


LOOK: Final = ("get", "list", "watch")

OBSERVING: Final = (Right("", "nodes", LOOK), Right("", "pods", LOOK))
"""What the agent of a cluster in mode Observe needs: it writes nothing."""

MANAGING: Final = (Right("", "nodes", ("patch",)),)
"""And to manage: what is done with a node is written down at the node."""

_DRIVERS: Final[dict[DriverName, tuple[Right, ...]]] = {
    DriverName.SIMULATED: (),
    DriverName.DAEMONSET: (
        Right("apps", "daemonsets", (*LOOK, "patch")),
        Right("", "pods", ("delete",)),
    ),
    DriverName.JOB: (
        Right("batch", "jobs", (*LOOK, "create", "delete")),
        Right("", "pods", ("create",), "eviction"),
    ),
    DriverName.MACHINE: (
        Right(CLUSTER_API, "machinedeployments", (*LOOK, "patch")),
        Right(CLUSTER_API, "machines", (*LOOK, "delete")),
    ),
    DriverName.BUNDLE: (),
}

NODE_DRIVERS: Final = (DriverName.DAEMONSET, DriverName.JOB)
"""Drivers that need nothing but Kubernetes itself: their rights are exported unasked."""


def driver_rights(driver: DriverName) -> tuple[Right, ...]:
    """What ``driver`` needs to act, beyond looking at nodes and pods."""
    return _DRIVERS[driver]


def rights_of(drivers: Iterable[DriverName], *, manage: bool) -> list[Right]:
    """What is needed to look, and where ``manage``, to act by ``drivers``; in a fixed order."""
    rights = list(OBSERVING)
    if manage:
        rights += MANAGING
        for driver in sorted(set(drivers)):
            rights += driver_rights(driver)
    return rights


async def missing_rights(client: Client, rights: Iterable[Right]) -> list[str]:
    """Those that the API server says we lack, each as ``patch nodes``; raises what the client raises."""
    wanted = _each(rights)
    gate = asyncio.Semaphore(REVIEWS_AT_ONCE)

    async def allowed(verb: str, right: Right) -> bool:
        async with gate:
            return await _allowed(client, verb, right)

    answers = await asyncio.gather(*(allowed(verb, right) for verb, right in wanted))
    lacking = [_name(verb, right) for (verb, right), has in zip(wanted, answers, strict=True) if not has]
    return list(dict.fromkeys(lacking))


def concerned(rights: Iterable[Right], lacking: Collection[str]) -> bool:
    """Whether any of ``rights`` is one of those that ``missing_rights`` found."""
    return any(_name(verb, right) in lacking for verb, right in _each(rights))


async def whoami(client: Client) -> str:
    """How the API server calls us, or '' where it doesn't say (SelfSubjectReview, Kubernetes 1.28)."""
    review: Raw = {"apiVersion": _WHO_AM_I.api_version, "kind": "SelfSubjectReview", "metadata": {}}
    answer = await client.create(_WHO_AM_I, review)
    user: dict[str, Any] = (answer.get("status") or {}).get("userInfo") or {}
    return str(user.get("username") or "")


async def _allowed(client: Client, verb: str, right: Right) -> bool:
    asked = {"verb": verb, "group": right.group, "resource": right.resource, "subresource": right.subresource}
    review: Raw = {
        "apiVersion": _ACCESS_REVIEWS.api_version,
        "kind": "SelfSubjectAccessReview",
        "metadata": {},
        "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
    }
    answer = await client.create(_ACCESS_REVIEWS, review)
    return bool((answer.get("status") or {}).get("allowed"))


def _each(rights: Iterable[Right]) -> list[tuple[str, Right]]:
    return [(verb, right) for right in rights for verb in right.verbs]


def _name(verb: str, right: Right) -> str:
    return f"{verb} {right.shown}.{right.group}" if right.group else f"{verb} {right.shown}"
