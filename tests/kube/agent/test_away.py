"""The hub goes away in the middle of a step: the agent finishes what its grant allows, also after a restart.

In the member it has the rights that ``agent --export`` gives, and no more.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.kube.agent.house import CLUSTERS, MEMBER_NODES, House, Program, command, eventually, give_rights, join
from tests.kube.control_plane import APISERVER

pytestmark = pytest.mark.kube
Start = Callable[..., Program]
API = "/apis/myriarch.io/v1alpha1"
NAME = "away"
IMAGE = "registry.invalid/agent@sha256:" + "0" * 63
RULES = {"maxUnavailable": 1, "soak": "1s", "failureGrace": "10s", "updateTimeout": "60s"}


def template(version: str) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "agent", "image": IMAGE + version}]}}


@pytest.fixture
def component(house: House) -> None:
    """A DaemonSet in the member, and what the hub must know of it."""
    spec = {
        "selector": {"matchLabels": {"app": "agent"}},
        "updateStrategy": {"type": "OnDelete"},
        "template": template("1") | {"metadata": {"labels": {"app": "agent"}}},
    }
    member, hub = house.member.admin, house.hub.admin
    member.create("/api/v1/namespaces", {"metadata": {"name": NAME}})
    member.create(f"/apis/apps/v1/namespaces/{NAME}/daemonsets", {"metadata": {"name": "agent"}, "spec": spec})
    head = {"apiVersion": "myriarch.io/v1alpha1", "metadata": {"name": NAME}}
    target = {"namespace": NAME, "name": "agent"}
    what = {"driver": "daemonset", "target": target, "initialRevision": "away-v1"}
    hub.create(f"{API}/components", head | {"kind": "Component", "spec": what})
    for version in ("1", "2"):
        content = {"component": NAME, "payload": {"template": template(version)}}
        named = head | {"metadata": {"name": f"away-v{version}"}, "kind": "Revision", "spec": content}
        hub.create(f"{API}/revisions", named)


def images(house: House) -> list[str]:
    """Last letter of the image of each pod that runs."""
    pods = house.member.admin.get(f"/api/v1/namespaces/{NAME}/pods")["items"]
    alive = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    return sorted(pod["spec"]["containers"][0]["image"][-1] for pod in alive if pod["spec"].get("nodeName"))


def grant(house: House, **fields: Any) -> None:
    given = {"component": NAME, "revision": "away-v2", "rollbackTo": "away-v1", "attempt": 1, "rules": RULES}
    house.hub.admin.merge(f"{CLUSTERS}/{NAME}", {"spec": {"components": [given | fields]}})


@pytest.mark.usefixtures("component")
def test_it_finishes_its_step_without_the_hub(house: House, start: Start, tmp_path: Path) -> None:
    eventually(lambda: images(house) == ["1"] * MEMBER_NODES, lambda: str(images(house)))
    state = tmp_path / "state"
    file = join(house, NAME, tmp_path)
    give_rights(house)
    token = house.member.token_for("myriarch-system", "myriarch-agent")
    member = house.member.kubeconfig_with_token("agent", token)
    words = ("agent", "--cluster", NAME, "--kubeconfig", member, "--state", state)
    agent = start(*words, "--bootstrap", file)
    house.wait_for(NAME, "DriversReady", "DriversReady")
    grant(house, ceiling=3)
    assert house.cluster(NAME)["spec"]["mode"] == "Observe"
    assert command("clusters", "manage", NAME, "--kubeconfig", house.hub.admin_kubeconfig) == 0
    eventually(lambda: "2" in images(house), lambda: agent.text)
    house.hub.kill(APISERVER)
    try:
        agent.stop()
        moved = images(house).count("2")
        assert 1 <= moved <= 3
        agent = start(*words)
        eventually(lambda: images(house) == ["1", "2", "2", "2"], lambda: f"{images(house)}\n{agent.text}")
        agent.says("working on without it")
    finally:
        house.hub.restart(APISERVER)

    def told() -> dict[str, Any]:
        found: list[dict[str, Any]] = house.cluster(NAME)["status"].get("components", [{}])
        return found[0]

    eventually(lambda: told().get("updated") == 3 and told()["settled"], lambda: f"{told()}\n{agent.text}")
    grant(house, direction="Revert")
    eventually(lambda: images(house) == ["1"] * MEMBER_NODES, lambda: f"{images(house)}\n{agent.text}")
