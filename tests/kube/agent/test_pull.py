"""A real cluster joins a real hub by pull: observed first, least privilege, its own credential, on its own."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.kube.agent.house import CLUSTERS, MEMBER_NODES, House, Program, command, eventually, join
from tests.kube.rest import Rest

from myriarch.agent.protocol import PROTOCOL

pytestmark = pytest.mark.kube
COORDINATION = "/apis/coordination.k8s.io/v1/namespaces/myriarch-agents"
Start = Callable[..., Program]


def member_of(house: House) -> tuple[str | Path, ...]:
    return "--kubeconfig", house.member.admin_kubeconfig


def agent(house: House, start: Start, name: str, bootstrap: Path, folder: Path) -> Program:
    state = folder / f"{name}-state"
    return start("agent", "--cluster", name, "--bootstrap", bootstrap, *member_of(house), "--state", state)


def test_it_is_observed_then_managed(house: House, start: Start, tmp_path: Path) -> None:
    file = join(house, "pull-a", tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    program = agent(house, start, "pull-a", file, tmp_path)
    program.says("exchanged for the agent's own credential")
    eventually(lambda: house.cluster("pull-a")["status"].get("nodes") == MEMBER_NODES, lambda: program.text)
    status = house.cluster("pull-a")["status"]
    assert status["kubernetesVersion"].startswith("v1.34.")
    assert status["agent"]["protocol"] == PROTOCOL
    assert status["strata"]["kubernetesMinor"] == {"1.34": MEMBER_NODES}
    ready = house.wait_for("pull-a", "DriversReady", "DriversReady")
    assert "clusters manage pull-a" in ready["message"]
    for kind in ("Connected", "Compatible", "Permitted"):
        assert house.condition("pull-a", kind)["status"] == "True"
    hub = house.hub.admin_kubeconfig
    assert command("clusters", "manage", "pull-a", "--kubeconfig", hub) == 0
    eventually(
        lambda: house.condition("pull-a", "DriversReady").get("message") == "Every driver can act.",
        lambda: program.text,
    )
    lease = house.hub.admin.get(f"{COORDINATION}/leases/pull-a")
    assert lease["spec"]["renewTime"]


def test_a_bootstrap_token_serves_once_and_one_cluster(house: House, start: Start, tmp_path: Path) -> None:
    file = join(house, "pull-b", tmp_path)
    other = start("agent", "--cluster", "pull-else", "--bootstrap", file, *member_of(house), "--state", tmp_path / "x")
    assert other.ends() == 2
    assert "is not for the cluster 'pull-else'" in other.text
    program = agent(house, start, "pull-b", file, tmp_path)
    program.says("exchanged for the agent's own credential")
    again = start("agent", "--cluster", "pull-b", "--bootstrap", file, *member_of(house), "--state", tmp_path / "y")
    assert again.ends() == 2
    assert "used already" in again.text
    assert "clusters join pull-b" in again.text
    program.stop()
    resumed = start("agent", "--cluster", "pull-b", *member_of(house), "--state", tmp_path / "pull-b-state")
    resumed.says("the hub answers")


def test_an_agent_reaches_its_own_objects_and_nothing_else(house: House, start: Start, tmp_path: Path) -> None:
    join(house, "pull-other", tmp_path)
    program = agent(house, start, "pull-c", join(house, "pull-c", tmp_path), tmp_path)
    program.says("exchanged for the agent's own credential")
    kept = tmp_path / "pull-c-state" / "credential"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    token = json.loads(kept.read_text())["token"]
    assert token not in program.text
    hub = Rest(house.hub.url, house.hub.credentials.anonymous_tls(), token)
    accounts, leases = "/api/v1/namespaces/myriarch-agents/serviceaccounts", f"{COORDINATION}/leases"
    request = {"spec": {"expirationSeconds": 600}}
    allowed = [
        ("GET", f"{CLUSTERS}/pull-c", None),
        ("GET", f"{CLUSTERS}?fieldSelector=metadata.name%3Dpull-c", None),
        ("PATCH", f"{CLUSTERS}/pull-c/status", {"status": {}}),
        ("PATCH", f"{leases}/pull-c", {"spec": {"holderIdentity": "me"}}),
        ("POST", f"{accounts}/agent-pull-c/token", request),
    ]
    denied = [
        ("GET", f"{CLUSTERS}/pull-other", None),
        ("GET", CLUSTERS, None),
        ("GET", f"{CLUSTERS}?fieldSelector=metadata.name%3Dpull-other", None),
        ("PATCH", f"{CLUSTERS}/pull-other/status", {"status": {}}),
        ("PATCH", f"{CLUSTERS}/pull-c", {"spec": {"mode": "Manage"}}),
        ("PATCH", f"{leases}/pull-other", {"spec": {"holderIdentity": "me"}}),
        ("POST", f"{accounts}/agent-pull-other/token", request),
        ("POST", f"{accounts}/bootstrap-pull-other/token", request),
        ("GET", "/api/v1/namespaces/myriarch-system/secrets", None),
        ("GET", "/api/v1/namespaces/default/configmaps", None),
        ("GET", "/apis/myriarch.io/v1alpha1/releases", None),
    ]
    assert {hub.ask(*each)[0] // 100 for each in allowed} == {2}
    assert {hub.ask(*each)[0] for each in denied} == {403}
