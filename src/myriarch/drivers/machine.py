"""The driver ``machine``: machines of a Cluster API MachineDeployment, replaced in our order.

For what a running node can't change: OS image, Kubernetes version, instance type. ``spec.payload.template`` holds the
fields of the machine template that a revision sets (version, bootstrap, infrastructureRef). The MachineDeployment
must have the strategy OnDelete: Cluster API then replaces a Machine only when it is deleted, by one of the newest
template, and drains it as the MachineDeployment says. Template, mark and turns are as with DaemonSets
(``daemonset.py``, ``template_turn.py``): the annotation in the template's metadata goes to new Machines only.

Units are the Nodes of its Machines. A replaced one comes back under another name; ``transit.py`` says how the new
Node inherits the order of the old one. While that lasts the old Node is shown as moving, and a new one that may be its
heir isn't shown yet, so that the node level neither counts the unit twice nor misses it.

The MachineDeployment is looked for in the cluster that is moved: one that manages itself. A MachineDeployment that
lives in another cluster can't be moved by this driver.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from myriarch.api.revision import Revision
from myriarch.client.errors import ApiError, NotFound
from myriarch.client.informer import Informer
from myriarch.client.objects import Raw, Unread
from myriarch.drivers.driver import Symptom, Trouble
from myriarch.drivers.machine_objects import (
    DEPLOYMENT_LABEL,
    GROUP,
    ON_DELETE,
    VERSIONS,
    Machine,
    MachineDeployment,
    deployments,
    machines,
)
from myriarch.drivers.mover import Done, Ground, Progress, Waiting
from myriarch.drivers.node import readiness
from myriarch.drivers.orders import REVISION_PREFIX, word_of
from myriarch.drivers.payload_fields import WHERE, Fields, mapping, only, payload_of
from myriarch.drivers.template_turn import TemplateTurn
from myriarch.drivers.transit import Transit, is_heir

TRANSIT_PREFIX: Final = "transit.myriarch.io/"
LOOK_SECONDS: Final = 10.0
AGAIN_SECONDS: Final = 60.0
"""Where Cluster API isn't served, it is asked for again after so long."""


