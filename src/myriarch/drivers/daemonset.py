"""The driver ``daemonset``: one pod a node, replaced in our order.

The DaemonSet must have ``updateStrategy: OnDelete``: its controller then makes a pod anew only when one is deleted,
and the driver deletes them one by one as nodes are told to move. ``spec.payload.template`` holds the fields of the pod
template that a revision sets; they are put into the DaemonSet by server-side apply, so that a field which only the
revision before had goes away with it. The template bears the revision's name as an annotation, and so does each pod
made from it: that is how it is seen where a node stands.

A DaemonSet has one template, and each new pod is made from it, whatever node it is for. So the template is always that
of the revision which the nodes now being moved need, and only nodes that need the same one are moved at the same time:
while pods of one revision are awaited, nodes told to another wait, and nodes told to go back come before those told to
go forward. A pod made meanwhile for another reason (a node that joins, an eviction) gets whatever the template is;
it is seen to stand there, and the node level sends it where it belongs.

The controller works from a cache, so a pod may still be made from the template before: it is not deleted before the
controller says that it has seen the template (``observedGeneration``), and one that comes up at another revision is
deleted again.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from msgspec import field

from myriarch.api.meta import LabelSelector, ObjectMeta, Struct
from myriarch.api.revision import Revision
from myriarch.client.errors import Conflict, NotFound
from myriarch.client.informer import Informer
from myriarch.client.resource import ResourceRef
from myriarch.drivers.daemon_pods import DaemonPods
from myriarch.drivers.driver import Trouble
from myriarch.drivers.mover import Done, Ground, Progress, Waiting
from myriarch.drivers.orders import REVISION_PREFIX, word_of
from myriarch.drivers.payload_fields import WHERE, payload_of, pod_template
from myriarch.drivers.pods import PODS, Pod, has_shown
from myriarch.drivers.schedulable import wants
from myriarch.drivers.template_turn import TemplateTurn

DAEMON_SETS: Final = ResourceRef("apps", "v1", "daemonsets", namespaced=True)
LOOK_SECONDS: Final = 10.0
"""A change is told as it comes; without one, a step is looked at again after so long."""

ON_DELETE: Final = "OnDelete"


class Strategy(Struct, kw_only=True):
    type: str = "RollingUpdate"


class DaemonSetSpec(Struct, kw_only=True):
    """``apps/v1.DaemonSetSpec``, as far as it is read."""

    selector: LabelSelector = field(default_factory=LabelSelector)
    update_strategy: Strategy = field(default_factory=Strategy)
    template: dict[str, Any] = {}


class DaemonSetStatus(Struct, kw_only=True):
    observed_generation: int = 0


class DaemonSet(Struct, kw_only=True):
    """``apps/v1.DaemonSet``, as far as it is read."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: DaemonSetSpec = field(default_factory=DaemonSetSpec)
    status: DaemonSetStatus = field(default_factory=DaemonSetStatus)


