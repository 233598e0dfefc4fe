"""A bundle on a real cluster: what is applied comes up, in order; what is no longer wanted goes; crashes heal."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.kube.control_plane import ControlPlane
from tests.kube.drivers.bundles import CONFIG_MAPS, DEPLOYMENTS, Bundle, bundle, config_map, eventually, namespace

from myriarch.client.errors import ApiError, NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import PODS, ResourceRef
from myriarch.drivers.driver import Symptom
from myriarch.drivers.mover import THE_CLUSTER, Done

GEARS = ResourceRef("bundle.example.com", "v1", "gears", namespaced=True)

GEAR_CRD: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gears.bundle.example.com"},
    "spec": {
        "group": "bundle.example.com",
        "scope": "Namespaced",
        "names": {"kind": "Gear", "plural": "gears", "singular": "gear"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"spec": {"type": "object", "properties": {"teeth": {"type": "integer"}}}},
                    }
                },
            }
        ],
    },
}


def gear(name: str, where: str, teeth: int) -> dict[str, Any]:
    head = {"apiVersion": "bundle.example.com/v1", "kind": "Gear", "metadata": {"name": name, "namespace": where}}
    return {**head, "spec": {"teeth": teeth}}


def deployment(name: str, where: str, image: str, story: str = "", **metadata: Any) -> dict[str, Any]:
    labels = {"app": name}
    template: dict[str, Any] = {
        "metadata": {"labels": labels, "annotations": {"tests.myriarch.io/pod": story}},
        "spec": {"containers": [{"name": "main", "image": image}]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": where, **metadata},
        "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template},
    }


async def gone(made: Bundle, ref: ResourceRef, name: str, where: str = "") -> bool:
    try:
        await made.get(ref, name, where)
    except NotFound:
        return True
    return False


def test_kinds_come_first_and_what_is_no_longer_wanted_goes(full_control_plane: ControlPlane) -> None:
    where = "bundle-order"

    async def scenario() -> None:
        async with bundle(full_control_plane, where, whole=True) as made:
            backwards = [gear("g", where, 8), deployment("d", where, "example.org/d:1"), GEAR_CRD, namespace(where)]
            await made.bring("v1", {"manifests": backwards})
            assert (await made.get(GEARS, "g", where))["spec"]["teeth"] == 8
            assert (await made.get(DEPLOYMENTS, "d", where))["status"]["readyReplicas"] == 2

            await made.bring(
                "v2", {"manifests": [deployment("d", where, "example.org/d:2"), GEAR_CRD, namespace(where)]}
            )
            assert await gone(made, GEARS, "g", where)
            found = await made.get(DEPLOYMENTS, "d", where)
            assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "example.org/d:2"
            assert found["status"]["updatedReplicas"] == 2

            await made.bring("v1", backward=True)
            assert (await made.get(GEARS, "g", where))["spec"]["teeth"] == 8
            assert made.mover.symptom(THE_CLUSTER, 0.0)[0] == Symptom.HEALTHY

    asyncio.run(scenario())


def test_kinds_and_namespaces_outlive_a_revision_unless_it_says_otherwise(full_control_plane: ControlPlane) -> None:
    where = "bundle-danger"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            await made.bring("v1", {"manifests": [namespace(where), config_map("c", where, a="1")]})
            await made.bring("v2", {"manifests": []})
            assert await gone(made, CONFIG_MAPS, "c", where)
            assert not await gone(made, ResourceRef("", "v1", "namespaces"), where)
            await made.bring("v1")  # it may be taken up again: it still bears the bundle's label

    asyncio.run(scenario())


def test_nothing_is_applied_when_one_object_is_refused(full_control_plane: ControlPlane) -> None:
    where = "bundle-refused"
    wrong = deployment("d", where, "example.org/d:1")
    wrong["spec"]["replica"] = 3
    short = deployment("e", where, "example.org/e:1")
    short["spec"]["replicas"] = -1

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            await made.bring("v1", {"manifests": [namespace(where), config_map("c", where, a="1")]})
            said = await made.stuck("v2", {"manifests": [namespace(where), config_map("c", where, a="2"), wrong]})
            assert said.startswith("ApplyRefused: Deployment.apps bundle-refused/d: ")
            assert "replica" in said
            said = await made.stuck("v3", {"manifests": [namespace(where), config_map("c", where, a="3"), short]})
            assert "spec.replicas" in said
            assert (await made.get(CONFIG_MAPS, "c", where))["data"] == {"a": "1"}
            assert made.mover.at(THE_CLUSTER) == "v1"

    asyncio.run(scenario())


def test_a_crash_half_way_leaves_nothing_that_nobody_knows(full_control_plane: ControlPlane) -> None:
    where = "bundle-crash"

    async def scenario() -> None:
        async with bundle(full_control_plane, where, keep=True) as made:
            await made.bring("v1", {"manifests": [namespace(where), config_map("old", where)]})
            waits = {"apiVersion": "v1", "kind": "ConfigMap", "namespace": where, "name": "signal"}
            made.revision("v2", {"manifests": [namespace(where), config_map("new", where)], "waitFor": [waits]})
            for _ in range(3):
                assert not isinstance(await made.step("v2"), Done)
        async with bundle(full_control_plane, where) as again:
            assert again.mover.at(THE_CLUSTER) == "v1"
            await again.bring("v1", {"manifests": [namespace(where), config_map("old", where)]}, backward=True)
            assert await gone(again, CONFIG_MAPS, "new", where)
            assert not await gone(again, CONFIG_MAPS, "old", where)

    asyncio.run(scenario())


@pytest.mark.parametrize("story", ["never-ready"])
def test_what_does_not_come_up_in_time_is_told(full_control_plane: ControlPlane, story: str) -> None:
    where = "bundle-late"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            objects = [namespace(where), deployment("d", where, "example.org/d:1", story)]
            said = await made.stuck("v1", {"manifests": objects, "timeout": "3s"})
            assert said.startswith("NotReadyInTime: Not Current within 3 s: Deployment.apps bundle-late/d: 0 of 2")

            async def told() -> bool:
                return made.mover.symptom(THE_CLUSTER, 0.0)[0] == Symptom.UPDATE_TIMEOUT

            await eventually(told, "the symptom shows")

    asyncio.run(scenario())


def test_steps_wait_for_one_another(full_control_plane: ControlPlane) -> None:
    where = "bundle-steps"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            second = config_map("after", where)
            second["metadata"]["annotations"] = {"myriarch.io/step": "1"}
            first = deployment("d", where, "example.org/d:1", "never-ready")
            payload = {"manifests": [second, namespace(where), first], "timeout": "3s"}
            assert "Deployment.apps bundle-steps/d" in await made.stuck("v1", payload)
            assert await gone(made, CONFIG_MAPS, "after", where)
            first["spec"]["template"]["metadata"]["annotations"] = {}
            await made.bring("v2", {"manifests": [second, namespace(where), first]})
            assert not await gone(made, CONFIG_MAPS, "after", where)

    asyncio.run(scenario())


def test_pods_that_can_not_start_are_told_before_any_deadline(full_control_plane: ControlPlane) -> None:
    where = "bundle-crash-loop"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            objects = [namespace(where), deployment("d", where, "example.org/d:1", "by-hand")]
            made.revision("v1", {"manifests": objects})
            await eventually(lambda: breaks_a_pod(made, where), "a pod is there")
            said = await made.stuck("v1")
            assert said.startswith("ObjectFailed: Deployment.apps bundle-crash-loop/d: container main of pod d-")
            assert "CrashLoopBackOff" in said
            await made.bring("v2", {"manifests": [namespace(where)]}, backward=True)

    asyncio.run(scenario())


async def breaks_a_pod(made: Bundle, where: str) -> bool:
    """The kubelet, played by the test: the first container keeps crashing."""
    await made.step("v1")
    pods = (await made.client.list(PODS, Raw, where)).items
    waiting = {"name": "main", "image": "", "imageID": "", "ready": False, "restartCount": 5}
    status = {"containerStatuses": [waiting | {"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}
    for pod in pods[:1]:
        name = pod["metadata"]["name"]
        await made.client.patch(PODS, Raw, name, {"status": status}, namespace=where, subresource="status")
    return bool(pods)


def test_a_webhook_that_blocks_everything_does_not_block_the_way_back(full_control_plane: ControlPlane) -> None:
    where = "bundle-webhook"

    async def scenario() -> None:
        async with bundle(full_control_plane, where) as made:
            await made.bring(
                "v1", {"manifests": [namespace(where), config_map("c", where, a="1"), hook(where, "pods")]}
            )
            bad = [namespace(where), config_map("c", where, a="2"), hook(where, "configmaps"), hook(where, "secrets")]
            bad[3]["metadata"]["name"] = f"{where}-more"
            await made.bring("v2", {"manifests": bad, "drift": "Report"})
            with pytest.raises(ApiError, match="failed calling webhook"):
                await made.client.create(CONFIG_MAPS, config_map("d", where))
            await made.bring("v1", backward=True)
            assert (await made.get(CONFIG_MAPS, "c", where))["data"] == {"a": "1"}
            await made.client.create(CONFIG_MAPS, config_map("d", where))

    asyncio.run(scenario())


def hook(where: str, resource: str) -> dict[str, Any]:
    """A webhook whose server nobody runs, for objects of the namespace."""
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": [resource]}
    webhook = {
        "name": f"{where}.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "timeoutSeconds": 1,
        "failurePolicy": "Fail",
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": where}},
        "rules": [rule],
        "clientConfig": {"service": {"name": "absent", "namespace": where}},
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": where},
        "webhooks": [webhook],
    }
