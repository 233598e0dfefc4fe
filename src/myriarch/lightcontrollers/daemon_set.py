"""DaemonSets: a pod on each node that fits, replaced on an update a few at a time, or when somebody deletes it."""

from __future__ import annotations

from myriarch.lightcontrollers.pods import is_active, is_ready, new_pod, share
from myriarch.lightcontrollers.revisions import HASH_LABEL, keep_revision
from myriarch.lightcontrollers.scheduler import fits
from myriarch.lightcontrollers.world import DAEMON_SET, POD, Object, World

_TOLERATED = ("not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")


class DaemonSets:
    def __init__(self, world: World) -> None:
        self._world = world

    async def look(self, cluster: str, namespace: str, name: str) -> float | None:
        owner = self._world.get(DAEMON_SET, cluster, namespace, name)
        if owner is None or owner["metadata"].get("deletionTimestamp"):
            return None
        mark = await keep_revision(self._world, DAEMON_SET, cluster, owner)
        spec = owner["spec"]["template"]["spec"]
        wanted = [n["metadata"]["name"] for n in await self._world.nodes(cluster) if fits(spec, n, daemon=True)]
        pods = self._world.owned(POD, owner, cluster)
        by_node = {pod["spec"].get("nodeName", ""): pod for pod in pods}
        for node in wanted:
            if node not in by_node:
                await self._world.create(POD, cluster, _pod(owner, mark, node))
        surplus = [pod for pod in pods if pod["spec"].get("nodeName") not in wanted or not _unfinished(pod)]
        for pod in surplus:
            if not pod["metadata"].get("deletionTimestamp"):
                await self._world.delete(POD, cluster, pod)
        await self._replace(cluster, owner, mark, pods, len(wanted))
        await self._report(cluster, namespace, name, mark, wanted)
        return None

    async def _replace(self, cluster: str, owner: Object, mark: str, pods: list[Object], wanted: int) -> None:
        """Delete pods of older templates: those that aren't ready at once, others as far as the budget goes."""
        strategy = owner["spec"]["updateStrategy"]
        if strategy["type"] != "RollingUpdate":
            return
        budget = max(share(strategy["rollingUpdate"].get("maxUnavailable"), wanted, up=True), 1)
        active = [pod for pod in pods if is_active(pod)]
        budget -= wanted - sum(map(is_ready, active))
        for pod in active:
            if pod["metadata"]["labels"].get(HASH_LABEL) == mark:
                continue
            if is_ready(pod):
                if budget <= 0:
                    continue
                budget -= 1
            await self._world.delete(POD, cluster, pod)

    async def _report(self, cluster: str, namespace: str, name: str, mark: str, wanted: list[str]) -> None:
        owner = self._world.get(DAEMON_SET, cluster, namespace, name)
        if owner is None:
            return
        pods = [pod for pod in self._world.owned(POD, owner, cluster) if is_active(pod)]
        placed = [pod for pod in pods if pod["spec"].get("nodeName") in wanted]
        ready = sum(map(is_ready, placed))
        updated = sum(1 for pod in placed if pod["metadata"]["labels"].get(HASH_LABEL) == mark)
        status: Object = {
            "currentNumberScheduled": len(placed),
            "numberMisscheduled": len(pods) - len(placed),
            "desiredNumberScheduled": len(wanted),
            "numberReady": ready,
            "observedGeneration": owner["metadata"].get("generation", 1),
        }
        more = {
            "updatedNumberScheduled": updated,
            "numberAvailable": ready,
            "numberUnavailable": len(wanted) - ready,
        }
        status |= {key: value for key, value in more.items() if value}
        await self._world.patch_status(DAEMON_SET, cluster, owner, status)


def _unfinished(pod: Object) -> bool:
    return (pod.get("status") or {}).get("phase") not in ("Failed", "Succeeded")


def _pod(owner: Object, mark: str, node: str) -> Object:
    pod = new_pod(DAEMON_SET, owner, labels={HASH_LABEL: mark})
    tolerations = [*(pod["spec"].get("tolerations") or ())]
    for name in _TOLERATED:
        effect = "NoExecute" if name in ("not-ready", "unreachable") else "NoSchedule"
        tolerations.append({"key": f"node.kubernetes.io/{name}", "operator": "Exists", "effect": effect})
    pod["spec"] |= {"nodeName": node, "tolerations": tolerations}
    return pod
