"""StatefulSets: pods with numbers, made one after another, replaced from the last to the first."""

from __future__ import annotations

from myriarch.lightcontrollers.pods import is_active, is_ready, new_pod
from myriarch.lightcontrollers.revisions import HASH_LABEL, keep_revision
from myriarch.lightcontrollers.world import POD, STATEFUL_SET, Object, World

NAME_LABEL = "statefulset.kubernetes.io/pod-name"
INDEX_LABEL = "apps.kubernetes.io/pod-index"


class StatefulSets:
    def __init__(self, world: World) -> None:
        self._world = world

    async def look(self, cluster: str, namespace: str, name: str) -> float | None:
        owner = self._world.get(STATEFUL_SET, cluster, namespace, name)
        if owner is None or owner["metadata"].get("deletionTimestamp"):
            return None
        mark = await keep_revision(self._world, STATEFUL_SET, cluster, owner)
        pods = {pod["metadata"]["name"]: pod for pod in self._world.owned(POD, owner, cluster)}
        wanted = [f"{name}-{index}" for index in range(owner["spec"].get("replicas", 1))]
        if not await self._grow(cluster, owner, mark, wanted, pods):
            await self._shrink(cluster, owner, mark, wanted, pods)
        await self._report(cluster, namespace, name, mark)
        return None

    async def _grow(self, cluster: str, owner: Object, mark: str, wanted: list[str], pods: dict[str, Object]) -> bool:
        """Make the pods that are missing, in order; True while one must be waited for."""
        parallel = owner["spec"].get("podManagementPolicy") == "Parallel"
        for index, name in enumerate(wanted):
            pod = pods.get(name)
            if pod is None:
                labels = {HASH_LABEL: mark, NAME_LABEL: name, INDEX_LABEL: str(index)}
                new = new_pod(STATEFUL_SET, owner, name=name, labels=labels)
                new["spec"] |= {"hostname": name, "subdomain": owner["spec"].get("serviceName", "")}
                await self._world.create(POD, cluster, new)
            if not parallel and (pod is None or not is_ready(pod)):
                return True
        return False

    async def _shrink(self, cluster: str, owner: Object, mark: str, wanted: list[str], pods: dict[str, Object]) -> None:
        """Delete one pod too many, or else one of an older template, the last first."""
        ordered = sorted(pods, key=lambda name: int(name.rpartition("-")[2]), reverse=True)
        strategy = owner["spec"]["updateStrategy"]
        first = (strategy.get("rollingUpdate") or {}).get("partition", 0)
        for name in ordered:
            pod = pods[name]
            old = pod["metadata"]["labels"].get(HASH_LABEL) != mark and strategy["type"] == "RollingUpdate"
            if name not in wanted or (old and int(name.rpartition("-")[2]) >= first):
                if is_active(pod):
                    await self._world.delete(POD, cluster, pod)
                return
            if not is_ready(pod):
                return

    async def _report(self, cluster: str, namespace: str, name: str, mark: str) -> None:
        owner = self._world.get(STATEFUL_SET, cluster, namespace, name)
        if owner is None:
            return
        pods = [pod for pod in self._world.owned(POD, owner, cluster) if is_active(pod)]
        ready = sum(map(is_ready, pods))
        updated = sum(1 for pod in pods if pod["metadata"]["labels"].get(HASH_LABEL) == mark)
        status: Object = {
            "observedGeneration": owner["metadata"].get("generation", 1),
            "replicas": len(pods),
            "availableReplicas": ready,
            "collisionCount": 0,
            "updateRevision": f"{name}-{mark}",
            "currentRevision": (owner.get("status") or {}).get("currentRevision", f"{name}-{mark}"),
        }
        if updated == len(pods) == owner["spec"].get("replicas", 1) == ready:
            status["currentRevision"] = status["updateRevision"]
        counts = {"readyReplicas": ready, "updatedReplicas": updated, "currentReplicas": updated}
        status |= {key: value for key, value in counts.items() if value}
        await self._world.patch_status(STATEFUL_SET, cluster, owner, status)
