"""Built-in workloads: what the server completes and checks, and the subresources of pods."""

from __future__ import annotations

from typing import Any

import pytest
from tests.apiserver.embedded import MERGE, Api, run

CORE = "/api/v1/namespaces/default"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
STRATEGIC = "application/strategic-merge-patch+json"


def template(image: str = "app:1") -> dict[str, Any]:
    return {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "main", "image": image}]}}


def deployment() -> dict[str, Any]:
    return {"replicas": 2, "selector": {"matchLabels": {"app": "a"}}, "template": template()}


def test_a_deployment_is_completed_scaled_and_printed() -> None:
    async def main() -> None:
        api = Api()
        made = await api.made(DEPLOYMENTS, "a", spec=deployment())
        assert made["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": "25%", "maxSurge": "25%"}
        pod = made["spec"]["template"]["spec"]
        assert (pod["restartPolicy"], pod["containers"][0]["imagePullPolicy"]) == ("Always", "IfNotPresent")
        assert made["metadata"]["generation"] == 1
        _, scale = await api.call("PATCH", f"{DEPLOYMENTS}/a/scale", {"spec": {"replicas": 4}}, media=MERGE)
        assert (scale["spec"]["replicas"], scale["status"]["selector"]) == (4, "app=a")
        _, table = await api.call("GET", DEPLOYMENTS, accept="application/json;as=Table;v=v1;g=meta.k8s.io")
        assert table["rows"][0]["cells"][:4] == ["a", "0/4", 0, 0]

    run(main)


def test_strategic_merge_goes_by_the_name_of_a_container() -> None:
    async def main() -> None:
        api = Api()
        await api.made(DEPLOYMENTS, "a", spec=deployment())
        patch = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "side"}]}}}}
        _, new = await api.call("PATCH", f"{DEPLOYMENTS}/a", patch, media=STRATEGIC)
        pulled = {c["name"]: c["imagePullPolicy"] for c in new["spec"]["template"]["spec"]["containers"]}
        assert pulled == {"main": "IfNotPresent", "side": "Always"}

    run(main)


def test_a_workload_must_select_its_own_pods() -> None:
    async def main() -> None:
        api = Api()
        spec = {**deployment(), "selector": {"matchLabels": {"app": "b"}}}
        status, body = await api.call("POST", DEPLOYMENTS, {"metadata": {"name": "a"}, "spec": spec})
        assert (status, body["details"]["causes"][0]["field"]) == (422, "spec.template.metadata.labels")

    run(main)


def test_secrets_keep_text_in_base64_and_can_be_frozen() -> None:
    async def main() -> None:
        api = Api()
        secret = await api.made(f"{CORE}/secrets", "s", stringData={"a": "b"}, immutable=True)
        assert (secret["data"], secret["type"], "stringData" in secret) == ({"a": "Yg=="}, "Opaque", False)
        status, _ = await api.call("PATCH", f"{CORE}/secrets/s", {"data": {"a": "Yw=="}}, media=MERGE)
        assert status == 422

    run(main)


def test_services_get_an_address_and_keep_it() -> None:
    async def main() -> None:
        api = Api()
        made = await api.made(f"{CORE}/services", "s", spec={"ports": [{"port": 80}], "selector": {"app": "a"}})
        assert made["spec"]["clusterIP"].startswith("10.")
        assert made["spec"]["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
        del made["spec"]["clusterIP"], made["spec"]["clusterIPs"]
        _, again = await api.call("PUT", f"{CORE}/services/s", made)
        assert again["spec"]["clusterIP"]

    run(main)


async def running_pod(api: Api, name: str = "p") -> str:
    await api.made(f"{CORE}/pods", name, spec=template()["spec"])
    path = f"{CORE}/pods/{name}"
    labels = {"metadata": {"labels": {"app": "a"}}}
    await api.call("PATCH", path, labels, media=MERGE)
    status, body = await api.call("POST", f"{path}/binding", {"target": {"kind": "Node", "name": "n1"}})
    assert status == 201, body
    await api.call("PATCH", f"{path}/status", {"status": {"phase": "Running"}}, media=MERGE)
    return path


def test_a_pod_is_bound_once_and_ends_in_its_own_time() -> None:
    async def main() -> None:
        api = Api()
        path = await running_pod(api)
        _, pod = await api.call("GET", path)
        assert (pod["spec"]["nodeName"], pod["status"]["qosClass"]) == ("n1", "BestEffort")
        assert (await api.call("POST", f"{path}/binding", {"target": {"name": "n2"}}))[0] == 409
        _, ending = await api.call("DELETE", path)
        assert ending["metadata"]["deletionGracePeriodSeconds"] == 30
        assert (await api.call("DELETE", path, gracePeriodSeconds="0"))[0] == 200
        assert (await api.call("GET", path))[0] == 404

    run(main)


def test_eviction_keeps_to_the_budget() -> None:
    async def main() -> None:
        api = Api()
        path = await running_pod(api)
        budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
        spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "a"}}}
        await api.made(budgets, "b", spec=spec)
        status, body = await api.call("POST", f"{path}/eviction", {})
        assert (status, body["details"]["causes"][0]["reason"]) == (429, "DisruptionBudget")
        assert body["details"]["retryAfterSeconds"] == 10  # nobody has counted the pods yet
        seen = {"status": {"observedGeneration": 1, "disruptionsAllowed": 1, "currentHealthy": 2}}
        await api.call("PATCH", f"{budgets}/b/status", seen, media=MERGE)
        assert (await api.call("POST", f"{path}/eviction", {}))[0] == 201
        _, budget = await api.call("GET", f"{budgets}/b")
        assert budget["status"]["disruptionsAllowed"] == 0
        assert list(budget["status"]["disruptedPods"]) == ["p"]
        second = await running_pod(api, "q")
        assert (await api.call("POST", f"{second}/eviction", {}))[0] == 429

    run(main)


@pytest.mark.parametrize("way", ["attach", "exec", "log", "portforward"])
def test_what_would_reach_into_a_container_is_refused_at_once(way: str) -> None:
    async def main() -> None:
        api = Api()
        path = await running_pod(api)
        status, body = await api.call("GET", f"{path}/{way}")
        assert (status, body["reason"]) == (501, "NotImplemented")
        assert "simulated" in body["message"]

    run(main)


@pytest.mark.parametrize(
    ("policy", "finalizer"), [("Foreground", "foregroundDeletion"), ("Orphan", "orphan"), ("Background", "")]
)
def test_the_policy_of_a_deletion_is_written_down(policy: str, finalizer: str) -> None:
    async def main() -> None:
        api = Api()
        await api.made(DEPLOYMENTS, "a", spec=deployment())
        status, _ = await api.call("DELETE", f"{DEPLOYMENTS}/a", propagationPolicy=policy)
        assert status == 200
        status, left = await api.call("GET", f"{DEPLOYMENTS}/a")
        assert left["metadata"]["finalizers"] == [finalizer] if finalizer else status == 404

    run(main)
