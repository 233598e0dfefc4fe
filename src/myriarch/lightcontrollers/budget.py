"""PodDisruptionBudgets: how many pods of the set are healthy, and how many may go now."""

from __future__ import annotations

from myriarch.apiserver.label_selectors import selects
from myriarch.lightcontrollers.pods import is_active, is_ready, phase, share
from myriarch.lightcontrollers.world import (
    BUDGET,
    OWNERS,
    POD,
    Object,
    World,
    condition,
    controller_of,
)

FORGET_SECONDS = 120.0  # an eviction that was granted and never happened


class Budgets:
    def __init__(self, world: World) -> None:
        self._world = world

    async def look(self, cluster: str, namespace: str, name: str) -> float | None:
        budget = self._world.get(BUDGET, cluster, namespace, name)
        if budget is None or budget["metadata"].get("deletionTimestamp"):
            return None
        spec = budget["spec"]
        pods = [
            pod
            for pod in self._world.objects(POD, cluster, namespace)
            if phase(pod) not in ("Failed", "Succeeded")
            and selects(spec.get("selector"), pod["metadata"].get("labels") or {}, empty=True)
        ]
        disrupted = self._disrupted(budget, pods)
        by_controllers = "minAvailable" not in spec or isinstance(spec["minAvailable"], str)
        expected = self._expected(cluster, namespace, pods) if by_controllers else len(pods)
        if "minAvailable" in spec:
            desired = share(spec["minAvailable"], expected, up=True)
        else:
            desired = max(expected - share(spec.get("maxUnavailable", 1), expected, up=True), 0)
        healthy = sum(1 for p in pods if is_active(p) and is_ready(p) and p["metadata"]["name"] not in disrupted)
        allowed = max(healthy - desired, 0) if expected > 0 else 0
        status: Object = {
            "observedGeneration": budget["metadata"].get("generation", 1),
            "disruptionsAllowed": allowed,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
        }
        if disrupted:
            status["disruptedPods"] = disrupted
        words = ("SufficientPods" if allowed else "InsufficientPods", "")
        status["conditions"] = [
            {
                **condition("DisruptionAllowed", allowed > 0, *words, self._world.now_text(), budget),
                "observedGeneration": budget["metadata"].get("generation", 1),
            }
        ]
        await self._write(cluster, budget, status)
        return FORGET_SECONDS if disrupted else None

    async def _write(self, cluster: str, budget: Object, status: Object) -> None:
        before = (budget.get("status") or {}).get("disruptedPods") or {}
        gone = {name: None for name in before if name not in status.get("disruptedPods", {})}
        if gone and "disruptedPods" in status:
            status = {**status, "disruptedPods": {**status["disruptedPods"], **gone}}
        await self._world.patch_status(BUDGET, cluster, budget, status)

    def _disrupted(self, budget: Object, pods: list[Object]) -> Object:
        """Pods that were granted an eviction and still seem to be there."""
        there = {pod["metadata"]["name"] for pod in pods if is_active(pod)}
        granted = (budget.get("status") or {}).get("disruptedPods") or {}
        return {
            name: stamp
            for name, stamp in granted.items()
            if name in there and self._world.since(stamp) < FORGET_SECONDS
        }

    def _expected(self, cluster: str, namespace: str, pods: list[Object]) -> int:
        """How many pods the controllers of these want; a pod without one counts as itself."""
        wanted: dict[str, int] = {}
        for pod in pods:
            owner = controller_of(pod)
            kind = OWNERS.get(owner["kind"]) if owner else None
            found = self._world.get(kind, cluster, namespace, owner["name"]) if kind and owner else None
            if found is None:
                wanted[pod["metadata"]["uid"]] = 1
            else:
                replicas = found["spec"].get("replicas", (found.get("status") or {}).get("desiredNumberScheduled", 1))
                wanted[found["metadata"]["uid"]] = int(replicas)
        return sum(wanted.values())
