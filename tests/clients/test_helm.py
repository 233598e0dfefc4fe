"""helm: a chart is installed and waited for, upgraded past a hook, rolled back, listed and uninstalled."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.clients.house import HERE, TIMEOUT_SECONDS, House, eventually
from tests.kube.components import binary
from tests.kubectl import Kubectl

pytestmark = pytest.mark.kube

CHART = str(HERE / "chart")
WAIT = ("--wait", "--timeout", "50s")

Helm = Callable[..., str]


@pytest.fixture
def helm(house: House, namespace: str, tmp_path: Path) -> Helm:
    """Runs helm in the test's namespace, and fails where it ends with another code than ``code``."""
    program = [str(binary("helm")), "--kubeconfig", str(house.kubeconfig), "--namespace", namespace]
    options: dict[str, Any] = {"env": {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}, "timeout": TIMEOUT_SECONDS}

    def run(*arguments: str, code: int = 0) -> str:
        done = subprocess.run([*program, *arguments], capture_output=True, text=True, check=False, **options)
        assert done.returncode == code, f"helm {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    return run


def releases(helm: Helm) -> list[tuple[str, str, str]]:
    listed: list[dict[str, Any]] = json.loads(helm("list", "--all", "-o", "json"))
    return [(each["name"], each["revision"], each["status"]) for each in listed]


def images(kubectl: Kubectl) -> set[str]:
    """Of the pods that run and aren't on their way out."""
    pods = json.loads(kubectl("get", "pods", "-l", "app.kubernetes.io/name=shop", "-o", "json"))["items"]
    return {pod["spec"]["containers"][0]["image"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}


def test_a_chart_is_installed_upgraded_rolled_back_and_uninstalled(helm: Helm, kubectl: Kubectl) -> None:
    assert "STATUS: deployed" in helm("install", "shop", CHART, *WAIT)
    assert releases(helm) == [("shop", "1", "deployed")]
    assert kubectl("get", "deploy", "shop", "-o", "jsonpath={.status.availableReplicas}") == "2"
    secret = json.loads(kubectl("get", "secret", "sh.helm.release.v1.shop.v1", "-o", "json"))
    assert (secret["type"], secret["metadata"]["labels"]["status"]) == ("helm.sh/release.v1", "deployed")
    assert base64.b64decode(secret["data"]["release"])
    assert "cannot re-use a name" in helm("install", "shop", CHART, code=1)

    helm("upgrade", "shop", CHART, "--set", "image=registry.example/shop:2,motto=Closed", *WAIT)
    assert releases(helm) == [("shop", "2", "deployed")]
    assert images(kubectl) == {"registry.example/shop:2"}
    assert kubectl("get", "cm", "shop", "-o", "jsonpath={.data.motto}") == "Closed"
    assert kubectl("get", "jobs", "-o", "name") == ""  # the hook has run, and is gone

    helm("rollback", "shop", "1", *WAIT)
    assert images(kubectl) == {"registry.example/shop:1"}
    assert [line.split()[0] for line in helm("history", "shop").splitlines()[1:]] == ["1", "2", "3"]
    assert 'motto: "Open all day"' in helm("get", "manifest", "shop")

    assert 'release "shop" uninstalled' in helm("uninstall", "shop", *WAIT)
    assert releases(helm) == []
    assert kubectl("get", "deploy,svc,secrets", "-o", "name") == ""
    eventually(lambda: kubectl("get", "pods,replicasets", "-o", "name") == "")


def test_an_upgrade_that_the_server_refuses_is_rolled_back(helm: Helm, kubectl: Kubectl) -> None:
    helm("install", "shop", CHART, *WAIT)
    values = ("--set", "image=registry.example/shop:2,replicas=none")
    assert "replicas" in helm("upgrade", "shop", CHART, *values, code=1)
    assert releases(helm) == [("shop", "2", "failed")]
    assert images(kubectl) == {"registry.example/shop:1"}
    helm("rollback", "shop", *WAIT)
    assert "deployed" in helm("status", "shop")


def test_a_service_account_installs_with_the_rights_it_has(helm: Helm, kubectl: Kubectl, namespace: str) -> None:
    kubectl("create", "serviceaccount", "robot")
    token = kubectl("create", "token", "robot").strip()
    assert "is forbidden" in helm("install", "shop", CHART, "--kube-token", token, code=1)
    kubectl("create", "rolebinding", "robot", "--clusterrole=edit", f"--serviceaccount={namespace}:robot")
    helm("install", "shop", CHART, "--kube-token", token, *WAIT)
    assert releases(helm) == [("shop", "1", "deployed")]
