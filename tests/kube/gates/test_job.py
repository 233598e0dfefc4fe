"""The Job gate on a real control plane, with the rights that ``myriarch install`` gives, and no more."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from tests.gates.people import asked, nothing
from tests.kube.control_plane import ControlPlane
from tests.kube.fixtures import StartControlPlane

from myriarch.api.gates import GATES_NAMESPACE, Gate, Verdict
from myriarch.base.clock import RealClock
from myriarch.client.client import Client
from myriarch.client.kubeconfig import Access
from myriarch.client.remote import RemoteTransport
from myriarch.gates.asker import Asker
from myriarch.gates.fetch import nobody
from myriarch.gates.question import Answer
from myriarch.hub.rights import ACCOUNT, SYSTEM_NAMESPACE, rights_objects

JOBS = f"/apis/batch/v1/namespaces/{GATES_NAMESPACE}/jobs"
RBAC = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{GATES_NAMESPACE}"
WITHIN_SECONDS = 60.0


@pytest.fixture
def plane(control_planes: StartControlPlane) -> ControlPlane:
    """With the namespace and rights of gates, and templates that succeed and fail."""
    plane = control_planes(controller_manager=True, scheduler=True, kwok_nodes=1)
    for name in (SYSTEM_NAMESPACE, GATES_NAMESPACE):
        plane.admin.create("/api/v1/namespaces", {"metadata": {"name": name}})
    for obj in rights_objects():
        if obj["metadata"].get("namespace") == GATES_NAMESPACE:
            plane.admin.create(f"{RBAC}/{obj['kind'].lower()}s", obj)
    for name, story in (("good", ""), ("bad", "fails")):
        container = {"name": "c", "image": "registry.invalid/check:1"}
        annotations = {"tests.myriarch.io/pod": story} if story else {}
        pod = {"metadata": {"annotations": annotations}, "spec": {"restartPolicy": "Never", "containers": [container]}}
        plane.admin.create(
            JOBS, {"metadata": {"name": name}, "spec": {"suspend": True, "backoffLimit": 0, "template": pod}}
        )
    return plane


def answer(plane: ControlPlane, template: str) -> Answer:
    """The gate's verdict, asked by the controllers' account until it has one."""
    token = plane.token_for(SYSTEM_NAMESPACE, ACCOUNT)
    gate = msgspec.convert({"name": template, "timeout": "5m", "job": {"template": template}}, Gate)

    async def main() -> Answer:
        access = Access(plane.url, token=token, ca_pem=plane.ca_file.read_bytes())
        async with RemoteTransport(access) as transport:
            asker = Asker(Client(transport), RealClock(), nobody, nothing)
            async with asyncio.timeout(WITHIN_SECONDS):
                while (found := await asker.ask(gate, asked(gate=template))).verdict is Verdict.HOLD:
                    assert "may not" not in found.message, found.message
                    await asyncio.sleep(0.5)
                return found

    return asyncio.run(main())


def test_its_end_is_the_verdict_and_it_runs_once(plane: ControlPlane) -> None:
    assert answer(plane, "good").verdict is Verdict.PASS
    bad = answer(plane, "bad")
    assert bad.verdict is Verdict.FAIL
    assert f"kubectl -n {GATES_NAMESPACE} logs job/gate-bad-" in bad.message
    made: list[dict[str, Any]] = [
        job for job in plane.admin.get(JOBS)["items"] if job["metadata"]["name"].startswith("gate-")
    ]
    assert len(made) == 2
    assert all(job["spec"]["ttlSecondsAfterFinished"] == 86_400 for job in made)
    assert answer(plane, "good").verdict is Verdict.PASS
    assert len(plane.admin.get(JOBS)["items"]) == 4
