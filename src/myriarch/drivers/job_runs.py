"""The Jobs of the driver ``job``: one an order and node, pinned to the node; older ones of the node are ended first.

A Job is named after the node and the number of its order: after a crash it is found again, and a later order has one
of its own. Finished Jobs are deleted by the cluster after a while (``ttlSecondsAfterFinished``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import field

from myriarch.api.meta import Condition, ObjectMeta, Struct
from myriarch.base.errors import UserFault
from myriarch.base.hashing import stable_hash
from myriarch.client.errors import AlreadyExists, NotFound
from myriarch.client.informer import Informer
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.drivers.drain import COMPONENT_LABEL
from myriarch.drivers.mover import Done, Ground, Progress, Stuck, Waiting
from myriarch.drivers.node import Node
from myriarch.drivers.order_store import FIELD_MANAGER, NAMESPACE, make_namespace
from myriarch.drivers.orders import word_of
from myriarch.drivers.payload_fields import WHERE, seconds

JOBS: Final = ResourceRef("batch", "v1", "jobs", namespaced=True)
NODE_ANNOTATION: Final = "myriarch.io/node"
KEPT_SECONDS: Final = 3600
"""So long a finished Job can be looked at."""

TIMEOUT_SECONDS: Final = 1800.0
BACKOFF_LIMIT: Final = 2
BACKOFF_LIMIT_MAX: Final = 100
LOOK_SECONDS: Final = 30.0
"""A Job's end is told as it comes; without word of it, it is looked at again after so long."""


class JobStatus(Struct, kw_only=True):
    conditions: list[Condition] = []


class Job(Struct, kw_only=True):
    """``batch/v1.Job``, as far as it is read."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    status: JobStatus = field(default_factory=JobStatus)

    def ended(self, how: str) -> Condition | None:
        """The condition that it is Complete, or Failed."""
        return next((each for each in self.status.conditions if each.type == how and each.status == "True"), None)

    @property
    def runs(self) -> bool:
        return self.ended("Complete") is None and self.ended("Failed") is None


class JobRuns:
    """The Jobs of one component."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._component = word_of(ground.component.name)
        self._namespace = ground.component.spec.target.namespace or NAMESPACE
        self._jobs: Informer[Job] = Informer(
            ground.client,
            JOBS,
            Job,
            ground.clock,
            namespace=self._namespace,
            label_selector=f"{COMPONENT_LABEL}={self._component}",
        )
        self._jobs.on_change(self._changed)

    async def run(self) -> None:
        await self._jobs.run()

    async def wait_synced(self) -> None:
        await self._jobs.wait_synced()

    async def step(self, node: Node, order: int, revision: str, run: Mapping[str, Any]) -> Progress:
        """Have the Job of this order run: Done once it is complete."""
        name = self._name(node, order)
        running = [each for each in self._of(node) if each.metadata.name != name and each.runs]
        for each in running:
            await self._end(each)
        if running:
            return Waiting(f"Job {running[0].metadata.name} of an earlier order ends", LOOK_SECONDS)
        job = await self._find(name)
        if job is None:
            await self._create(name, node, revision, run)
            return Waiting(f"Job {self._namespace}/{name} runs", LOOK_SECONDS)
        failed = job.ended("Failed")
        if failed is not None:
            look = f"See: kubectl -n {self._namespace} logs job/{name}"
            return Stuck(f"Job {self._namespace}/{name} failed: {failed.message or failed.reason}. {look}")
        if job.ended("Complete") is not None:
            return Done()
        return Waiting(f"Job {self._namespace}/{name} runs", LOOK_SECONDS)

    def _name(self, node: Node, order: int) -> str:
        digest = stable_hash(0, node.metadata.name, node.metadata.uid or "", order)
        return f"{self._component[:40].rstrip('-.')}-{digest:016x}".replace(".", "-")

    def _of(self, node: Node) -> list[Job]:
        name = node.metadata.name
        return [job for job in self._jobs.cache.values() if job.metadata.annotations.get(NODE_ANNOTATION) == name]

    async def _find(self, name: str) -> Job | None:
        try:
            return await self._ground.client.get(JOBS, Job, name, self._namespace)
        except NotFound:
            return None

    async def _end(self, job: Job) -> None:
        if job.metadata.deletion_timestamp is None:
            meta = job.metadata
            await self._ground.client.delete(
                JOBS, meta.name, self._namespace, uid=meta.uid or "", propagation="Foreground"
            )

    async def _create(self, name: str, node: Node, revision: str, run: Mapping[str, Any]) -> None:
        body = self._body(name, node.metadata.name, revision, run)
        try:
            await self._ground.client.create(JOBS, body, field_manager=FIELD_MANAGER)
        except AlreadyExists:
            return
        except NotFound:
            await make_namespace(self._ground.client, self._namespace)
            await self._ground.client.create(JOBS, body, field_manager=FIELD_MANAGER)

    def _body(self, name: str, node: str, revision: str, run: Mapping[str, Any]) -> Raw:
        template = run["template"]
        metadata = template.get("metadata") or {}
        labels = {**(metadata.get("labels") or {}), COMPONENT_LABEL: self._component}
        limit = run.get("backoffLimit", BACKOFF_LIMIT)
        if not isinstance(limit, int) or not 0 <= limit <= BACKOFF_LIMIT_MAX:
            cure = f"Write a number from 0 to {BACKOFF_LIMIT_MAX}."
            raise UserFault(f"{WHERE}.job.backoffLimit", limit, "is no such number", cure)
        return {
            "apiVersion": JOBS.api_version,
            "kind": "Job",
            "metadata": {
                "name": name,
                "namespace": self._namespace,
                "labels": {COMPONENT_LABEL: self._component},
                "annotations": {NODE_ANNOTATION: node, "myriarch.io/revision": revision},
            },
            "spec": {
                "backoffLimit": limit,
                "activeDeadlineSeconds": max(1, round(seconds(run, "timeout", f"{WHERE}.job", TIMEOUT_SECONDS))),
                "ttlSecondsAfterFinished": KEPT_SECONDS,
                "template": {"metadata": {**metadata, "labels": labels}, "spec": _pinned(template["spec"], node)},
            },
        }

    def _changed(self, old: Job | None, new: Job | None) -> None:
        job = new or old
        node = job.metadata.annotations.get(NODE_ANNOTATION) if job is not None else None
        if node is not None:
            self._ground.changed([node])


def _pinned(spec: Mapping[str, Any], node: str) -> Raw:
    """The pod's spec, for that node and no other, whatever keeps other pods off it."""
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    return {
        "restartPolicy": "Never",
        **spec,
        "affinity": {**(spec.get("affinity") or {}), "nodeAffinity": required},
        "tolerations": [{"operator": "Exists"}],
    }
