"""All light controllers in one: what is applied to an embedded server's clusters comes up, and goes as a whole.

They stand in for a cluster's own controller manager, scheduler and kubelets, in the hub and in every simulated
cluster. They hear of changes from the store and look at what changed, nothing else: a cluster without workloads
costs nothing, however many there are. One worker does one thing after another, so the same changes lead to the same
objects.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from myriarch.apiserver.nodes import NodeSource
from myriarch.apiserver.record import Bucket, Change, Record
from myriarch.apiserver.server import ApiServer
from myriarch.base.clock import Clock
from myriarch.lightcontrollers.accounts import Accounts
from myriarch.lightcontrollers.budget import Budgets
from myriarch.lightcontrollers.daemon_set import DaemonSets
from myriarch.lightcontrollers.deployment import Deployments
from myriarch.lightcontrollers.garbage import Garbage
from myriarch.lightcontrollers.job import Jobs
from myriarch.lightcontrollers.kubelet import Kubelet
from myriarch.lightcontrollers.replica_set import ReplicaSets
from myriarch.lightcontrollers.scheduler import Scheduler
from myriarch.lightcontrollers.stateful_set import StatefulSets
from myriarch.lightcontrollers.world import (
    BUDGET,
    DAEMON_SET,
    DEPLOYMENT,
    JOB,
    NAMESPACE,
    NODE,
    OWNERS,
    POD,
    REPLICA_SET,
    STATEFUL_SET,
    Task,
    World,
    controller_of,
)
from myriarch.runtime.queue import WorkQueue
from myriarch.runtime.worker import Worker

SCHEDULE, FOLLOW_NODES = "Schedule", "FollowNodes"
NODES_SECONDS = 1.0  # for how long changes of a cluster's nodes are gathered

Look = Callable[[str, str, str], Awaitable[float | None]]


class LightControllers:
    """``nodes`` tells of the nodes of simulated clusters. Without ``workloads`` nothing comes up, but what lost its
    owner still goes, and namespaces have their accounts. ``ca_pem``: the authority that vouches for the server.
    ``run`` until cancelled."""

    def __init__(
        self,
        server: ApiServer,
        clock: Clock,
        nodes: NodeSource | None = None,
        *,
        seed: int = 0,
        workloads: bool = True,
        ca_pem: str = "",
    ) -> None:
        self._world = world = World(server, clock)
        self._queue: WorkQueue[Task] = WorkQueue(clock, seed=seed)
        self._garbage = Garbage(world, server.types, self._queue.add)
        self._accounts = Accounts(world, ca_pem)
        self._kubelet, self._scheduler = Kubelet(world), Scheduler(world)
        self._looks: dict[str, Look] = {
            NAMESPACE.kind: self._accounts.look,
            POD.kind: self._kubelet.look,
            DEPLOYMENT.kind: Deployments(world).look,
            REPLICA_SET.kind: ReplicaSets(world).look,
            DAEMON_SET.kind: DaemonSets(world).look,
            STATEFUL_SET.kind: StatefulSets(world).look,
            JOB.kind: Jobs(world).look,
            BUDGET.kind: Budgets(world).look,
        }
        self._kinds = {kind.storage: kind for kind in (*OWNERS.values(), BUDGET)}
        self._listening = False
        self._nodes = nodes
        self._workloads = workloads

    async def run(self) -> None:
        """Look at everything there is, then at every change."""
        for record in list(self._world.store.everything()):
            self._learn(record)
        self._world.store.subscribe(self._hear)
        if self._nodes is not None:
            self._nodes.subscribe(self._nodes_changed)
        self._listening = True
        try:
            await Worker("light controllers", self._queue, self._look).run()
        finally:
            self._listening = False

    async def _look(self, task: Task) -> float | None:
        look = self._looks.get(task.kind)
        if look is not None:
            return await look(*task[1:])
        if task.kind == SCHEDULE:
            await self._scheduler.place(task.cluster)
        elif task.kind == FOLLOW_NODES:
            await self._kubelet.follow_nodes(task.cluster)
            for daemon_set in self._world.objects(DAEMON_SET, task.cluster, None):
                meta = daemon_set["metadata"]
                self._queue.add(Task(DAEMON_SET.kind, task.cluster, meta["namespace"], meta["name"]))
            await self._scheduler.place(task.cluster)
        else:
            await self._garbage.look(task)
        return None

    def _learn(self, record: Record) -> None:
        self._garbage.learn(record)
        self._concerns(record)

    def _hear(self, change: Change) -> None:
        if self._listening:
            self._garbage.hear(change)
            self._concerns(change.record)

    def _concerns(self, record: Record) -> None:
        """Put in line what a change of this object may call for."""
        key = record.key
        cluster = key.bucket.cluster
        task = self._accounts.task_of(key.bucket.resource, cluster, key.namespace, key.name)
        if task is not None:
            self._queue.add(task)
        if not self._workloads:
            return
        kind = self._kinds.get(key.bucket.resource)
        if kind is not None:
            self._queue.add(Task(kind.kind, cluster, key.namespace, key.name))
            if kind is REPLICA_SET:
                self._owner_of(record)
        elif key.bucket.resource == POD.storage:
            self._queue.add(Task(POD.kind, cluster, key.namespace, key.name))
            self._owner_of(record)
            if b'"nodeName"' not in record.data:
                self._queue.add(Task(SCHEDULE, cluster))
            for budget in self._world.store.heads(Bucket(cluster, BUDGET.storage), key.namespace):
                self._queue.add(Task(BUDGET.kind, cluster, key.namespace, budget.key.name))
        elif key.bucket.resource == NODE.storage:
            self._nodes_changed(cluster, ())

    def _owner_of(self, record: Record) -> None:
        owner = controller_of(record.decode()) if b'"controller":true' in record.data else None
        if owner is not None and owner["kind"] in OWNERS:
            self._queue.add(Task(owner["kind"], record.key.bucket.cluster, record.key.namespace, owner["name"]))

    def _nodes_changed(self, cluster: str, _names: Sequence[str]) -> None:
        store = self._world.store
        if self._listening and not all(store.is_empty(Bucket(cluster, k.storage)) for k in (POD, DAEMON_SET)):
            self._queue.add_after(Task(FOLLOW_NODES, cluster), NODES_SECONDS)
