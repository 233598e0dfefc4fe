"""A fleet of a few nodes, changed by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Object = dict[str, Any]


class FakeNodes:
    """A ``NodeSource``. ``clusters`` maps names to nodes, nodes to whether they are ready."""

    def __init__(self, clusters: dict[str, dict[str, bool]]) -> None:
        self.clusters = clusters
        self.rendered = 0
        self._listeners: list[Callable[[str, Sequence[str]], None]] = []

    def cluster_names(self) -> Sequence[str]:
        return sorted(self.clusters)

    def has_cluster(self, cluster: str) -> bool:
        return cluster in self.clusters

    def node_names(self, cluster: str) -> Sequence[str]:
        return sorted(self.clusters[cluster])

    def render_node(self, cluster: str, name: str) -> Object | None:
        self.rendered += 1
        ready = self.clusters.get(cluster, {}).get(name)
        if ready is None:
            return None
        spec: Object = {"providerID": f"sim://{cluster}/{name}"}
        if not ready:
            spec["taints"] = [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": name,
                "uid": f"uid-{cluster}-{name}",
                "creationTimestamp": "2026-01-01T00:00:00Z",
                "labels": {"topology.kubernetes.io/zone": "a", "kubernetes.io/hostname": name},
            },
            "spec": spec,
            "status": {
                "conditions": [{"type": "Ready", "status": "True" if ready else "False", "reason": "Kubelet"}],
                "nodeInfo": {"kubeletVersion": "v1.34.0"},
            },
        }

    def subscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None:
        self._listeners.append(listener)

    def set(self, cluster: str, name: str, ready: bool | None) -> None:
        """Change, add or (None) remove a node, and tell."""
        if ready is None:
            del self.clusters[cluster][name]
        else:
            self.clusters[cluster][name] = ready
        for listener in self._listeners:
            listener(cluster, [name])