class DaemonSetMover:
    """Moves the pods of one DaemonSet."""

    whole = False

    def __init__(self, ground: Ground) -> None:
        target = ground.component.spec.target
        self._ground = ground
        self._namespace, self._name = target.namespace, target.name
        self._mark = REVISION_PREFIX + word_of(ground.component.name)
        self._manager = f"myriarch-{ground.component.name}"[:128]
        self._turn = TemplateTurn(ground.ledger)
        self._lock = asyncio.Lock()
        self._applied: tuple[str, int] = ("", 0)
        self._sets: Informer[DaemonSet] = Informer(
            ground.client,
            DAEMON_SETS,
            DaemonSet,
            ground.clock,
            namespace=self._namespace,
            field_selector=f"metadata.name={self._name}",
        )
        self._sets.on_change(self._set_changed)
        self._pods = DaemonPods(ground, self._namespace)

    async def run(self) -> None:
        if self._misnamed() is not None:
            await asyncio.Event().wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sets.run(), name=f"daemonset {self._name}")
            group.create_task(self._pods.run(), name=f"pods of {self._name}")

    async def wait_synced(self) -> None:
        if self._misnamed() is None:
            await self._sets.wait_synced()
            if self._set() is not None:
                await self._pods.wait_synced()

    def holds(self, node: str) -> bool:
        found, known = self._set(), self._ground.nodes.get(node)
        if found is None or known is None or not self._pods.has_synced:
            return False
        return self._pods.on(node) is not None or wants(found.spec.template.get("spec") or {}, known)

    def at(self, node: str) -> str | None:
        pod = self._pods.on(node)
        return "" if pod is None else self._stamp(pod)

    def symptom(self, node: str, now: float) -> tuple[int, float]:
        return self._pods.symptom(node, now)

    def trouble(self) -> Trouble | None:
        if (misnamed := self._misnamed()) is not None:
            return misnamed
        if not self._sets.has_synced:
            return None
        found, what = self._set(), f"{self._namespace}/{self._name}"
        if found is None:
            cure = "Create it, or correct spec.target of the component."
            return Trouble("TargetMissing", f"there is no DaemonSet {what}. {cure}", blocks=True)
        if found.spec.update_strategy.type != ON_DELETE:
            patch = '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'
            cure = f"Run: kubectl -n {self._namespace} patch daemonset {self._name} --type=merge -p '{patch}'"
            problem = f"DaemonSet {what} updates its pods by itself (updateStrategy {found.spec.update_strategy.type})"
            return Trouble("NotOnDelete", f"{problem}. {cure}", blocks=True)
        return None

    async def bring(self, node: str, revision: Revision, *, backward: bool) -> Progress:
        trouble = self.trouble()
        if trouble is not None:
            return Waiting(trouble.message, LOOK_SECONDS)
        template = pod_template(payload_of(self._ground, revision, ("template",)), "template", WHERE)
        self._turn.wants(node, revision.name, backward=backward)
        pod = self._pods.on(node)
        if pod is not None and self._stamp(pod) == revision.name:
            self._turn.came(node)
            return self._seen(node, pod)
        async with self._lock:
            return await self._replace(node, revision, template, pod)

    def _seen(self, node: str, pod: Pod) -> Progress:
        """The new pod is there; how it fares is known soon."""
        if not has_shown(pod):
            return Waiting(f"pod {pod.full_name} starts", LOOK_SECONDS)
        self._turn.ended(node)
        return Done()

    async def _replace(self, node: str, revision: Revision, template: Any, pod: Pod | None) -> Progress:
        """Have the node's pod made anew from the revision's template."""
        if self._turn.awaits(node, "" if pod is None else pod.metadata.uid or ""):
            return Waiting("the DaemonSet's new pod is not there yet", LOOK_SECONDS)
        held = self._turn.claim(node, revision.name)
        if held:
            return Waiting(held, LOOK_SECONDS)
        if not await self._set_template(revision.name, template):
            return Waiting("the DaemonSet controller has not seen the template yet", LOOK_SECONDS)
        if pod is None:
            self._turn.give_up(node)
            return Waiting("no pod of the DaemonSet is on the node", LOOK_SECONDS)
        meta = pod.metadata
        self._turn.replaced(node, revision.name, meta.uid or "")
        self._pods.forget(node)
        try:
            await self._ground.client.delete(PODS, meta.name, self._namespace, uid=meta.uid or "")
        except (NotFound, Conflict):
            pass  # gone already: the next one is awaited all the same
        except Exception:
            self._turn.came(node)
            raise
        return Waiting(f"pod {pod.full_name} is replaced", LOOK_SECONDS)

    async def _set_template(self, revision: str, template: Any) -> bool:
        """Whether pods are made from the revision's template now."""
        found = self._set()
        assert found is not None
        if self._applied != (revision, found.metadata.generation or 0):
            generation = await self._apply(revision, template)
            self._applied = (revision, generation)
            found = self._set() or found
        name, generation = self._applied
        return name == revision and found.status.observed_generation >= generation

    async def _apply(self, revision: str, template: Any) -> int:
        metadata = template.get("metadata") or {}
        annotations = {**(metadata.get("annotations") or {}), self._mark: revision}
        body: dict[str, Any] = {
            "apiVersion": DAEMON_SETS.api_version,
            "kind": "DaemonSet",
            "metadata": {"name": self._name, "namespace": self._namespace},
            "spec": {"template": {**template, "metadata": {**metadata, "annotations": annotations}}},
        }
        applied = await self._ground.client.apply(DAEMON_SETS, body, field_manager=self._manager, force=True)
        return int(applied["metadata"].get("generation", 0))

    def _stamp(self, pod: Pod) -> str | None:
        return pod.metadata.annotations.get(self._mark)

    def _set(self) -> DaemonSet | None:
        return self._sets.get(self._name, self._namespace)

    def _set_changed(self, old: DaemonSet | None, new: DaemonSet | None) -> None:
        self._pods.follow(new.metadata.uid or "" if new else "", new.spec.selector if new else None)
        if old is None or new is None or _essence(old) != _essence(new):
            self._ground.changed(None)

    def _misnamed(self) -> Trouble | None:
        if self._namespace and self._name:
            return None
        cure = "Make the component anew with the namespace and name of the DaemonSet."
        return Trouble("TargetMissing", f"spec.target: namespace and name must be given. {cure}", blocks=True)


def _essence(found: DaemonSet) -> tuple[object, ...]:
    """What decides anything; most updates of a DaemonSet are counts."""
    return found.metadata.generation, found.status.observed_generation, found.spec.update_strategy.type
