"""Sources of a bundle rendered by the real programs: charts by helm, kustomizations by kubectl; and parameters."""

from __future__ import annotations

import asyncio
import base64
import io
import tarfile
from typing import Any

import pytest
from tests.kube.components import binary
from tests.kube.control_plane import ControlPlane
from tests.kube.drivers.bundles import CONFIG_MAPS, NOTHING, bundle, namespace

from myriarch.api.component import Parameter

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
TEMPLATE = """
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-settings}
data:
  region: {{ required "a region is needed" .Values.region | quote }}
  size: {{ .Values.size | quote }}
  minor: {{ .Capabilities.KubeVersion.Minor | quote }}
"""
HOOK = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: hooked
  annotations: {"helm.sh/hook": "%s"}
"""
FILES = {"Chart.yaml": CHART, "templates/settings.yaml": TEMPLATE, "values.yaml": "size: small\n"}
REGION = Parameter(name="region", label="example.com/region")
SIZE = Parameter(name="size", label="example.com/size", default="large")


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYRIARCH_HELM", str(binary("helm")))
    monkeypatch.setenv("MYRIARCH_KUBECTL", str(binary("kubectl")))


def chart(**values: Any) -> dict[str, Any]:
    return {"files": FILES, "values": values, "releaseName": "shop"}


def test_a_chart_is_rendered_with_the_cluster_s_values(full_control_plane: ControlPlane) -> None:
    where = "bundle-chart"

    async def scenario() -> None:
        labels = {"example.com/region": "north"}
        async with bundle(full_control_plane, where, labels=labels, parameters=[REGION, SIZE]) as made:
            await made.bring("space", {"manifests": [namespace(where)]})
            await made.bring("v1", {"chart": chart(region="${region}", size="${size}"), "namespace": where})
            found = (await made.get(CONFIG_MAPS, "shop-settings", where))["data"]
            assert found == {"region": "north", "size": "large", "minor": "34"}

            packed = {"archive": archive(FILES), "values": {"region": "south"}, "releaseName": "shop"}
            await made.bring("v2", {"chart": packed, "namespace": where})
            assert (await made.get(CONFIG_MAPS, "shop-settings", where))["data"]["region"] == "south"
            await made.bring("end", {"manifests": [namespace(where)], "pruneDangerous": True})

    asyncio.run(scenario())


def test_a_chart_that_does_not_render_says_what_helm_says(full_control_plane: ControlPlane) -> None:
    async def scenario() -> None:
        async with bundle(full_control_plane, "bundle-broken-chart") as made:
            said = await made.stuck("v1", {"chart": chart()})
            assert said.startswith("ChartNotRendered: payload.chart: 'shop': ")
            assert "a region is needed" in said
            assert "/tmp" not in said
            broken = {"files": {**FILES, "templates/x.yaml": "{{ end }}"}, "values": {"region": "north"}}
            assert "x.yaml" in await made.stuck("v2", {"chart": broken})
            await made.bring("nothing", NOTHING)
            assert made.mover.trouble() is None

    asyncio.run(scenario())


@pytest.mark.parametrize(("hook", "refused"), [("test", False), ("pre-upgrade", True)])
def test_hooks_that_would_have_to_run_are_refused(full_control_plane: ControlPlane, hook: str, refused: bool) -> None:
    files = {"Chart.yaml": CHART, "templates/hook.yaml": HOOK % hook}

    async def scenario() -> None:
        async with bundle(full_control_plane, "bundle-hooks") as made:
            made.revision("v1", {"chart": {"files": files}, "namespace": "default"})
            if refused:
                assert "hooks of charts are not run" in await made.stuck("v1")
            else:
                await made.bring("v1")

    asyncio.run(scenario())


def test_a_kustomization_is_built(full_control_plane: ControlPlane) -> None:
    where = "bundle-kustomize"
    files = {
        "kustomization.yaml": f"namespace: {where}\nresources: [base, space.yaml]\nnamePrefix: pre-\n",
        "space.yaml": f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {where}}}\n",
        "base/kustomization.yaml": "resources: [c.yaml]\n",
        "base/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {region: '${region}'}\n",
    }

    async def scenario() -> None:
        parameters = [Parameter(name="region", default="west")]
        async with bundle(full_control_plane, where, parameters=parameters) as made:
            await made.bring("v1", {"kustomize": {"files": files}})
            assert (await made.get(CONFIG_MAPS, "pre-c", where))["data"] == {"region": "west"}
            wrong = {"kustomization.yaml": "resources: [absent.yaml]\n"}
            assert "absent.yaml" in await made.stuck("v2", {"kustomize": {"files": wrong}})
            remote = {"kustomization.yaml": "resources: [https://example.org/base.yaml]\n"}
            assert "lies elsewhere" in await made.stuck("v3", {"kustomize": {"files": remote}})

    asyncio.run(scenario())


def test_a_cluster_without_the_label_is_told_which(full_control_plane: ControlPlane) -> None:
    async def scenario() -> None:
        async with bundle(full_control_plane, "bundle-unlabelled", parameters=[REGION]) as made:
            said = await made.stuck("v1", {"manifests": []})
            assert said.startswith("PayloadInvalid: spec.parameters[region]: 'example.com/region'")
            assert "Set the label example.com/region on the Cluster" in said
            made.labels["example.com/region"] = "north"
            await made.bring("v1")

    asyncio.run(scenario())


def test_without_helm_it_says_how_to_get_it(full_control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYRIARCH_HELM", "no-such-helm")

    async def scenario() -> None:
        async with bundle(full_control_plane, "bundle-no-helm") as made:
            said = await made.stuck("v1", {"chart": chart(region="north")})
            assert "helm is not there. Install helm where the agent runs, or set MYRIARCH_HELM" in said

    asyncio.run(scenario())


def archive(files: dict[str, str]) -> str:
    """The files as ``helm package`` packs them, in base64."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"shop/{path}")
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return base64.b64encode(packed.getvalue()).decode()
