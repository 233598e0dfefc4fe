"""The driver ``machine`` on a real API server; the machine controllers are played by ``machines.py``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.kube.control_plane import ControlPlane
from tests.kube.drivers.machines import DEPLOYMENT, Machines
from tests.kube.drivers.member import Member, backward, forward, member, revision_of, settled

from myriarch.api.component import Component, ComponentSpec, DriverName, Target
from myriarch.api.meta import ObjectMeta


def _component(namespace: str) -> Component:
    target = Target(namespace=namespace, name=DEPLOYMENT)
    spec = ComponentSpec(driver=DriverName.MACHINE, target=target, initial_revision="v1")
    return Component(metadata=ObjectMeta(name=namespace), spec=spec)


def _play(plane: ControlPlane, machines: Machines, *acts: Callable[[Member], Awaitable[None]] | None) -> None:
    """Each act has a driver of its own: between two of them the driver crashed. None: while no driver is there, the
    Machines on their way out are replaced."""
    component = _component(machines.namespace)
    versions = {"v1": "v1.33.0", "v2": "v1.34.0"}
    revisions = [
        revision_of(component, name, template={"spec": {"version": version}}) for name, version in versions.items()
    ]

    async def run() -> None:
        for act in acts:
            if act is None:
                machines.hold.clear()
                await settled(lambda: not machines.ending())
                continue
            async with member(plane, component, revisions) as found:
                await act(found)

    try:
        asyncio.run(run())
    finally:
        machines.stop()


def test_machines_are_replaced_and_the_new_nodes_inherit_the_attempt(control_plane: ControlPlane) -> None:
    machines = Machines(control_plane, "pool-there-and-back", 5)
    component = _component(machines.namespace)
    first = machines.nodes()

    async def begins(found: Member) -> None:
        assert set(found.standing()) == set(first)
        machines.hold.set()
        await found.work(forward(component, "v2", 2), lambda status: status.begun == 2)
        await settled(lambda: bool(machines.ending()))

    async def ends(found: Member) -> None:
        """The nodes that were moving are gone, others took their place; no more than the ceiling ever begin."""
        begun = set[int]()

        def done(status: object) -> bool:
            assert found.status is not None
            begun.add(found.status.begun)
            return found.status.settled and found.status.updated == 2

        await found.work(forward(component, "v2", 2), done)
        assert max(begun) == 2
        assert machines.versions() == ["v1.33.0"] * 3 + ["v1.34.0"] * 2
        assert len(set(first) & set(machines.nodes())) == 3
        await settled(lambda: not [key for key in machines.notes() if key.startswith("transit")])

    async def reverts(found: Member) -> None:
        status = await found.work(backward(component, "v2"), lambda status: status.settled)
        assert (status.off_target, status.nodes) == (0, 5)
        assert machines.versions() == ["v1.33.0"] * 5
        assert len(set(first) & set(machines.nodes())) == 3  # who never began was not touched

    _play(control_plane, machines, begins, None, ends, reverts)


def test_a_revert_while_the_machine_is_replaced_goes_on_with_the_new_one(control_plane: ControlPlane) -> None:
    machines = Machines(control_plane, "pool-turns-back", 3)
    component = _component(machines.namespace)

    async def turns(found: Member) -> None:
        machines.hold.set()
        await found.work(forward(component, "v2", 1), lambda status: status.begun == 1)
        await settled(lambda: bool(machines.ending()))
        found.turn(backward(component, "v2"))
        machines.hold.clear()
        await found.work(backward(component, "v2"), lambda status: status.settled and status.reverted == 1)
        assert machines.versions() == ["v1.33.0"] * 3

    _play(control_plane, machines, turns)


def test_a_deployment_that_replaces_by_itself_is_trouble(control_plane: ControlPlane) -> None:
    machines = Machines(control_plane, "pool-trouble", 1)
    component = _component(machines.namespace)
    patch = {"spec": {"rollout": {"strategy": {"type": "RollingUpdate"}}}}
    machines.rest.merge(f"{machines.path}/machinedeployments/{DEPLOYMENT}", patch)

    async def waits(found: Member) -> None:
        await settled(lambda: found.driver.trouble(component.name) is not None)
        found.turn(forward(component, "v2", 1))
        assert found.status is not None
        assert (found.status.reason, found.status.begun) == ("NotOnDelete", 0)
        assert "kubectl -n pool-trouble patch machinedeployment workers" in found.status.message

    _play(control_plane, machines, waits)
