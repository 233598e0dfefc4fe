"""The agents of the clusters that are reached by push: in the hub's process, one host for all of them.

How to reach a cluster stands in a Secret of the hub, in Myriarch's own namespace and nowhere else: who may write a
Cluster object must not be able to have any Secret read. A Secret that is given another content is connected with
anew; one that is missing or useless is a condition on the cluster, and the others go on.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from typing import Final

from myriarch.agent.catalog import Catalog
from myriarch.agent.finding import Finding, Reason
from myriarch.agent.host import AgentHost
from myriarch.agent.member import MakeDriver, Member
from myriarch.agent.members import MemberLink
from myriarch.agent.owned import OwnedTransport
from myriarch.agent.pull import COALESCE_SECONDS
from myriarch.agent.state import SYSTEM_NAMESPACE
from myriarch.agent.telling import Teller
from myriarch.api.cluster import Access, Cluster, SecretKey
from myriarch.base.clock import Clock
from myriarch.base.conditions import CONNECTED
from myriarch.base.errors import MyriarchError, UserFault
from myriarch.client.client import Client
from myriarch.client.informer import Informer
from myriarch.client.kubeconfig import access_of_bytes
from myriarch.client.objects import Raw
from myriarch.client.remote import RemoteTransport
from myriarch.client.resource import SECRETS
from myriarch.drivers.real import RealDriver
from myriarch.runtime.queue import WorkQueue
from myriarch.runtime.worker import Worker

WORKERS: Final = 8
FOLLOW_SECONDS: Final = 1.0


class PushAgents:
    """``clusters`` is the informer of Clusters, which somebody else runs; ``owns`` says whether a cluster is this
    process's: that is asked
    again all the time. ``allow_exec``: run the programs that kubeconfigs name."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        clusters: Informer[Cluster],
        *,
        allow_exec: bool = False,
        owns: Callable[[str], bool] = lambda _: True,
        on_report: Callable[[str, MyriarchError], None] = lambda _name, _error: None,
        make_driver: MakeDriver = RealDriver,
    ) -> None:
        self._clock = clock
        self._clusters = clusters
        self._allow_exec = allow_exec
        self._owns = owns
        self._on_report = on_report
        self._make_driver = make_driver
        self._secrets: Informer[Raw] = Informer(
            client, SECRETS, Raw, clock, namespace=SYSTEM_NAMESPACE, on_error=lambda error: on_report("secrets", error)
        )
        self._queue: WorkQueue[str] = WorkQueue(clock)
        self._push: set[str] = set()
        self._open: dict[str, tuple[bytes, str, RemoteTransport]] = {}
        self._link = MemberLink(Catalog(client, clock), hub_answers=lambda: True, on_findings=self._wake)
        self._teller = Teller(client, clock, clusters.get, self._link.findings, on_report)
        self._host = AgentHost(
            client, self._link, clock, coalesce_seconds=COALESCE_SECONDS, informer=clusters, readiness=self._link
        )
        self._host.on_report = on_report
        clusters.on_change(self._cluster_changed)
        self._secrets.on_change(self._secret_changed)

    async def run(self) -> None:
        """Work until cancelled."""
        worker = Worker("push", self._queue, self._reconcile, count=WORKERS, on_report=self._on_report)
        parts = (self._secrets.run(), worker.run(), self._teller.run(), self._host.run(), self._follow())
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for name in list(self._link.names()):
                await self._close(name)

    async def _follow(self) -> None:
        """Take up clusters that became ours, let go of those that no longer are."""
        while True:
            for name in sorted(self._push):
                if self._owns(name) != (name in self._link.names()):
                    self._queue.add(name)
            await self._clock.sleep(FOLLOW_SECONDS)

    # What wakes it

    def _wake(self, name: str) -> None:
        self._teller.wake(name)

    def _cluster_changed(self, old: Cluster | None, new: Cluster | None) -> None:
        cluster = new or old
        assert cluster is not None
        is_push = new is not None and new.spec.access is Access.PUSH
        if not is_push and cluster.name not in self._push:
            return
        (self._push.add if is_push else self._push.discard)(cluster.name)
        if (
            old is None
            or new is None
            or old.spec.kubeconfig != new.spec.kubeconfig
            or old.spec.access != new.spec.access
        ):
            self._queue.add(cluster.name)
        self._teller.wake(cluster.name)

    def _secret_changed(self, old: Raw | None, new: Raw | None) -> None:
        secret = new or old
        assert secret is not None
        name = secret["metadata"]["name"]
        for cluster in list(self._clusters.cache.values()):
            key = cluster.spec.kubeconfig
            if key is not None and key.name == name:
                self._queue.add(cluster.name)

    # One cluster

    async def _reconcile(self, name: str) -> None:
        cluster = self._clusters.get(name)
        if cluster is None or cluster.spec.access is not Access.PUSH or not self._owns(name):
            await self._close(name)
            return
        if not self._secrets.has_synced:
            await self._secrets.wait_synced()
        assert cluster.spec.kubeconfig is not None  # a rule of the kind
        found = self._kubeconfig(name, cluster.spec.kubeconfig)
        if isinstance(found, Finding):
            await self._close(name)
            self._link.fault(name, found)
            return
        context = cluster.spec.kubeconfig.context
        known = self._open.get(name)
        if known is None or known[:2] != (found, context):
            await self._close(name)
            self._connect(name, found, context)

    def _connect(self, name: str, kubeconfig: bytes, context: str) -> None:
        try:
            access = access_of_bytes(kubeconfig, context, allow_exec=self._allow_exec)
            transport = RemoteTransport(access)
        except UserFault as fault:
            message = f"{fault.message} {add_cure(name)}"
            self._link.fault(name, Finding(CONNECTED, False, Reason.KUBECONFIG_INVALID, message))
            return
        self._open[name] = (kubeconfig, context, transport)
        owned = OwnedTransport(transport, lambda: self._owns(name))
        member = Member(
            name, owned, self._clock, self._make_driver,
            on_change=self._link.changed, on_nodes=self._link.nodes_changed, cure=add_cure(name),
        )  # fmt: skip
        self._link.start(member)

    async def _close(self, name: str) -> None:
        await self._link.stop(name)
        known = self._open.pop(name, None)
        if known is not None:
            await known[2].close()

    def _kubeconfig(self, name: str, key: SecretKey) -> bytes | Finding:
        if key.namespace != SYSTEM_NAMESPACE:
            problem = (
                f"spec.kubeconfig names the namespace {key.namespace!r}; Secrets are read in {SYSTEM_NAMESPACE} only."
            )
            return Finding(CONNECTED, False, Reason.KUBECONFIG_INVALID, f"{problem} {add_cure(name)}")
        secret = self._secrets.get(key.name, key.namespace)
        if secret is None:
            problem = f"There is no Secret {key.namespace}/{key.name}."
            return Finding(CONNECTED, False, Reason.SECRET_MISSING, f"{problem} {add_cure(name)}")
        try:
            return base64.b64decode((secret.get("data") or {})[key.key], validate=True)
        except KeyError:
            problem = f"The Secret {key.namespace}/{key.name} has no key {key.key!r}."
            return Finding(CONNECTED, False, Reason.SECRET_MISSING, f"{problem} {add_cure(name)}")
        except binascii.Error:
            problem = f"The Secret {key.namespace}/{key.name} is not base64."
            return Finding(CONNECTED, False, Reason.KUBECONFIG_INVALID, f"{problem} {add_cure(name)}")


def add_cure(name: str) -> str:
    return f"Give another kubeconfig: 'myriarch clusters add {name} --kubeconfig FILE'."
