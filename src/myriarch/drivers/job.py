"""The driver ``job``: a Job on each node in turn, with the node emptied before and used again after.

For what lives below Kubernetes: packages, kubelet configuration, firmware. ``spec.payload`` has:

job      ``template``, the pod template of the Job that brings a node to the revision; ``backoffLimit`` (2) and
         ``timeout`` (30m) of the Job. It runs in the namespace of ``spec.target``, or in Myriarch's own.
undo     the same for the Job that takes the revision back; without it, the Job of the revision gone back to runs.
drain    how the node is emptied first (``drain.py``); ``enabled: false`` leaves pods and cordon alone.

Where a node stands is its label ``revision.myriarch.io/<component>``. What is under way on it is one annotation,
``job.myriarch.io/<component>``: since when it is drained, whether the cordon is ours, and which revision's Job may
have changed the node already, so that a move given up half-way is undone rather than forgotten. Cordon and annotation
are written in one patch, and so are label, annotation and uncordon; a node that somebody else had cordoned stays so.
One component at a time works on a node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from myriarch.api.revision import Revision
from myriarch.client.client import Client
from myriarch.client.objects import Unread
from myriarch.client.resource import NODES
from myriarch.drivers.drain import Drainer, DrainRules, drain_rules
from myriarch.drivers.driver import Symptom, Trouble
from myriarch.drivers.job_runs import JobRuns
from myriarch.drivers.mover import Done, Ground, Progress, Waiting
from myriarch.drivers.node import Node
from myriarch.drivers.order_store import FIELD_MANAGER
from myriarch.drivers.orders import REVISION_PREFIX, word_of
from myriarch.drivers.payload_fields import WHERE, Fields, mapping, only, payload_of, pod_template

JOB_PREFIX: Final = "job.myriarch.io/"
FIELDS: Final = ("job", "undo", "drain")
RUN_FIELDS: Final = ("template", "backoffLimit", "timeout")
OTHER_SECONDS: Final = 10.0
"""A node that another component works on is looked at again after so long."""


class Task(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What is under way on a node. ``cordoned``: by us. ``changed``: the revision whose Job was begun."""

    drained_since: float
    order: int
    cordoned: bool = False
    changed: str = ""


