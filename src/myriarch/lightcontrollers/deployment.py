"""Deployments: one ReplicaSet a template, and a rolling step from the old ones to the newest within the budget."""

from __future__ import annotations

from myriarch.lightcontrollers.pods import share, template_hash
from myriarch.lightcontrollers.world import (
    DEPLOYMENT,
    REPLICA_SET,
    Object,
    World,
    condition,
    owner_reference,
)

HASH_LABEL = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"


class Deployments:
    def __init__(self, world: World) -> None:
        self._world = world

    async def look(self, cluster: str, namespace: str, name: str) -> float | None:
        owner = self._world.get(DEPLOYMENT, cluster, namespace, name)
        if owner is None or owner["metadata"].get("deletionTimestamp"):
            return None
        sets = self._world.owned(REPLICA_SET, owner, cluster)
        mark = template_hash(owner["spec"]["template"])
        newest = next((each for each in sets if each["metadata"]["labels"].get(HASH_LABEL) == mark), None)
        old = [each for each in sets if each is not newest]
        if newest is None and not owner["spec"].get("paused"):
            await self._create(cluster, owner, mark, 1 + max(map(_revision, sets), default=0))
            return None  # its arrival calls us again
        if newest is not None and not owner["spec"].get("paused"):
            await self._number(cluster, owner, newest, old)
            await self._step(cluster, owner, newest, old)
            await self._tidy(cluster, owner, old)
        await self._report(cluster, owner, newest, sets)
        return None

    async def _create(self, cluster: str, owner: Object, mark: str, revision: int) -> None:
        meta, spec = owner["metadata"], owner["spec"]
        template = spec["template"]
        labels = {**((template.get("metadata") or {}).get("labels") or {}), HASH_LABEL: mark}
        selector = spec["selector"]
        replica_set = {
            "metadata": {
                "name": f"{meta['name']}-{mark}",
                "namespace": meta["namespace"],
                "labels": labels,
                "annotations": {REVISION: str(revision)},
                "ownerReferences": [owner_reference(DEPLOYMENT, owner)],
            },
            "spec": {
                "replicas": 0,
                "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH_LABEL: mark}},
                "template": {**template, "metadata": {**(template.get("metadata") or {}), "labels": labels}},
            },
        }
        await self._world.create(REPLICA_SET, cluster, replica_set)

    async def _number(self, cluster: str, owner: Object, newest: Object, old: list[Object]) -> None:
        """The newest set has the highest revision, also when an older template came back; the owner shows it."""
        wanted = max([*(_revision(each) + 1 for each in old), _revision(newest)])
        for kind, obj in ((REPLICA_SET, newest), (DEPLOYMENT, owner)):
            if _revision(obj) != wanted:
                changed = await self._world.patch(
                    kind, cluster, obj, {"metadata": {"annotations": {REVISION: str(wanted)}}}
                )
                if changed is not None:
                    obj["metadata"] = changed["metadata"]

    async def _step(self, cluster: str, owner: Object, newest: Object, old: list[Object]) -> None:
        """Scale the newest up as far as the surge allows, the old ones down as far as enough stay available."""
        wanted = owner["spec"].get("replicas", 1)
        strategy = owner["spec"]["strategy"]
        rolling = strategy.get("rollingUpdate") or {}
        surge = share(rolling.get("maxSurge"), wanted, up=True)
        spare = share(rolling.get("maxUnavailable"), wanted, up=False)
        if strategy["type"] == "Recreate":
            surge, spare = 0, wanted
        elif surge == 0 and spare == 0:
            spare = 1
        olds = sum(_wanted(each) for each in old)
        if strategy["type"] == "Recreate" and sum(_there(each) for each in old) > 0:
            target = 0
        else:
            target = min(wanted, max(wanted + surge - olds, 0))
        if target != _wanted(newest) and (target > _wanted(newest) or wanted < _wanted(newest)):
            await self._scale(cluster, newest, min(target, wanted))
        available = sum(_available(each) for each in (*old, newest))
        surplus = available - (wanted - spare)
        for each in old:
            broken = _wanted(each) - _available(each)
            fewer = min(_wanted(each), broken + max(surplus, 0))
            if fewer > 0:
                surplus -= fewer - broken
                await self._scale(cluster, each, _wanted(each) - fewer)

    async def _scale(self, cluster: str, replica_set: Object, replicas: int) -> None:
        changed = await self._world.patch(REPLICA_SET, cluster, replica_set, {"spec": {"replicas": replicas}})
        if changed is not None:
            replica_set["spec"] = changed["spec"]

    async def _tidy(self, cluster: str, owner: Object, old: list[Object]) -> None:
        """Drop the oldest empty sets beyond the history that is kept."""
        empty = sorted((each for each in old if not _wanted(each) and not _there(each)), key=_revision)
        for each in empty[: max(len(empty) - owner["spec"].get("revisionHistoryLimit", 10), 0)]:
            await self._world.delete(REPLICA_SET, cluster, each)

    async def _report(self, cluster: str, owner: Object, newest: Object | None, sets: list[Object]) -> None:
        fresh = self._world.get(DEPLOYMENT, cluster, owner["metadata"]["namespace"], owner["metadata"]["name"])
        if fresh is None:
            return
        wanted = owner["spec"].get("replicas", 1)
        there, available = sum(map(_there, sets)), sum(map(_available, sets))
        updated = _there(newest) if newest else 0
        status: Object = {"observedGeneration": owner["metadata"].get("generation", 1)}
        counts = {
            "replicas": there,
            "updatedReplicas": updated,
            "readyReplicas": available,
            "availableReplicas": available,
            "unavailableReplicas": max(wanted - available, 0),
        }
        status |= {key: value for key, value in counts.items() if value}
        done = updated == there == wanted and available == wanted
        status["conditions"] = self._conditions(fresh, available, wanted, newest, done=done)
        await self._world.patch_status(DEPLOYMENT, cluster, fresh, status)

    def _conditions(
        self, owner: Object, available: int, wanted: int, newest: Object | None, *, done: bool
    ) -> list[Object]:
        rolling = owner["spec"]["strategy"].get("rollingUpdate") or {}
        enough = available >= wanted - share(rolling.get("maxUnavailable"), wanted, up=False)
        now, name = self._world.now_text(), newest["metadata"]["name"] if newest else ""
        words = (
            ("MinimumReplicasAvailable", "Deployment has minimum availability.")
            if enough
            else ("MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
        )
        progress = (
            ("NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.')
            if done
            else ("ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.')
        )
        found = [
            condition("Available", enough, *words, now, owner),
            condition("Progressing", True, *progress, now, owner),
        ]
        before = {c["type"]: c for c in (owner.get("status") or {}).get("conditions") or ()}
        for each in found:
            old = before.get(each["type"])
            same = old is not None and all(old.get(k) == each[k] for k in ("status", "reason", "message"))
            each["lastUpdateTime"] = old["lastUpdateTime"] if same and old and "lastUpdateTime" in old else now
        return found


def _revision(obj: Object) -> int:
    text = (obj["metadata"].get("annotations") or {}).get(REVISION, "")
    return int(text) if text.isdigit() else 0


def _wanted(replica_set: Object) -> int:
    return int(replica_set["spec"].get("replicas", 0))


def _there(replica_set: Object) -> int:
    return int((replica_set.get("status") or {}).get("replicas", 0))


def _available(replica_set: Object) -> int:
    return int((replica_set.get("status") or {}).get("availableReplicas", 0))
