"""The driver ``job`` on a real control plane: Jobs, scheduling and evictions are real, and KWOK runs the pods."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.kube.control_plane import ControlPlane
from tests.kube.drivers.member import Member, backward, forget, forward, member, revision_of, settled

from myriarch.api.component import Component, ComponentSpec, DriverName, Target
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import NodeRules

IMAGE = "registry.invalid/os@sha256:" + "0" * 64
QUICK = NodeRules(max_unavailable="100%", soak="1s", failure_grace="2s", update_timeout="60s")


def _run(*args: str, story: str = "") -> dict[str, Any]:
    annotations = {"tests.myriarch.io/pod": story} if story else {}
    container = {"name": "job", "image": IMAGE, "args": list(args)}
    return {"template": {"metadata": {"annotations": annotations}, "spec": {"containers": [container]}}}


class System:
    """A component of nodes, and a web server that must stay up, in a namespace of their own."""

    def __init__(self, plane: ControlPlane, name: str, **drain: Any) -> None:
        self.plane = plane
        self.name = name
        spec = ComponentSpec(driver=DriverName.JOB, target=Target(namespace=name, name=""), initial_revision="v1")
        self.component = Component(metadata=ObjectMeta(name=name), spec=spec)
        rules = {"timeout": "30s", "deleteEmptyDirData": True, "force": True} | drain
        payloads = {version: {"job": _run("install", version), "drain": rules} for version in ("v1", "v2", "v3")}
        payloads["v2"]["undo"] = _run("remove", "v2")
        self.payloads = payloads
        plane.admin.create("/api/v1/namespaces", {"metadata": {"name": name}})

    def serve(self, replicas: int, least: int) -> None:
        labels = {"app": "web"}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": IMAGE}]}}
        spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
        path = f"/apis/apps/v1/namespaces/{self.name}/deployments"
        self.plane.admin.create(path, {"metadata": {"name": "web"}, "spec": spec})
        budget = {"minAvailable": least, "selector": {"matchLabels": labels}}
        path = f"/apis/policy/v1/namespaces/{self.name}/poddisruptionbudgets"
        self.plane.admin.create(path, {"metadata": {"name": "web-stays"}, "spec": budget})

    def serving(self) -> list[str]:
        """Nodes of the web server's ready pods."""
        pods = self.plane.admin.get(f"/api/v1/namespaces/{self.name}/pods?labelSelector=app%3Dweb")["items"]
        ready = [p for p in pods if p["status"]["phase"] == "Running" and "deletionTimestamp" not in p["metadata"]]
        return [pod["spec"]["nodeName"] for pod in ready]

    def node(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.plane.admin.get(f"/api/v1/nodes/{name}")
        return found

    def labels(self) -> dict[str, str]:
        nodes = self.plane.admin.get("/api/v1/nodes")["items"]
        label = f"revision.myriarch.io/{self.name}"
        return {n["metadata"]["name"]: n["metadata"].get("labels", {}).get(label, "") for n in nodes}

    def cordoned(self) -> list[str]:
        nodes = self.plane.admin.get("/api/v1/nodes")["items"]
        return [node["metadata"]["name"] for node in nodes if node["spec"].get("unschedulable")]

    def jobs(self) -> list[list[str]]:
        """What the Jobs were told, oldest first."""
        jobs = self.plane.admin.get(f"/apis/batch/v1/namespaces/{self.name}/jobs")["items"]
        jobs.sort(key=lambda job: job["metadata"]["creationTimestamp"])
        return [job["spec"]["template"]["spec"]["containers"][0]["args"] for job in jobs]

    def play(self, *acts: Callable[[Member], Awaitable[None]]) -> None:
        """Each act has a driver of its own: between two of them the driver crashed."""
        revisions = [revision_of(self.component, name, **payload) for name, payload in self.payloads.items()]

        async def run() -> None:
            for act in acts:
                async with member(self.plane, self.component, revisions) as found:
                    await act(found)

        try:
            asyncio.run(run())
        finally:
            self.plane.admin.ask("DELETE", f"/api/v1/namespaces/{self.name}")
            forget(self.plane, self.name)


def test_nodes_are_emptied_changed_and_used_again_through_a_crash_and_back(full_control_plane: ControlPlane) -> None:
    system = System(full_control_plane, "os-there-and-back")
    system.serve(replicas=5, least=4)
    grant = forward(system.component, "v2", 2, rules=QUICK)

    async def begins(found: Member) -> None:
        await settled(lambda: len(system.serving()) == 5)
        await found.work(grant, lambda status: status.begun == 2)
        await settled(lambda: len(system.cordoned()) > 0)

    async def ends(found: Member) -> None:
        assert len(system.serving()) >= 4
        await found.work(grant, lambda status: status.settled and status.updated == 2)
        await settled(lambda: sorted(system.labels().values()) == ["", "", "", "v2", "v2"])
        assert system.cordoned() == []
        assert system.jobs() == [["install", "v2"]] * 2
        assert len(system.serving()) >= 4

    async def reverts(found: Member) -> None:
        await found.work(backward(system.component, "v2", rules=QUICK), lambda status: status.settled)
        await settled(lambda: sorted(system.labels().values()) == ["", "", "", "v1", "v1"])
        assert system.jobs().count(["remove", "v2"]) == 2
        assert system.cordoned() == []

    system.play(begins, ends, reverts)


def test_a_budget_is_honoured_and_named_when_time_is_up(
    full_control_plane: ControlPlane,
) -> None:
    system = System(full_control_plane, "os-budget", timeout="3s")
    system.serve(replicas=1, least=1)
    grant = forward(system.component, "v2", 5, rules=QUICK)

    async def holds(found: Member) -> None:
        await settled(lambda: len(system.serving()) == 1)
        (busy,) = system.serving()
        status = await found.work(grant, lambda status: status.failed == 1 and status.updated == 4)
        assert system.serving() == [busy]  # never deleted instead
        assert busy in system.cordoned()
        assert "web-stays" in found.waits()[busy], found.waits()
        assert status.failures[0].nodes == [busy]
        await found.work(backward(system.component, "v2", rules=QUICK), lambda status: status.settled)
        assert system.cordoned() == []
        assert system.serving() == [busy]
        assert not [labels for labels in system.labels().values() if labels == "v2"]

    system.play(holds)


def test_a_node_that_somebody_cordoned_stays_cordoned(full_control_plane: ControlPlane) -> None:
    system = System(full_control_plane, "os-cordoned")
    name = "node-0001"
    full_control_plane.admin.merge(f"/api/v1/nodes/{name}", {"spec": {"unschedulable": True}})

    async def moves(found: Member) -> None:
        grant = forward(system.component, "v2", 5, rules=QUICK)
        await found.work(grant, lambda status: status.updated == 5)
        assert system.cordoned() == [name]

    system.play(moves)


def test_a_job_that_fails_is_told_at_once_and_undone(full_control_plane: ControlPlane) -> None:
    system = System(full_control_plane, "os-fails")
    system.payloads["v2"]["job"] = _run("install", "v2", story="fails") | {"backoffLimit": 0}

    async def fails(found: Member) -> None:
        grant = forward(system.component, "v2", 1, rules=QUICK)
        await found.work(grant, lambda status: status.failed == 1)
        (why,) = found.waits().values()
        assert "failed" in why
        assert "kubectl" in why
        await found.work(backward(system.component, "v2", rules=QUICK), lambda status: status.settled)
        assert system.jobs() == [["install", "v2"], ["remove", "v2"]]
        assert system.cordoned() == []

    system.play(fails)