class JobMover:
    """Runs the Jobs of one component."""

    whole = False

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._client: Client = ground.client
        word = word_of(ground.component.name)
        self._label, self._note = REVISION_PREFIX + word, JOB_PREFIX + word
        self._runs = JobRuns(ground)
        self._drainer = Drainer(ground.client, ground.clock)

    async def run(self) -> None:
        await self._runs.run()

    async def wait_synced(self) -> None:
        await self._runs.wait_synced()

    def holds(self, node: str) -> bool:
        return node in self._ground.nodes

    def at(self, node: str) -> str | None:
        found = self._ground.nodes.get(node)
        if found is None:
            return ""
        task = self._task(found)
        if task is not None and task.changed:
            return ""  # half of one and half of the other
        return self._labelled(found)

    def symptom(self, node: str, now: float) -> tuple[int, float]:
        return Symptom.HEALTHY, 0.0  # what ails a node that a Job changed is what ails the node

    def trouble(self) -> Trouble | None:
        return None

    async def bring(self, node: str, revision: Revision, *, backward: bool) -> Progress:
        payload = self._payload(revision)
        found = await self._client.get(NODES, Node, node)  # what is watched may be a write of ours behind
        task, order = self._task(found), self._ground.ledger.order_of(node)
        stands = self._stands(found, revision)
        if task is None:
            return Done() if stands else await self._begin(found, None, drain_rules(payload), order)
        if stands and not task.changed:
            return await self._finish(found, revision, task)
        rules = drain_rules(payload)
        if task.order != order:
            return await self._begin(found, task, rules, order)
        if rules.enabled and not task.changed:
            hindered = await self._drainer.drain(node, rules, task.drained_since)
            if hindered is not None:
                return hindered
        return await self._work(found, task, revision, payload, backward=backward)

    async def _begin(self, node: Node, before: Task | None, rules: DrainRules, order: int) -> Progress:
        """Note what is under way, and cordon, in one write, unless the node was written to meanwhile."""
        other = self._other_task(node)
        if other:
            return Waiting(f"component {other} is at work on the node", OTHER_SECONDS)
        ours = before.cordoned if before is not None else rules.enabled and not node.spec.unschedulable
        changed = before.changed if before is not None else ""
        await self._write(node, Task(self._ground.clock.now(), order, ours, changed), cordon=ours)
        return Waiting("the node is cordoned", 0.0)

    async def _work(self, node: Node, task: Task, revision: Revision, payload: Fields, *, backward: bool) -> Progress:
        """Run the Job, having written down that it may change the node."""
        leaving = task.changed or self._labelled(node) or revision.name
        changed = leaving if backward else revision.name
        run = self._undo_of(leaving) if backward else None
        if task.changed != changed:
            task = msgspec.structs.replace(task, changed=changed)
            await self._write(node, task, cordon=False)
        progress = await self._runs.step(node, task.order, revision.name, run or payload["job"])
        return await self._finish(node, revision, task) if isinstance(progress, Done) else progress

    def _payload(self, revision: Revision) -> Fields:
        payload = payload_of(self._ground, revision, FIELDS)
        for name in ("job", "undo"):
            if name == "job" or name in payload:
                run = mapping(payload, name, WHERE, cure="Say what to run: a pod template, under template.")
                only(run, RUN_FIELDS, f"{WHERE}.{name}")
                pod_template(run, "template", f"{WHERE}.{name}")
        return payload

    def _undo_of(self, revision: str) -> Mapping[str, Any] | None:
        """The Job that takes ``revision`` back, where it has one."""
        known = self._ground.revisions.get(revision)
        return self._payload(known).get("undo") if known is not None else None

    async def _finish(self, node: Node, revision: Revision, task: Task) -> Progress:
        """Label, uncordon and forget, in one write."""
        metadata = {"labels": {self._label: word_of(revision.name)}, "annotations": {self._note: None}}
        await self._patch(node, {"metadata": metadata, "spec": {"unschedulable": None} if task.cordoned else {}})
        return Done()

    async def _write(self, node: Node, task: Task, *, cordon: bool) -> None:
        text = msgspec.json.encode(task).decode()
        metadata: dict[str, Any] = {"annotations": {self._note: text}}
        if cordon:  # whether the cordon is ours was judged by this very state
            metadata["resourceVersion"] = node.metadata.resource_version
        await self._patch(node, {"metadata": metadata, "spec": {"unschedulable": True} if cordon else {}})

    async def _patch(self, node: Node, patch: dict[str, Any]) -> None:
        await self._client.patch(NODES, Unread, node.metadata.name, patch, field_manager=FIELD_MANAGER)

    def _task(self, node: Node) -> Task | None:
        text = node.metadata.annotations.get(self._note)
        if not text:
            return None
        try:
            return msgspec.json.decode(text, type=Task)
        except msgspec.DecodeError:
            return None  # somebody else's hand

    def _other_task(self, node: Node) -> str:
        """The other component whose Job is at work on the node, or ''."""
        notes = (key for key in sorted(node.metadata.annotations) if key.startswith(JOB_PREFIX))
        return next((key.removeprefix(JOB_PREFIX) for key in notes if key != self._note), "")

    def _stands(self, node: Node, revision: Revision) -> bool:
        """Whether the node stands at the revision, by its label or because nobody ever moved it."""
        label = node.metadata.labels.get(self._label)
        if label is None:
            return revision.name == self._ground.component.spec.initial_revision
        return label == word_of(revision.name)

    def _labelled(self, node: Node) -> str | None:
        """The revision that the node's label stands for: long names are cut."""
        label = node.metadata.labels.get(self._label)
        if label is None:
            return None
        return next((name for name in self._ground.revisions if word_of(name) == label), label)
