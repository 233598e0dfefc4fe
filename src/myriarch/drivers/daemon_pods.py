"""The pods of one DaemonSet by node, watched for as long as the DaemonSet is the same one."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from myriarch.api.meta import LabelSelector
from myriarch.client.informer import Informer
from myriarch.drivers.driver import Symptom
from myriarch.drivers.flaps import Flaps
from myriarch.drivers.mover import Ground
from myriarch.drivers.pods import PODS, Pod, fares, node_of, restarts, selector_text

STEADY_SECONDS: Final = 60.0
"""A pod that crashed is well again when it has not done so for this long: one that runs a little each time isn't."""


class DaemonPods:
    """The pods by node, and how they fare."""

    def __init__(self, ground: Ground, namespace: str) -> None:
        self._ground = ground
        self._namespace = namespace
        self._owner = ""
        self._informer: Informer[Pod] | None = None
        self._renewed = asyncio.Event()
        self._by_node: dict[str, dict[str, Pod]] = {}
        self._missing: dict[str, float] = {}
        self._flaps = Flaps()
        self._crashes: dict[str, tuple[float, float]] = {}

    async def run(self) -> None:
        """Watch the pods of whatever DaemonSet is followed, until cancelled."""
        while True:
            self._renewed.clear()
            informer = self._informer
            task = asyncio.create_task(informer.run()) if informer is not None else None
            renewed = asyncio.create_task(self._renewed.wait())
            tasks = [each for each in (task, renewed) if each is not None]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if task is not None and task.done():
                    task.result()
            finally:
                for each in tasks:
                    each.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await each

    @property
    def has_synced(self) -> bool:
        return self._informer is not None and self._informer.has_synced

    async def wait_synced(self) -> None:
        """Return once the pods of the DaemonSet that is followed are known."""
        if self._informer is not None:
            await self._informer.wait_synced()

    def follow(self, owner: str, selector: LabelSelector | None) -> None:
        """Watch the pods that the DaemonSet with this uid made; of none where ``selector`` is None."""
        if owner == self._owner:
            return
        self._owner = owner
        self._by_node.clear()
        self._missing.clear()
        self._informer = None
        if selector is not None:
            self._informer = Informer(
                self._ground.client,
                PODS,
                Pod,
                self._ground.clock,
                namespace=self._namespace,
                label_selector=selector_text(selector),
            )
            self._informer.on_change(self._changed)
        self._renewed.set()

    def on(self, node: str) -> Pod | None:
        """The node's pod, the newest where there are several; those on their way out don't count."""
        pods = [pod for pod in self._by_node.get(node, {}).values() if not pod.ending and not pod.over]
        return max(pods, key=lambda pod: (pod.metadata.creation_timestamp or "", pod.metadata.name), default=None)

    def symptom(self, node: str, now: float) -> tuple[int, float]:
        """What ails the node's pod, or that none is there, and since when."""
        first, last = self._crashes.get(node, (0.0, float("-inf")))
        if now - last < STEADY_SECONDS:
            return Symptom.CRASHED, first
        flapping_since = self._flaps.since(node, now)
        if flapping_since:
            return Symptom.FLAPPING, flapping_since
        pod = self.on(node)
        return fares(pod) if pod is not None else (Symptom.NOT_READY, self._missing.setdefault(node, now))

    def forget(self, node: str) -> None:
        """The node's pod is replaced by our order: what was counted means nothing any more."""
        self._flaps.forget(node)
        self._crashes.pop(node, None)

    def _changed(self, old: Pod | None, new: Pod | None) -> None:
        touched = set()
        for pod, there in ((old, False), (new, True)):
            if pod is None or not self._is_ours(pod):
                continue
            node = node_of(pod)
            if not node:
                continue
            touched.add(node)
            pods = self._by_node.setdefault(node, {})
            if there:
                pods[pod.metadata.name] = pod
            else:
                pods.pop(pod.metadata.name, None)
        if old is not None and new is not None and _has_died(old, new):
            self._note_crash(node_of(new))
        for node in touched:
            if self.on(node) is None:
                self._missing.setdefault(node, self._ground.clock.now())
            else:
                self._missing.pop(node, None)
        self._ground.changed(sorted(touched))

    def _note_crash(self, node: str) -> None:
        now = self._ground.clock.now()
        first, last = self._crashes.get(node, (now, now))
        self._crashes[node] = (first if now - last < STEADY_SECONDS else now, now)
        self._flaps.note(node, now)

    def _is_ours(self, pod: Pod) -> bool:
        return any(owner.uid == self._owner for owner in pod.metadata.owner_references)


def _has_died(old: Pod, new: Pod) -> bool:
    return restarts(new) > restarts(old) or (new.status.phase == "Failed" and old.status.phase != "Failed")
