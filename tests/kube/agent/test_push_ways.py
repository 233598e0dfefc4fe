"""Ways to a cluster reached by push: through a proxy, by a program where that is allowed, by another replica."""

from __future__ import annotations

import base64
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.kube.agent.house import MEMBER_NODES, House, Program, command, eventually
from tests.kube.agent.proxy import PASSWORD, USER, proxy

pytestmark = pytest.mark.kube
Start = Callable[..., Program]


def controllers(house: House, start: Start, replica: str, *options: str) -> Program:
    program = start("controllers", "--kubeconfig", house.hub.admin_kubeconfig, "--replica", replica, *options)
    program.says("ready:")
    return program


def add(house: House, name: str, config: dict[str, Any], folder: Path, *options: str) -> None:
    path = folder / f"{name}.kubeconfig"
    path.write_text(yaml.safe_dump(config))
    hub = house.hub.admin_kubeconfig
    words = ("clusters", "--kubeconfig", hub, "add", name, "-e", "prod", "--kubeconfig", path)
    assert command(*words, *options) == 0


def admin(house: House) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(house.member.admin_kubeconfig.read_text())
    return config


def is_seen(house: House, name: str, program: Program) -> None:
    eventually(lambda: house.cluster(name)["status"].get("nodes") == MEMBER_NODES, lambda: program.text)


def test_through_a_proxy_with_a_password(house: House, start: Start, tmp_path: Path) -> None:
    program = controllers(house, start, "by-proxy")
    with proxy() as between:
        config = admin(house)
        config["clusters"][0]["cluster"]["proxy-url"] = f"http://{USER}:{PASSWORD}@127.0.0.1:{between.port}"
        add(house, "push-proxied", config, tmp_path)
        is_seen(house, "push-proxied", program)
        assert between.tunnels > 0
        assert between.refused == 0
        config["clusters"][0]["cluster"]["proxy-url"] = f"http://127.0.0.1:{between.port}"
        add(house, "push-proxied", config, tmp_path)
        told = house.wait_for("push-proxied", "Connected", "Unreachable")
        assert "the proxy answers 407" in told["message"]
    assert PASSWORD not in program.text


def test_by_a_program_where_both_sides_allow_it(house: House, start: Start, tmp_path: Path) -> None:
    token = house.member.token_for("default", "by-program")
    binding = {
        "metadata": {"name": "by-program"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "by-program", "namespace": "default"}],
    }
    house.member.admin.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding)
    version = "client.authentication.k8s.io/v1"
    told = {"apiVersion": version, "kind": "ExecCredential", "status": {"token": token}}
    script = tmp_path / "credential"
    script.write_text(f"#!/bin/sh\necho '{json.dumps(told)}'\n")
    script.chmod(0o700)
    config = admin(house)
    config["users"][0]["user"] = {"exec": {"apiVersion": version, "command": str(script), "interactiveMode": "Never"}}
    program = controllers(house, start, "by-program", "--allow-exec")
    add(house, "push-by-program", config, tmp_path, "--allow-exec")
    is_seen(house, "push-by-program", program)
    assert token not in program.text


def test_another_replica_takes_over(house: House, start: Start, tmp_path: Path) -> None:
    add(house, "push-shared", admin(house), tmp_path)
    first, second = (controllers(house, start, name, "--lease-seconds", "3") for name in ("left", "right"))
    is_seen(house, "push-shared", first)
    first.stop(signal.SIGKILL)
    secret = "/api/v1/namespaces/myriarch-system/secrets/cluster-push-shared"
    useless = base64.b64encode(b"nothing").decode()
    house.hub.admin.merge(secret, {"data": {"kubeconfig": useless}})
    house.wait_for("push-shared", "Connected", "KubeconfigInvalid")
    first = controllers(house, start, "left", "--lease-seconds", "3")
    second.stop(signal.SIGKILL)
    add(house, "push-shared", admin(house), tmp_path)
    house.wait_for("push-shared", "Connected", "Heard")
