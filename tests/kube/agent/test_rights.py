"""What `agent --export` gives is enough for the drivers that it is given for, each on a real API server with RBAC."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.kube.agent.house import House, give_rights
from tests.kube.control_plane import ControlPlane
from tests.kube.drivers.bundles import config_map, namespace
from tests.kube.drivers.machines import DEPLOYMENT, Machines
from tests.kube.drivers.member import Member, backward, forward, member, revision_of
from tests.kube.drivers.test_bundle import deployment
from tests.kube.drivers.test_job import QUICK, System

from myriarch.agent.examine import examine
from myriarch.agent.rights import rights_of
from myriarch.api.component import Component, ComponentSpec, DriverName, Target
from myriarch.api.meta import ObjectMeta
from myriarch.api.revision import Revision

pytestmark = pytest.mark.kube
NODES = 3
ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
GEARS = "gears.tests.myriarch.io"
Act = Callable[[Member], Awaitable[None]]


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    folder = tmp_path_factory.mktemp("rights")
    with ControlPlane.start(folder, controller_manager=True, scheduler=True, kwok_nodes=NODES) as started:
        yield started


def exported(plane: ControlPlane, *options: str) -> Path:
    """The agent's account, with what the command prints."""
    give_rights(House(plane, plane), *options)
    return plane.kubeconfig_with_token("agent", plane.token_for("myriarch-system", "myriarch-agent"))


def play(plane: ControlPlane, kubeconfig: Path, component: Component, revisions: list[Revision], act: Act) -> None:
    async def run() -> None:
        async with member(plane, component, revisions, kubeconfig=kubeconfig) as found:
            told = await examine(found.client, rights_of([component.spec.driver], manage=True))
            assert told.permitted.ok, told.permitted.message
            await act(found)

    asyncio.run(run())


def test_jobs_with_what_is_exported_unasked(plane: ControlPlane) -> None:
    system = System(plane, "rights-os")
    system.serve(replicas=2, least=1)
    revisions = [revision_of(system.component, name, **payload) for name, payload in system.payloads.items()]

    async def moves(found: Member) -> None:
        await found.work(forward(system.component, "v2", NODES, rules=QUICK), lambda told: told.updated == NODES)
        await found.work(backward(system.component, "v2", rules=QUICK), lambda told: told.reverted == NODES)
        assert system.cordoned() == []

    play(plane, exported(plane), system.component, revisions, moves)


def test_machines_where_they_are_allowed(plane: ControlPlane) -> None:
    machines = Machines(plane, "rights-pool", 2)
    target = Target(namespace=machines.namespace, name=DEPLOYMENT)
    spec = ComponentSpec(driver=DriverName.MACHINE, target=target, initial_revision="v1")
    component = Component(metadata=ObjectMeta(name=machines.namespace), spec=spec)
    revisions = [
        revision_of(component, f"v{number}", template={"spec": {"version": f"v1.{32 + number}.0"}}) for number in (1, 2)
    ]

    async def moves(found: Member) -> None:
        await found.work(forward(component, "v2", 1), lambda told: told.settled and told.updated == 1)
        await found.work(backward(component, "v2"), lambda told: told.settled)
        assert machines.versions() == ["v1.33.0"] * 2

    try:
        play(plane, exported(plane, "--allow", "machine"), component, revisions, moves)
    finally:
        machines.stop()


def bundle(name: str, *more: dict[str, Any]) -> tuple[Component, list[Revision]]:
    spec = ComponentSpec(driver=DriverName.BUNDLE, initial_revision="v1")
    component = Component(metadata=ObjectMeta(name=name), spec=spec)
    revisions = [
        revision_of(component, f"v{n}", manifests=[*_objects(name, n), *more], timeout="60s", pruneDangerous=True)
        for n in (1, 2)
    ]
    return component, revisions


def _objects(name: str, version: int) -> list[dict[str, Any]]:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web", "namespace": name}}
    role: dict[str, Any] = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role"}
    role |= {"metadata": {"name": "web", "namespace": name}}
    role["rules"] = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]
    settings = config_map(f"settings-{version}", name)
    return [namespace(name), account, role, settings, deployment("web", name, f"example.org/web:{version}")]


def test_bundles_where_they_are_allowed(plane: ControlPlane) -> None:
    component, revisions = bundle("rights-shop")

    async def moves(found: Member) -> None:
        await found.work(forward(component, "v2", 0), lambda _: set(found.standing().values()) == {"v1"})
        await found.work(forward(component, "v2", NODES), lambda told: told.updated == NODES)
        await found.work(backward(component, "v2"), lambda told: told.reverted == NODES)
        left = plane.admin.get("/api/v1/namespaces/rights-shop/configmaps")["items"]
        assert "settings-2" not in [each["metadata"]["name"] for each in left]

    play(plane, exported(plane, "--allow", "bundle"), component, revisions, moves)


def test_a_bundle_of_a_kind_of_its_own_needs_a_role_of_its_own(plane: ControlPlane) -> None:
    name = "rights-gears"
    gear = {"apiVersion": "tests.myriarch.io/v1", "kind": "Gear", "metadata": {"name": "first", "namespace": name}}
    component, revisions = bundle(name, _gears(), gear)

    async def moves(found: Member) -> None:
        def said() -> str:
            trouble = found.driver.trouble(name)
            return trouble.message if trouble else ""

        grant = forward(component, "v2", 0)
        await found.work(grant, lambda _: "gears" in said())
        assert "myriarch.io/aggregate-to-bundles" in said()
        rule = {"apiGroups": ["tests.myriarch.io"], "resources": ["gears"], "verbs": ["*"]}
        labels = {"myriarch.io/aggregate-to-bundles": "true"}
        plane.admin.create(ROLES, {"metadata": {"name": "gears", "labels": labels}, "rules": [rule]})
        await found.work(grant, lambda _: set(found.standing().values()) == {"v1"})

    play(plane, exported(plane, "--allow", "bundle"), component, revisions, moves)


def _gears() -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    names = {"plural": "gears", "singular": "gear", "kind": "Gear"}
    spec = {"group": "tests.myriarch.io", "scope": "Namespaced", "names": names, "versions": [version]}
    head = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return head | {"metadata": {"name": GEARS}, "spec": spec}
