"""The life of a pod on a simulated node: it starts, is ready, ends when it should, and goes when it is told to.

Nothing runs. A pod that restarts for ever is running after a moment; one that is meant to end (of a Job) succeeds a
moment later. A pod whose node is gone goes with it; one whose node is not ready is not ready either.
"""

from __future__ import annotations

import ipaddress
from hashlib import blake2b

from myriarch.lightcontrollers.pods import is_active, is_ready, phase
from myriarch.lightcontrollers.scheduler import is_node_ready
from myriarch.lightcontrollers.world import POD, Object, World

START_SECONDS = 1.0
RUN_SECONDS = 2.0
_NETWORK = ipaddress.IPv4Network("10.128.0.0/9")
_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


class Kubelet:
    def __init__(self, world: World) -> None:
        self._world = world

    async def look(self, cluster: str, namespace: str, name: str) -> float | None:
        """Bring one pod a step on; seconds until its next step."""
        pod = self._world.get(POD, cluster, namespace, name)
        if pod is None or not pod["spec"].get("nodeName"):
            return None
        if pod["metadata"].get("deletionTimestamp"):
            if not pod["metadata"].get("finalizers"):
                await self._world.delete(POD, cluster, pod, grace_seconds=0)
            return None
        match phase(pod):
            case "Pending":
                wait = START_SECONDS - self._since(pod, "PodScheduled")
                if wait > 0:
                    return wait
                await self._write(cluster, pod, self._running(pod))
                return RUN_SECONDS if _ends(pod) else None
            case "Running" if _ends(pod):
                wait = RUN_SECONDS - self._since(pod, "Ready")
                if wait > 0:
                    return wait
                await self._write(cluster, pod, self._done(pod))
        return None

    async def follow_nodes(self, cluster: str) -> None:
        """Bring the cluster's pods in step with its nodes."""
        pods = [pod for pod in self._world.objects(POD, cluster, None) if pod["spec"].get("nodeName")]
        ready = {n["metadata"]["name"]: is_node_ready(n) for n in await self._world.nodes(cluster)} if pods else {}
        for pod in pods:
            node = pod["spec"]["nodeName"]
            if node not in ready:
                await self._world.delete(POD, cluster, pod, grace_seconds=0)
            elif is_active(pod) and phase(pod) == "Running" and ready[node] != is_ready(pod):
                await self._write(cluster, pod, {"conditions": self._conditions(pod, ready=ready[node])})

    def _since(self, pod: Object, kind: str) -> float:
        conditions = (pod.get("status") or {}).get("conditions") or ()
        found = next((c for c in conditions if c["type"] == kind), None)
        return self._world.since(found["lastTransitionTime"] if found else pod["metadata"]["creationTimestamp"])

    def _running(self, pod: Object) -> Object:
        now, address = self._world.now_text(), address_of(pod["metadata"]["uid"])
        state = {"running": {"startedAt": now}}
        return {
            "phase": "Running",
            "startTime": now,
            "podIP": address,
            "podIPs": [{"ip": address}],
            "conditions": self._conditions(pod, ready=True),
            "containerStatuses": [_container(c, state, ready=True) for c in pod["spec"]["containers"]],
        }

    def _done(self, pod: Object) -> Object:
        now = self._world.now_text()
        state = {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": now}}
        return {
            "phase": "Succeeded",
            "conditions": self._conditions(pod, ready=False),
            "containerStatuses": [_container(c, state, ready=False) for c in pod["spec"]["containers"]],
        }

    def _conditions(self, pod: Object, *, ready: bool) -> list[Object]:
        before = {c["type"]: c for c in (pod.get("status") or {}).get("conditions") or ()}
        out = []
        for kind in _CONDITIONS:
            held = ready or kind not in ("Ready", "ContainersReady")
            status = "True" if held else "False"
            old = before.pop(kind, None)
            since = old["lastTransitionTime"] if old and old["status"] == status else self._world.now_text()
            out.append({"type": kind, "status": status, "lastTransitionTime": since})
        return [*out, *before.values()]

    async def _write(self, cluster: str, pod: Object, change: Object) -> None:
        generation = pod["metadata"].get("generation", 1)
        await self._world.patch(POD, cluster, pod, {"status": {"observedGeneration": generation, **change}}, "status")


def _ends(pod: Object) -> bool:
    return bool(pod["spec"].get("restartPolicy", "Always") != "Always")


def _container(container: Object, state: Object, *, ready: bool) -> Object:
    return {
        "name": container["name"],
        "image": container.get("image", ""),
        "imageID": "",
        "ready": ready,
        "started": ready,
        "restartCount": 0,
        "state": state,
    }


def address_of(uid: str) -> str:
    """A pod's address, told by its uid alone."""
    number = int.from_bytes(blake2b(uid.encode(), digest_size=8).digest(), "big")
    return str(_NETWORK[1 + number % (_NETWORK.num_addresses - 2)])
