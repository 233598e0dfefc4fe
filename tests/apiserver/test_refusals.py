"""What the embedded server doesn't do is refused at once, with a Status that says so; and what only it does."""

from __future__ import annotations

import json

import pytest
from tests.apiserver.embedded import APPLY, CONFIG_MAPS, Api, run

from myriarch.client.http import Request

PODS = "/api/v1/namespaces/default/pods"
PROTOBUF = "application/vnd.kubernetes.protobuf"
POD = {"spec": {"nodeName": "n", "containers": [{"name": "c", "image": "i"}]}}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("way", ["exec", "attach", "portforward"])
def test_ways_into_a_pod_are_refused(method: str, way: str) -> None:
    async def main() -> None:
        api = Api()
        await api.made(PODS, "a", **POD)
        status, said = await api.call(method, f"{PODS}/a/{way}", command="ls", stdout="true")
        assert (status, said["kind"], said["status"], said["reason"]) == (501, "Status", "Failure", "NotImplemented")
        assert said["message"].startswith(f"{way} is not served")
        assert said["details"]["name"] == "a"

    run(main)


@pytest.mark.parametrize("upgrade", ["websocket", "SPDY/3.1"])
def test_an_upgrade_is_refused_by_an_ordinary_answer(upgrade: str) -> None:
    async def main() -> None:
        api = Api()
        await api.made(PODS, "a", **POD)
        headers = {"connection": "Upgrade", "upgrade": upgrade}
        response = await api.server.handle(Request("GET", f"{PODS}/a/exec", {"command": "ls"}, headers, b""), "tester")
        assert response.status == 501
        assert response.stream is None
        assert json.loads(response.body)["reason"] == "NotImplemented"

    run(main)


def test_logs_are_refused() -> None:
    async def main() -> None:
        api = Api()
        await api.made(PODS, "a", **POD)
        status, said = await api.call("GET", f"{PODS}/a/log")
        assert status == 501
        assert said["message"].startswith("log is not served")

    run(main)


@pytest.mark.parametrize("path", [CONFIG_MAPS, f"{CONFIG_MAPS}/a"])
def test_protobuf_alone_is_refused_in_json(path: str) -> None:
    async def main() -> None:
        api = Api()
        await api.made(CONFIG_MAPS, "a")
        response = await api.raw("GET", path, accept=PROTOBUF)
        said = json.loads(response.body)
        assert (response.status, said["kind"], said["reason"]) == (406, "Status", "NotAcceptable")
        assert "application/json" in said["message"]
        assert PROTOBUF not in said["message"]

    run(main)


def test_who_takes_json_besides_protobuf_gets_json() -> None:
    async def main() -> None:
        api = Api()
        response = await api.raw("GET", CONFIG_MAPS, accept=f"{PROTOBUF},application/json")
        assert response.status == 200
        assert json.loads(response.body)["kind"] == "ConfigMapList"

    run(main)


def test_a_body_that_only_says_that_it_is_protobuf_is_refused() -> None:
    async def main() -> None:
        status, said = await Api().call("POST", CONFIG_MAPS, b"k8s\x00\xff\xff", media=PROTOBUF)
        assert status in (400, 415)
        assert said["status"] == "Failure"
        assert said["message"]

    run(main)


def test_a_scale_is_taken_over_by_force() -> None:
    async def main() -> None:
        api = Api()
        deployments = "/apis/apps/v1/namespaces/default/deployments"
        template = {"metadata": {"labels": {"x": "y"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
        spec = {"replicas": 3, "selector": {"matchLabels": {"x": "y"}}, "template": template}
        await api.made(deployments, "a", spec=spec)
        scale = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "a"}, "spec": {"replicas": 5}}
        path, who = f"{deployments}/a/scale", {"media": APPLY, "fieldManager": "scaler"}
        status, said = await api.call("PATCH", path, scale, **who)
        assert (status, said["details"]["causes"][0]["field"]) == (409, ".spec.replicas")
        status, said = await api.call("PATCH", path, scale, **who, force="true")
        assert (status, said["spec"]) == (200, {"replicas": 5})
        status, said = await api.call("PATCH", path, {**scale, "kind": "Deployment"}, **who)
        assert status == 400

    run(main)
