"""ReplicaSets: as many pods as are wanted, those that are of least use deleted first."""

from __future__ import annotations

from myriarch.lightcontrollers.pods import is_active, is_ready, new_pod
from myriarch.lightcontrollers.world import POD, REPLICA_SET, Object, World

BURST = 500  # pods made or deleted in one go


class ReplicaSets:
    def __init__(self, world: World) -> None:
        self._world = world

    async def look(self, cluster: str, namespace: str, name: str) -> float | None:
        owner = self._world.get(REPLICA_SET, cluster, namespace, name)
        if owner is None or owner["metadata"].get("deletionTimestamp"):
            return None
        pods = [pod for pod in self._world.owned(POD, owner, cluster) if is_active(pod)]
        missing = owner["spec"].get("replicas", 1) - len(pods)
        for _ in range(min(missing, BURST)):
            await self._world.create(POD, cluster, new_pod(REPLICA_SET, owner))
        for pod in sorted(pods, key=_use)[: max(-missing, 0)]:
            await self._world.delete(POD, cluster, pod)
        await self._report(cluster, namespace, name)
        return None

    async def _report(self, cluster: str, namespace: str, name: str) -> None:
        owner = self._world.get(REPLICA_SET, cluster, namespace, name)
        if owner is None:
            return
        pods = [pod for pod in self._world.owned(POD, owner, cluster) if is_active(pod)]
        ready = sum(map(is_ready, pods))
        status: Object = {"replicas": len(pods), "observedGeneration": owner["metadata"].get("generation", 1)}
        if pods:
            status["fullyLabeledReplicas"] = len(pods)
        if ready:
            status |= {"readyReplicas": ready, "availableReplicas": ready}
        await self._world.patch_status(REPLICA_SET, cluster, owner, status)


def _use(pod: Object) -> tuple[bool, bool, str]:
    """Sorts the pods that are missed least first: not placed, not ready, the newest name."""
    return (bool(pod["spec"].get("nodeName")), is_ready(pod), pod["metadata"]["name"])
