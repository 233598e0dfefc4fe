"""The driver ``daemonset`` on a real control plane: the DaemonSet controller makes the pods, KWOK runs them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from tests.kube.control_plane import ControlPlane
from tests.kube.drivers.member import Member, backward, forget, forward, member, revision_of, settled

from myriarch.api.component import Component, ComponentSpec, DriverName, Target
from myriarch.api.meta import ObjectMeta
from myriarch.api.revision import Revision

IMAGE = "registry.invalid/agent@sha256:" + "0" * 63


def _template(version: str, **annotations: str) -> dict[str, Any]:
    return {
        "metadata": {"annotations": annotations},
        "spec": {"containers": [{"name": "agent", "image": IMAGE + version, "args": [f"--v={version}"]}]},
    }


class Daemon:
    """A DaemonSet in a namespace of its own, as somebody deployed it, and the component that releases it."""

    def __init__(self, plane: ControlPlane, name: str, strategy: str = "OnDelete") -> None:
        self.plane = plane
        self.name = name
        spec = ComponentSpec(
            driver=DriverName.DAEMONSET, target=Target(namespace=name, name="agent"), initial_revision="v1"
        )
        self.component = Component(metadata=ObjectMeta(name=name), spec=spec)
        self.revisions = [self._revision(version) for version in ("1", "2", "3")]
        plane.admin.create("/api/v1/namespaces", {"metadata": {"name": name}})
        template = _template("1")
        template["metadata"] = {"labels": {"app": "agent"}}
        body = {"selector": {"matchLabels": {"app": "agent"}}, "template": template}
        body["updateStrategy"] = {"type": strategy}
        self.path = f"/apis/apps/v1/namespaces/{name}/daemonsets"
        plane.admin.create(self.path, {"metadata": {"name": "agent"}, "spec": body})

    def _revision(self, version: str, **annotations: str) -> Revision:
        return revision_of(self.component, f"v{version}", template=_template(version, **annotations))

    def bad(self, story: str) -> None:
        """From now on pods of v2 live by another story."""
        self.revisions[1] = self._revision("2", **{"tests.myriarch.io/pod": story})

    def images(self) -> dict[str, str]:
        """Last letter of the image by node."""
        pods = self.plane.admin.get(f"/api/v1/namespaces/{self.name}/pods")["items"]
        alive = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"] and pod["spec"].get("nodeName")]
        return {pod["spec"]["nodeName"]: pod["spec"]["containers"][0]["image"][-1] for pod in alive}

    def ready(self) -> bool:
        status = self.plane.admin.get(f"{self.path}/agent").get("status", {})
        return bool(status.get("numberReady", 0) == status.get("desiredNumberScheduled", -1) > 0)

    def count(self, version: str) -> int:
        return list(self.images().values()).count(version)

    def end(self) -> None:
        self.plane.admin.ask("DELETE", f"/api/v1/namespaces/{self.name}")
        forget(self.plane, self.name)


def _play(daemon: Daemon, *acts: Callable[[Member], Awaitable[None]]) -> None:
    """Each act has a driver of its own: between two of them the driver crashed."""

    async def run() -> None:
        await settled(daemon.ready)
        for act in acts:
            async with member(daemon.plane, daemon.component, daemon.revisions) as found:
                await act(found)

    try:
        asyncio.run(run())
    finally:
        daemon.end()


def test_some_nodes_advance_the_driver_dies_and_they_go_back(full_control_plane: ControlPlane) -> None:
    daemon = Daemon(full_control_plane, "agent-there-and-back")

    async def begins(found: Member) -> None:
        assert set(found.standing().values()) == {"v1"}
        await found.work(forward(daemon.component, "v2", 2), lambda status: status.begun == 2)
        await settled(lambda: len(found.waits()) > 0)  # one is under way when the driver dies

    async def ends(found: Member) -> None:
        status = await found.work(forward(daemon.component, "v2", 2), lambda status: status.settled)
        assert (status.begun, status.updated, status.failed) == (2, 2, 0)
        assert daemon.count("2") == 2
        await found.work(forward(daemon.component, "v2", 4), lambda status: status.updated >= 3)

    async def reverts(found: Member) -> None:
        status = await found.work(backward(daemon.component, "v2"), lambda status: status.settled)
        assert status.off_target == 0
        assert daemon.count("1") == len(daemon.images()) == 5
        args = daemon.plane.admin.get(f"{daemon.path}/agent")["spec"]["template"]["spec"]["containers"][0]["args"]
        assert args == ["--v=1"]

    _play(daemon, begins, ends, reverts)


def test_nodes_go_back_to_different_revisions(full_control_plane: ControlPlane) -> None:
    """Two stand at v2 and the others at v1 when v3 comes over them; each goes back to where it was."""
    daemon = Daemon(full_control_plane, "agent-ways-back")

    async def acts(found: Member) -> None:
        await found.work(forward(daemon.component, "v2", 2), lambda status: status.updated == 2)
        found.driver.confirm(daemon.component.name, np.arange(len(found.standing())))
        over = {"attempt": 2, "all_nodes": True, "rollback_to": ""}
        await found.work(forward(daemon.component, "v3", 5, **over), lambda status: status.updated == 5)
        assert daemon.count("3") == 5
        await found.work(
            backward(daemon.component, "v3", **over), lambda status: status.settled and status.off_target == 0
        )
        assert (daemon.count("1"), daemon.count("2")) == (3, 2)

    _play(daemon, acts)


def test_a_pod_that_fails_is_seen_and_taken_back_while_others_stay(full_control_plane: ControlPlane) -> None:
    daemon = Daemon(full_control_plane, "agent-crashes")
    daemon.bad("fails")

    async def harms(found: Member) -> None:
        status = await found.work(forward(daemon.component, "v2", 1), lambda status: status.failed > 0)
        assert status.failures[0].symptom == "crashed"
        await found.work(backward(daemon.component, "v2"), lambda status: status.settled)
        await settled(lambda: daemon.count("1") == 5)

    _play(daemon, harms)


def test_newcomers_come_to_the_proven_revision(full_control_plane: ControlPlane) -> None:
    daemon = Daemon(full_control_plane, "agent-newcomers")

    async def moves(found: Member) -> None:
        await found.work(forward(daemon.component, "v2", 1), lambda status: status.updated == 1)
        stays = next(node for node, version in daemon.images().items() if version == "1")
        pods = daemon.plane.admin.get(f"/api/v1/namespaces/{daemon.name}/pods")["items"]
        pod = next(each["metadata"]["name"] for each in pods if each["spec"]["nodeName"] == stays)
        daemon.plane.admin.ask("DELETE", f"/api/v1/namespaces/{daemon.name}/pods/{pod}")  # made anew as v2
        await settled(lambda: daemon.images().get(stays) == "2")
        await found.work(forward(daemon.component, "v2", 1), lambda _: daemon.images().get(stays) == "1")
        assert daemon.count("2") == 1

    _play(daemon, moves)


@pytest.mark.parametrize("what", ["strategy", "missing"])
def test_trouble_says_how_to_mend_it_and_nothing_begins(full_control_plane: ControlPlane, what: str) -> None:
    daemon = Daemon(full_control_plane, f"agent-trouble-{what}", "RollingUpdate" if what == "strategy" else "OnDelete")

    async def waits(found: Member) -> None:
        if what == "missing":
            daemon.plane.admin.ask("DELETE", f"{daemon.path}/agent")
        await settled(lambda: found.driver.trouble(daemon.name) is not None)
        found.turn(forward(daemon.component, "v2", 2))
        assert found.status is not None
        assert not found.status.settled
        assert found.status.begun == 0
        expected = {"strategy": ("NotOnDelete", "kubectl -n"), "missing": ("TargetMissing", "Create it")}[what]
        assert found.status.reason == expected[0]
        assert expected[1] in found.status.message

    _play(daemon, waits)


def test_a_payload_that_means_nothing_fails_the_node_at_once(full_control_plane: ControlPlane) -> None:
    daemon = Daemon(full_control_plane, "agent-payload")
    daemon.revisions[1] = revision_of(daemon.component, "v2", templates={})

    async def refused(found: Member) -> None:
        status = await found.work(forward(daemon.component, "v2", 1), lambda status: status.failed == 1)
        assert daemon.count("1") == 5
        assert any("spec.payload.templates" in why for why in found.waits().values()), status
        await found.work(backward(daemon.component, "v2"), lambda status: status.settled)

    _play(daemon, refused)
