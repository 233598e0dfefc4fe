"""Liveness of clusters whose agents are elsewhere: their Leases in the namespace of the agents, one a cluster.

An agent renews its Lease every minute. Silent since is when the Lease was last seen to change, by our own clock, so
that a cluster whose clock is wrong is heard all the same. After a restart of ours a Lease that is seen for the
first time proves nothing: a cluster that was called silent stays so until its Lease changes, and one that was heard
has the whole time again. Clusters that this hub holds in its own process are not judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from myriarch.api.cluster import Access, Cluster
from myriarch.base.clock import Clock, parse_rfc3339
from myriarch.base.conditions import CONNECTED
from myriarch.client.client import Client
from myriarch.client.informer import Informer
from myriarch.controllers.cluster.liveness import SILENT
from myriarch.runtime.lease import LEASES, Lease, record_of

NAMESPACE = "myriarch-agents"


@dataclass(slots=True)
class _Heard:
    """When a Lease was last seen to change, and whether it ever was while we looked."""

    at: float
    changed: bool


class LeaseHeartbeats:
    """Implements ``controllers.cluster.liveness.Heartbeats``. Run ``informer``, and hand ``clusters`` over from the
    controllers' caches before the first question (``judge``)."""

    def __init__(self, client: Client, clock: Clock, *, seed: int = 0) -> None:
        self.informer: Informer[Lease] = Informer(client, LEASES, Lease, clock, namespace=NAMESPACE, seed=seed)
        self.informer.add_handlers(self._seen, self._seen, self._gone)
        self._clock = clock
        self._began = clock.now()
        self._heard: dict[str, _Heard] = {}
        self._clusters: Informer[Cluster] | None = None

    def judge(self, clusters: Informer[Cluster]) -> None:
        """Which clusters there are."""
        self._clusters = clusters

    def silent(self) -> Mapping[str, float]:
        """By cluster, when it was heard last (Unix seconds of our clock). Nobody is judged before all Leases are
        known."""
        if self._clusters is None or not self.informer.has_synced:
            return {}
        found = {}
        for cluster in self._clusters.cache.values():
            if cluster.spec.access is Access.EMBEDDED:
                continue
            heard = self._heard.get(cluster.name)
            if heard is None:
                if cluster.spec.access is Access.PULL:
                    found[cluster.name] = _said(cluster, self._began)
            else:
                found[cluster.name] = heard.at if heard.changed else _said(cluster, heard.at)
        return found

    def _seen(self, old: Lease | None, new: Lease | None) -> None:
        assert new is not None
        if old is None:
            self._heard[new.name] = _Heard(self._clock.now(), changed=self.informer.has_synced)
        elif record_of(old) != record_of(new):
            self._heard[new.name] = _Heard(self._clock.now(), changed=True)

    def _gone(self, old: Lease | None, _new: Lease | None) -> None:
        assert old is not None
        self._heard.pop(old.name, None)


def _said(cluster: Cluster, otherwise: float) -> float:
    """Since when the cluster's own condition calls it silent, where it does."""
    for condition in cluster.status.conditions:
        if condition.type == CONNECTED.type and condition.reason == SILENT and condition.last_transition_time:
            return min(parse_rfc3339(condition.last_transition_time), otherwise)
    return otherwise
