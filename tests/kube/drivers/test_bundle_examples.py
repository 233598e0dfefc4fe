"""The shipped bundles come up on a real cluster with KWOK nodes, upgrade, prune what they drop, and go back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.kube.control_plane import ControlPlane
from tests.kube.drivers.bundles import CONFIG_MAPS, NOTHING, Bundle, bundle, eventually

from myriarch.api.component import Component
from myriarch.api.policy import ReleasePolicy
from myriarch.api.release import Release
from myriarch.api.revision import Revision
from myriarch.cli.manifests import decode_strictly, read_manifest
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import PODS, ResourceRef
from myriarch.drivers.driver import Symptom
from myriarch.drivers.mover import THE_CLUSTER

EXAMPLES = Path(__file__).parents[3] / "examples" / "bundles"
PRIORITIES = ResourceRef("scheduling.k8s.io", "v1", "priorityclasses")
RUNTIMES = ResourceRef("ml.example.com", "v1", "trainruntimes")
TRUSTS = ResourceRef("mesh.example.com", "v1", "peertrusts")
MESH_LABELS = {"topology.kubernetes.io/region": "north", "mesh.example.com/control-replicas": "3"}


def read(folder: str) -> tuple[Component, dict[str, Revision]]:
    component = read_manifest(EXAMPLES / folder / "component.yaml", Component, "file")
    revisions = [read_manifest(path, Revision, "file") for path in sorted((EXAMPLES / folder).glob("revision-*.yaml"))]
    return component, {each.metadata.name: each for each in revisions}


async def running(made: Bundle, *namespaces: str) -> dict[str, int]:
    """Pods that run, by app."""
    counts: dict[str, int] = {}
    for namespace in namespaces:
        for pod in (await made.client.list(PODS, Raw, namespace)).items:
            app = pod["metadata"]["labels"]["app"]
            counts[app] = counts.get(app, 0) + (pod["status"]["phase"] == "Running")
    return counts


async def is_gone(made: Bundle, ref: ResourceRef, name: str, namespace: str = "") -> bool:
    try:
        await made.get(ref, name, namespace)
    except NotFound:
        return True
    return False


def test_the_service_mesh(full_control_plane: ControlPlane) -> None:
    component, revisions = read("service-mesh")

    async def scenario() -> None:
        async with bundle(full_control_plane, "", whole=True, component=component, labels=MESH_LABELS) as made:
            made.revisions.update(revisions)
            await made.bring("service-mesh-none")
            await made.bring("service-mesh-1.0")
            settings = await made.get(CONFIG_MAPS, "mesh-settings", "mesh-system")
            assert (settings["data"]["region"], settings["data"]["network"]) == ("north", "default")
            found = await running(made, "mesh-system", "mesh-ingress")
            assert (found["mesh-control"], found["mesh-gateway"]) == (3, 2)
            assert found["mesh-cni"] >= 5  # one a node

            await made.bring("service-mesh-2.0")
            assert (await made.get(TRUSTS, "default"))["spec"]["mode"] == "Strict"
            assert await is_gone(made, CONFIG_MAPS, "mesh-legacy-bootstrap", "mesh-system")

            await made.bring("service-mesh-1.0", backward=True)
            assert (await made.get(TRUSTS, "default"))["spec"]["mode"] == "Permissive"
            assert not await is_gone(made, CONFIG_MAPS, "mesh-legacy-bootstrap", "mesh-system")
            await eventually(lambda: healthy(made), "it is well")
            assert made.mover.trouble() is None

    asyncio.run(scenario())


def test_the_platform_for_machine_learning(full_control_plane: ControlPlane) -> None:
    component, revisions = read("ml-platform")

    async def scenario() -> None:
        labels = {"ml.example.com/domain": "ml.example.com"}
        async with bundle(full_control_plane, "", whole=True, component=component, labels=labels) as made:
            made.revisions.update(revisions)
            await made.bring("ml-platform-1.0")
            found = await running(made, "ml-system")
            assert found == {
                "model-cache": 2,
                "notebook-controller": 2,
                "train-controller": 2,
                "ml-webhook": 2,
                "dashboard": 1,
            }
            assert (await made.get(RUNTIMES, "torch"))["spec"]["nodePool"] == "gpu"

            await made.bring("ml-platform-1.1")
            assert await is_gone(made, PRIORITIES, "ml-batch")
            assert not await is_gone(made, RUNTIMES, "jax")

            await made.bring("ml-platform-1.0", backward=True)
            assert not await is_gone(made, PRIORITIES, "ml-batch")
            assert await is_gone(made, RUNTIMES, "jax")
            await eventually(lambda: healthy(made), "it is well")

    asyncio.run(scenario())


async def healthy(made: Bundle) -> bool:
    return made.mover.symptom(THE_CLUSTER, 0.0)[0] == Symptom.HEALTHY


@pytest.mark.parametrize("folder", ["service-mesh", "ml-platform"])
def test_the_release_goes_to_a_revision_that_is_there(folder: str) -> None:
    component, revisions = read(folder)
    documents: list[dict[str, Any]] = list(yaml.safe_load_all((EXAMPLES / folder / "release.yaml").read_text()))
    policy, release = decode_strictly(documents[0], ReleasePolicy), decode_strictly(documents[1], Release)
    assert release.spec.component == component.metadata.name
    assert release.spec.revision in revisions
    assert component.spec.initial_revision in revisions
    assert release.spec.policy == policy.metadata.name
    assert all(wave.nodes == "100%" for stage in policy.spec.stages for wave in stage.waves)
    assert NOTHING["manifests"] == revisions[component.spec.initial_revision].spec.payload["manifests"]
