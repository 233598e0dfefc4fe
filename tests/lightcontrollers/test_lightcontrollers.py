"""What is applied to a simulated cluster comes up, rolls out, ends and goes: played on virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.apiserver.embedded import MERGE, NOW, WIDGET_CRD, names
from tests.apiserver.fake_nodes import FakeNodes

from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.client.http import Request
from myriarch.lightcontrollers.controllers import LightControllers
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

Object = dict[str, Any]

CLUSTER = "/clusters/c1"
PODS = f"{CLUSTER}/api/v1/namespaces/default/pods"
APPS = f"{CLUSTER}/apis/apps/v1/namespaces/default"
JOBS = f"{CLUSTER}/apis/batch/v1/namespaces/default/jobs"
BUDGETS = f"{CLUSTER}/apis/policy/v1/namespaces/default/poddisruptionbudgets"


class Place:
    """A server with one simulated cluster of three nodes, and the light controllers at work."""

    def __init__(self, store: Store | None = None, ca_pem: str = "") -> None:
        clock = running_clock()
        self.nodes = FakeNodes({"c1": {"n1": True, "n2": True, "n3": True}})
        self.server = ApiServer(clock=clock, crds=[WIDGET_CRD], store=store or Store(), nodes=self.nodes, seed=1)
        self.task = asyncio.create_task(LightControllers(self.server, clock, self.nodes, ca_pem=ca_pem).run())

    async def call(
        self, method: str, path: str, body: Any = None, *, media: str = "application/json", **query: str
    ) -> tuple[int, Object]:
        data = b"" if body is None else json.dumps(body).encode()
        response = await self.server.handle(Request(method, path, query, {"content-type": media}, data), "tester")
        return response.status, json.loads(response.body)

    async def made(self, path: str, name: str, **fields: Any) -> Object:
        status, body = await self.call("POST", path, {"metadata": {"name": name}, **fields})
        assert status == 201, body
        return body

    async def patched(self, path: str, body: Object) -> Object:
        status, obj = await self.call("PATCH", path, body, media=MERGE)
        assert status == 200, obj
        return obj

    async def get(self, path: str) -> Object:
        return (await self.call("GET", path))[1]

    async def pods(self) -> list[Object]:
        return list((await self.get(PODS))["items"])


def play(story: Callable[[Place], Awaitable[None]]) -> None:
    async def main() -> None:
        place = Place()
        await story(place)
        place.task.cancel()
        await asyncio.gather(place.task, return_exceptions=True)

    run_virtual(main(), NOW)


def workload(image: str = "app:1", **more: Any) -> Object:
    containers = [{"name": "main", "image": image}]
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": containers}}
    return {"selector": {"matchLabels": {"app": "a"}}, "template": template, **more}


def ready(pods: list[Object]) -> int:
    return sum(
        1 for pod in pods for c in pod["status"].get("conditions", ()) if (c["type"], c["status"]) == ("Ready", "True")
    )


def images(pods: list[Object]) -> list[str]:
    return sorted(pod["spec"]["containers"][0]["image"] for pod in pods)


def test_a_deployment_comes_up_rolls_out_and_goes_with_everything() -> None:
    async def story(place: Place) -> None:
        await place.made(f"{APPS}/deployments", "a", spec=workload(replicas=3))
        await asyncio.sleep(10)
        deployment = await place.get(f"{APPS}/deployments/a")
        assert deployment["status"]["availableReplicas"] == 3
        assert {c["type"]: c["status"] for c in deployment["status"]["conditions"]} == {
            "Available": "True",
            "Progressing": "True",
        }
        assert ready(await place.pods()) == 3

        lowest = 3
        await place.patched(f"{APPS}/deployments/a", {"spec": workload("app:2")})
        for _ in range(40):
            await asyncio.sleep(0.5)
            lowest = min(lowest, ready([p for p in await place.pods() if "deletionTimestamp" not in p["metadata"]]))
        assert images(await place.pods()) == ["app:2"] * 3
        assert lowest >= 3  # a quarter of three may be missing: none
        deployment = await place.get(f"{APPS}/deployments/a")
        assert deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
        assert len((await place.get(f"{APPS}/replicasets"))["items"]) == 2

        await place.call("DELETE", f"{APPS}/deployments/a")
        await asyncio.sleep(10)
        assert await place.pods() == []
        assert (await place.get(f"{APPS}/replicasets"))["items"] == []

    play(story)


def test_deletion_in_the_foreground_waits_and_orphans_stay() -> None:
    async def story(place: Place) -> None:
        for name in ("a", "b"):
            await place.made(f"{APPS}/replicasets", name, spec=workload(replicas=1))
        await asyncio.sleep(5)
        await place.call("DELETE", f"{APPS}/replicasets/a", propagationPolicy="Foreground")
        assert (await place.call("GET", f"{APPS}/replicasets/a"))[0] == 200
        await place.call("DELETE", f"{APPS}/replicasets/b", propagationPolicy="Orphan")
        await asyncio.sleep(5)
        assert (await place.get(f"{APPS}/replicasets"))["items"] == []
        (left,) = await place.pods()
        assert left["metadata"]["name"].startswith("b-")
        assert "ownerReferences" not in left["metadata"]

    play(story)


def test_a_daemon_set_follows_the_nodes_and_replaces_on_delete() -> None:
    async def story(place: Place) -> None:
        await place.made(f"{APPS}/daemonsets", "d", spec=workload(updateStrategy={"type": "OnDelete"}))
        await asyncio.sleep(5)
        assert sorted(p["spec"]["nodeName"] for p in await place.pods()) == ["n1", "n2", "n3"]
        place.nodes.set("c1", "n4", True)
        place.nodes.set("c1", "n1", None)
        await asyncio.sleep(10)
        pods = await place.pods()
        assert sorted(p["spec"]["nodeName"] for p in pods) == ["n2", "n3", "n4"]
        await place.patched(f"{APPS}/daemonsets/d", {"spec": workload("app:2")})
        await asyncio.sleep(10)
        assert images(await place.pods()) == ["app:1"] * 3
        await place.call("DELETE", f"{PODS}/{pods[0]['metadata']['name']}")
        await asyncio.sleep(10)
        assert images(await place.pods()) == ["app:1", "app:1", "app:2"]
        status = (await place.get(f"{APPS}/daemonsets/d"))["status"]
        assert (status["numberReady"], status["updatedNumberScheduled"]) == (3, 1)

    play(story)


def test_a_node_that_is_not_ready_unreadies_its_pods() -> None:
    async def story(place: Place) -> None:
        await place.made(f"{APPS}/daemonsets", "d", spec=workload())
        await asyncio.sleep(5)
        place.nodes.set("c1", "n2", False)
        await asyncio.sleep(5)
        assert ready(await place.pods()) == 2
        place.nodes.set("c1", "n2", True)
        await asyncio.sleep(5)
        assert ready(await place.pods()) == 3

    play(story)


def test_a_stateful_set_counts_its_pods() -> None:
    async def story(place: Place) -> None:
        await place.made(f"{APPS}/statefulsets", "s", spec=workload(replicas=3, serviceName="s"))
        await asyncio.sleep(0.5)
        assert names(await place.get(PODS)) == ["s-0"]
        await asyncio.sleep(10)
        assert names(await place.get(PODS)) == ["s-0", "s-1", "s-2"]
        await place.patched(f"{APPS}/statefulsets/s", {"spec": {"replicas": 2, **workload("app:2")}})
        await asyncio.sleep(20)
        assert images(await place.pods()) == ["app:2"] * 2

    play(story)


def test_a_job_runs_to_its_end() -> None:
    async def story(place: Place) -> None:
        pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "app:1"}]}
        spec = {"completions": 3, "parallelism": 2, "template": {"spec": pod}, "ttlSecondsAfterFinished": 60}
        await place.made(JOBS, "j", spec=spec)
        await asyncio.sleep(2)
        assert len(await place.pods()) == 2
        await asyncio.sleep(20)
        status = (await place.get(f"{JOBS}/j"))["status"]
        assert (status["succeeded"], status["conditions"][-1]["type"]) == (3, "Complete")
        await asyncio.sleep(60)
        assert (await place.call("GET", f"{JOBS}/j"))[0] == 404
        assert await place.pods() == []

    play(story)


def test_a_budget_lets_go_one_at_a_time() -> None:
    async def story(place: Place) -> None:
        await place.made(f"{APPS}/deployments", "a", spec=workload(replicas=3))
        await place.made(BUDGETS, "b", spec={"maxUnavailable": 1, "selector": {"matchLabels": {"app": "a"}}})
        await asyncio.sleep(10)
        first, second, _ = (p["metadata"]["name"] for p in await place.pods())
        assert (await place.call("POST", f"{PODS}/{first}/eviction", {}))[0] == 201
        assert (await place.call("POST", f"{PODS}/{second}/eviction", {}))[0] == 429
        await asyncio.sleep(10)
        assert (await place.call("POST", f"{PODS}/{second}/eviction", {}))[0] == 201

    play(story)


def test_a_namespace_goes_with_running_pods() -> None:
    async def story(place: Place) -> None:
        await place.made(f"{CLUSTER}/api/v1/namespaces", "team")
        await place.made(f"{APPS}/deployments".replace("default", "team"), "a", spec=workload(replicas=2))
        await asyncio.sleep(10)
        _, marked = await place.call("DELETE", f"{CLUSTER}/api/v1/namespaces/team")
        assert marked["status"]["phase"] == "Terminating"
        await asyncio.sleep(10)
        assert (await place.call("GET", f"{CLUSTER}/api/v1/namespaces/team"))[0] == 404

    play(story)


def test_controllers_that_start_late_take_up_what_is_there() -> None:
    async def main() -> None:
        place = Place()
        place.task.cancel()
        await asyncio.gather(place.task, return_exceptions=True)
        await place.made(f"{APPS}/deployments", "a", spec=workload(replicas=2))
        task = asyncio.create_task(LightControllers(place.server, running_clock(), place.nodes).run())
        await asyncio.sleep(10)
        assert ready(await place.pods()) == 2
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(main(), NOW)


def test_every_namespace_has_its_account_and_the_certificate_of_the_authority() -> None:
    async def main() -> None:
        place = Place(ca_pem="PEM")
        for cluster in ("", CLUSTER):
            spaces = f"{cluster}/api/v1/namespaces"
            await place.made(spaces, "new")
            await asyncio.sleep(1)
            for space in ("default", "kube-system", "new"):
                account = await place.get(f"{spaces}/{space}/serviceaccounts/default")
                assert account["kind"] == "ServiceAccount"
                config = await place.get(f"{spaces}/{space}/configmaps/kube-root-ca.crt")
                assert config["data"] == {"ca.crt": "PEM"}
            await place.call("DELETE", f"{spaces}/new/serviceaccounts/default")
            await place.patched(f"{spaces}/new/configmaps/kube-root-ca.crt", {"data": {"ca.crt": "other"}})
            await asyncio.sleep(1)
            assert (await place.call("GET", f"{spaces}/new/serviceaccounts/default"))[0] == 200
            config = await place.get(f"{spaces}/new/configmaps/kube-root-ca.crt")
            assert config["data"] == {"ca.crt": "PEM"}
            await place.call("DELETE", f"{spaces}/new")
            await asyncio.sleep(1)
            assert (await place.call("GET", f"{spaces}/new"))[0] == 404
        place.task.cancel()
        await asyncio.gather(place.task, return_exceptions=True)

    run_virtual(main(), NOW)


def test_without_an_authority_there_is_no_certificate() -> None:
    async def story(place: Place) -> None:
        await place.made(f"{CLUSTER}/api/v1/namespaces", "new")
        await asyncio.sleep(1)
        assert (await place.call("GET", f"{CLUSTER}/api/v1/namespaces/new/configmaps/kube-root-ca.crt"))[0] == 404

    play(story)
