"""What the light controllers see and touch: the objects of every logical cluster of an embedded server.

They read committed objects straight from the store, which costs nothing until one is decoded, and write through
the server like any client, so that what they do is defaulted, checked and watched as anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from myriarch.apiserver.record import Bucket, Key
from myriarch.apiserver.routes import CLUSTERS_PREFIX, HUB
from myriarch.apiserver.server import ApiServer
from myriarch.base.clock import Clock, parse_rfc3339, rfc3339
from myriarch.base.errors import Retryable, Terminal
from myriarch.client.http import Request

USER = "system:myriarch-lightcontrollers"
MERGE_PATCH = "application/merge-patch+json"

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """``storage`` names the bucket of its objects, ``prefix`` the group and version in paths."""

    kind: str
    plural: str
    storage: str
    prefix: str
    api_version: str


def _apps(kind: str, plural: str) -> Kind:
    return Kind(kind, plural, f"{plural}.apps", "/apis/apps/v1", "apps/v1")


POD = Kind("Pod", "pods", "pods", "/api/v1", "v1")
NAMESPACE = Kind("Namespace", "namespaces", "namespaces", "/api/v1", "v1")
ACCOUNT = Kind("ServiceAccount", "serviceaccounts", "serviceaccounts", "/api/v1", "v1")
CONFIG_MAP = Kind("ConfigMap", "configmaps", "configmaps", "/api/v1", "v1")
NODE = Kind("Node", "nodes", "nodes", "/api/v1", "v1")
DEPLOYMENT = _apps("Deployment", "deployments")
REPLICA_SET = _apps("ReplicaSet", "replicasets")
DAEMON_SET = _apps("DaemonSet", "daemonsets")
STATEFUL_SET = _apps("StatefulSet", "statefulsets")
REVISION = _apps("ControllerRevision", "controllerrevisions")
JOB = Kind("Job", "jobs", "jobs.batch", "/apis/batch/v1", "batch/v1")
BUDGET = Kind(
    "PodDisruptionBudget", "poddisruptionbudgets", "poddisruptionbudgets.policy", "/apis/policy/v1", "policy/v1"
)
OWNERS = {each.kind: each for each in (DEPLOYMENT, REPLICA_SET, DAEMON_SET, STATEFUL_SET, JOB)}


class Task(NamedTuple):
    """What is to be looked at. ``kind`` is a Kind's or one of the controllers' own words."""

    kind: str
    cluster: str
    namespace: str = ""
    name: str = ""


class World:
    def __init__(self, server: ApiServer, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self.store = server.store

    def now(self) -> float:
        return self._clock.now()

    def now_text(self) -> str:
        return rfc3339(self._clock.now())

    def since(self, stamp: str | None) -> float:
        """Seconds since an RFC 3339 time; 0 where there is none."""
        return self.now() - parse_rfc3339(stamp) if stamp else 0.0

    def get(self, kind: Kind, cluster: str, namespace: str, name: str) -> Object | None:
        record = self.store.get(Key(Bucket(cluster, kind.storage), namespace, name))
        return None if record is None else record.decode()

    def objects(self, kind: Kind, cluster: str, namespace: str | None) -> list[Object]:
        """In order of namespace and name."""
        return [record.decode() for record in self.store.records(Bucket(cluster, kind.storage), namespace)]

    def owned(self, kind: Kind, owner: Object, cluster: str) -> list[Object]:
        """The objects of a kind that ``owner`` controls."""
        uid, namespace = owner["metadata"]["uid"], owner["metadata"]["namespace"]
        found = []
        for record in self.store.records(Bucket(cluster, kind.storage), namespace):
            if uid.encode() in record.data and controller_uid(obj := record.decode()) == uid:
                found.append(obj)
        return found

    async def nodes(self, cluster: str) -> list[Object]:
        body = await self._send("GET", f"{NODE.prefix}/nodes", cluster)
        return list((body or {}).get("items", ()))

    async def create(self, kind: Kind, cluster: str, obj: Object) -> Object | None:
        """None where it is there already, or its namespace is on its way out."""
        obj = {"apiVersion": kind.api_version, "kind": kind.kind, **obj}
        return await self._send("POST", _path(kind, obj["metadata"]["namespace"]), cluster, obj)

    async def patch(
        self, kind: Kind, cluster: str, old: Object, change: Mapping[str, Any], subresource: str = ""
    ) -> Object | None:
        """Merge a change into the object as it was read: Retryable where it has changed since."""
        meta = old["metadata"]
        body = {**change, "metadata": {**change.get("metadata", {}), "resourceVersion": meta["resourceVersion"]}}
        path = _path(kind, meta.get("namespace", ""), meta["name"], subresource)
        return await self._send("PATCH", path, cluster, body, media=MERGE_PATCH)

    async def patch_status(self, kind: Kind, cluster: str, old: Object, status: Object) -> None:
        """Write the status where it differs; fields that go are taken out."""
        before = old.get("status") or {}
        if before == status:
            return
        gone = {key: None for key in before if key not in status}
        await self.patch(kind, cluster, old, {"status": {**status, **gone}}, "status")

    async def delete(
        self,
        kind: Kind,
        cluster: str,
        obj: Object,
        *,
        grace_seconds: int | None = None,
        policy: str = "Background",
    ) -> None:
        meta = obj["metadata"]
        options: Object = {"preconditions": {"uid": meta["uid"]}, "propagationPolicy": policy}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        await self._send("DELETE", _path(kind, meta.get("namespace", ""), meta["name"]), cluster, options)

    async def post(self, path: str, cluster: str, body: Object) -> Object | None:
        return await self._send("POST", path, cluster, body)

    async def _send(
        self, method: str, path: str, cluster: str, body: Object | None = None, *, media: str = "application/json"
    ) -> Object | None:
        if cluster != HUB:
            path = f"/{CLUSTERS_PREFIX}/{cluster}{path}"
        data = b"" if body is None else msgspec.json.encode(body)
        headers = {"content-type": media, "user-agent": "lightcontrollers"}
        response = await self._server.handle(Request(method, path, {}, headers, data), USER)
        answer: Object = msgspec.json.decode(response.body)
        if response.status < 300:
            return answer
        if response.status in (403, 404) or answer.get("reason") == "AlreadyExists":
            return None
        problem = f"{method} {path}: {answer.get('message', response.status)}"
        if response.status in (409, 429) or response.status >= 500:
            raise Retryable(problem)
        raise Terminal(problem)


def _path(kind: Kind, namespace: str, name: str = "", subresource: str = "") -> str:
    space = f"/namespaces/{namespace}" if namespace else ""
    return "/".join(part for part in (f"{kind.prefix}{space}", kind.plural, name, subresource) if part)


def controller_of(obj: Object) -> Object | None:
    """The owner reference of the controller."""
    owners = obj["metadata"].get("ownerReferences") or ()
    return next((owner for owner in owners if owner.get("controller")), None)


def controller_uid(obj: Object) -> str:
    owner = controller_of(obj)
    return "" if owner is None else str(owner["uid"])


def owner_reference(kind: Kind, owner: Object) -> Object:
    meta = owner["metadata"]
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "name": meta["name"],
        "uid": meta["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def condition(kind: str, held: bool, reason: str, message: str, now_text: str, old: Object) -> Object:
    """A condition of ``old``'s status as it is now; its time is kept while it holds the same."""
    status = "True" if held else "False"
    before = next((c for c in (old.get("status") or {}).get("conditions") or () if c["type"] == kind), None)
    since = before["lastTransitionTime"] if before and before["status"] == status else now_text
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": since}