class MachineMover:
    """Moves the Machines of one MachineDeployment."""

    whole = False

    def __init__(self, ground: Ground) -> None:
        target, word = ground.component.spec.target, word_of(ground.component.name)
        self._ground = ground
        self._namespace, self._name = target.namespace, target.name
        self._mark, self._note = REVISION_PREFIX + word, TRANSIT_PREFIX + word
        self._manager = f"myriarch-{ground.component.name}"[:128]
        self._turn = TemplateTurn(ground.ledger)
        self._lock = asyncio.Lock()
        self._transit = Transit()
        self._loaded = False
        self._heirs: set[str] = set()
        self._applied: tuple[str, int] = ("", 0)
        self._version = ""
        self._served = asyncio.Event()
        self._deployments: Informer[MachineDeployment] | None = None
        self._machines: Informer[Machine] | None = None
        self._by_node: dict[str, Machine] = {}

    # What is observed

    async def run(self) -> None:
        if self._misnamed() is not None:
            self._served.set()
            await asyncio.Event().wait()
        self._version = await self._find_version()
        client, clock = self._ground.client, self._ground.clock
        self._deployments = Informer(
            client,
            deployments(self._version),
            MachineDeployment,
            clock,
            namespace=self._namespace,
            field_selector=f"metadata.name={self._name}",
        )
        self._machines = Informer(
            client,
            machines(self._version),
            Machine,
            clock,
            namespace=self._namespace,
            label_selector=f"{DEPLOYMENT_LABEL}={self._name}",
        )
        self._machines.on_change(self._machine_changed)
        self._deployments.on_change(self._deployment_changed)
        self._served.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deployments.run(), name=f"machinedeployment {self._name}")
            group.create_task(self._machines.run(), name=f"machines of {self._name}")

    async def wait_synced(self) -> None:
        await self._served.wait()
        if self._deployments is not None and self._machines is not None:
            await self._deployments.wait_synced()
            await self._machines.wait_synced()

    async def _find_version(self) -> str:
        while True:
            try:
                found = await self._ground.client.read(f"/apis/{GROUP}", Raw)
                served = {each["version"] for each in found["versions"]}
                return next((version for version in VERSIONS if version in served), VERSIONS[-1])
            except ApiError:
                self._served.set()  # what is told meanwhile is the trouble
                await self._ground.clock.sleep(AGAIN_SECONDS)

    def holds(self, node: str) -> bool:
        if node in self._transit:
            return True
        machine = self._by_node.get(node)
        if machine is None or node not in self._ground.nodes:
            return False
        return self._ground.ledger.order_of(node) > 0 or not self._transit.may_inherit(machine)

    def at(self, node: str) -> str | None:
        machine = self._by_node.get(node)
        if machine is None or machine.ending or node in self._transit:
            return ""
        return machine.metadata.annotations.get(self._mark)

    def symptom(self, node: str, now: float) -> tuple[int, float]:
        return Symptom.HEALTHY, 0.0  # a machine fares as its node does

    def trouble(self) -> Trouble | None:
        if (misnamed := self._misnamed()) is not None:
            return misnamed
        if self._deployments is None:
            cure = "Install Cluster API there, or give the component another driver."
            return Trouble("NotServed", f"the cluster serves no {GROUP} of {', '.join(VERSIONS)}. {cure}", blocks=True)
        found = self._deployment()
        if found is None:
            return self._missing() if self._deployments.has_synced else None
        what = f"MachineDeployment {self._namespace}/{self._name}"
        command = f"Run: kubectl -n {self._namespace} patch machinedeployment {self._name} --type=merge -p"
        if found.strategy != ON_DELETE:
            newer = self._version == "v1beta2"
            strategy = '{"strategy":{"type":"OnDelete"}}'
            patch = '{"spec":{"rollout":' + strategy + "}}" if newer else '{"spec":' + strategy + "}"
            return Trouble("NotOnDelete", f"{what} replaces machines by itself. {command} '{patch}'", blocks=True)
        if found.spec.paused:
            return Trouble(
                "TargetPaused", f"{what} is paused. {command} " + '\'{"spec":{"paused":false}}\'', blocks=True
            )
        return None

    # What is done

    async def bring(self, node: str, revision: Revision, *, backward: bool) -> Progress:
        trouble = self.trouble()
        if trouble is not None:
            return Waiting(trouble.message, LOOK_SECONDS)
        template = self._template(revision)
        if node in self._transit:
            return await self._succeed(node)
        if node in self._heirs:  # its order is written on it by now
            async with self._lock:
                await self._write_transit()
            self._heirs.discard(node)
        self._turn.wants(node, revision.name, backward=backward)
        machine = self._by_node.get(node)
        if machine is None:
            return Waiting("the node has no Machine", LOOK_SECONDS)
        if not machine.ending and machine.metadata.annotations.get(self._mark) == revision.name:
            return self._seen(node)
        async with self._lock:
            return await self._replace(node, revision, template, machine)

    def _template(self, revision: Revision) -> Fields:
        payload = payload_of(self._ground, revision, ("template",))
        template = mapping(payload, "template", WHERE, cure="Give the fields of the machine template that it sets.")
        only(template, ("metadata", "spec"), f"{WHERE}.template")
        return template

    def _seen(self, node: str) -> Progress:
        found = self._ground.nodes.get(node)
        if found is None or readiness(found)[0] != 1:
            return Waiting("the new node is not ready yet", LOOK_SECONDS)
        self._turn.ended(node)
        return Done()

    async def _replace(self, node: str, revision: Revision, template: Fields, machine: Machine) -> Progress:
        """Delete the node's Machine, so that one of the revision takes its place."""
        held = self._turn.claim(node, revision.name)
        if held:
            return Waiting(held, LOOK_SECONDS)
        if self._transit.is_full:
            return Waiting("as many machines are being replaced as can be written down", LOOK_SECONDS)
        if not await self._set_template(revision.name, template):
            return Waiting("Cluster API has not seen the template yet", LOOK_SECONDS)
        self._transit.depart(node, self._ground.ledger.text(node), revision.name, self._all_machines())
        self._turn.replaced(node, revision.name, machine.metadata.uid or "")
        await self._write_transit()
        await self._delete(machine)
        return Waiting(f"Machine {machine.metadata.name} is replaced", LOOK_SECONDS)

    async def _delete(self, machine: Machine) -> None:
        meta = machine.metadata
        try:
            await self._ground.client.delete(machines(self._version), meta.name, self._namespace, uid=meta.uid or "")
        except NotFound:
            return  # gone already

    async def _succeed(self, node: str) -> Progress:
        """Find who stands in for a node in transit, and hand the order over."""
        async with self._lock:
            machine = self._by_node.get(node)
            if self._transit.rewrite(node, self._ground.ledger.text(node)):
                await self._write_transit()
            if machine is not None and not machine.ending:
                await self._delete(machine)  # a crash came between writing it down and deleting it
                return Waiting(f"Machine {machine.metadata.name} is replaced", LOOK_SECONDS)
            heir = self._heir(node)
            if heir is None or machine is not None:
                return Waiting("the machine that takes its place is not there yet", LOOK_SECONDS)
            self._transit.name_heir(node, heir)
            await self._write_transit()
            self._hand_over(node, heir)
        return Waiting(f"node {heir} has taken its place", 0.0)

    def _hand_over(self, node: str, heir: str) -> None:
        """In memory; the order is written on the heir next, and when that is done the entry goes."""
        self._heirs.add(heir)
        self._transit.arrive(node)
        self._turn.ended(node)
        self._ground.ledger.inherit(node, heir)
        self._ground.changed([node, heir])

    def _heir(self, node: str) -> str | None:
        """The oldest new machine's node that stands in for nobody."""
        entry = self._transit.get(node)
        assert entry is not None
        found = [
            machine
            for machine in self._by_node.values()
            if is_heir(machine, entry)
            and not machine.ending
            and machine.node in self._ground.nodes
            and not self._ground.ledger.order_of(machine.node)
        ]
        return min(found, key=lambda machine: (machine.born, machine.node)).node if found else None

    async def _set_template(self, revision: str, template: Fields) -> bool:
        """Whether new machines are made from the revision's template now."""
        found = self._deployment()
        assert found is not None
        if self._applied != (revision, found.metadata.generation or 0):
            self._applied = (revision, await self._apply(revision, template))
            found = self._deployment() or found
        name, generation = self._applied
        return name == revision and found.status.observed_generation >= generation

    async def _apply(self, revision: str, template: Fields) -> int:
        metadata = template.get("metadata") or {}
        annotations = {**(metadata.get("annotations") or {}), self._mark: revision}
        ref = deployments(self._version)
        body: dict[str, Any] = {
            "apiVersion": ref.api_version,
            "kind": "MachineDeployment",
            "metadata": {"name": self._name, "namespace": self._namespace},
            "spec": {"template": {**template, "metadata": {**metadata, "annotations": annotations}}},
        }
        applied = await self._ground.client.apply(ref, body, field_manager=self._manager, force=True)
        return int(applied["metadata"].get("generation", 0))

    async def _write_transit(self) -> None:
        patch = {"metadata": {"annotations": {self._note: self._transit.text()}}}
        await self._ground.client.patch(
            deployments(self._version),
            Unread,
            self._name,
            patch,
            namespace=self._namespace,
            field_manager=f"{self._manager}-transit"[:128],
        )

    # What changes

    def _deployment_changed(self, _old: MachineDeployment | None, new: MachineDeployment | None) -> None:
        if new is not None and not self._loaded:
            self._loaded = True
            self._transit.load(new.metadata.annotations.get(self._note, ""))
            for node, entry in self._transit.entries():
                self._ground.ledger.restore(node, entry.order)
                if entry.heir:
                    self._hand_over(node, entry.heir)
                else:
                    self._turn.replaced(node, entry.revision, "")
        self._ground.changed(None)

    def _machine_changed(self, old: Machine | None, new: Machine | None) -> None:
        names = [machine.node for machine in (old, new) if machine is not None and machine.node]
        if old is not None and old.node and (new is None or new.node != old.node):
            self._by_node.pop(old.node, None)
        if new is not None and new.node:
            self._by_node[new.node] = new
        waiting = [node for node, _ in self._transit.entries()]
        self._ground.changed([*names, *waiting])

    def _all_machines(self) -> list[Machine]:
        return list(self._machines.cache.values()) if self._machines is not None else []

    def _deployment(self) -> MachineDeployment | None:
        return self._deployments.get(self._name, self._namespace) if self._deployments is not None else None

    def _missing(self) -> Trouble:
        cure = "Create it, or correct spec.target of the component."
        problem = f"there is no MachineDeployment {self._namespace}/{self._name} in this cluster"
        return Trouble("TargetMissing", f"{problem}. {cure}", blocks=True)

    def _misnamed(self) -> Trouble | None:
        if self._namespace and self._name:
            return None
        cure = "Make the component anew with the namespace and name of the MachineDeployment."
        return Trouble("TargetMissing", f"spec.target: namespace and name must be given. {cure}", blocks=True)
