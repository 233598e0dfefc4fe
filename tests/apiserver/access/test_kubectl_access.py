"""The real kubectl over TLS: it makes roles, asks who it is and what it may, and gets tokens that work."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.apiserver.access.doors import ROOT, served
from tests.apiserver.access.people import Town

from myriarch.apiserver.access.tls import ServerTls
from myriarch.apiserver.kubeconfig import Endpoint, write_kubeconfig

KUBECTL = Path(sys.executable).with_name("kubectl")
TIMEOUT_SECONDS = 60
pytestmark = [
    pytest.mark.kubectl,
    pytest.mark.skipif(not KUBECTL.exists(), reason="kubectl is not installed beside python"),
]


class Kubectl:
    def __init__(self, folder: Path) -> None:
        self.kubeconfig = folder / "kubeconfig"
        self._environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig), "HOME": str(folder)}

    def run(self, *args: str) -> tuple[int, str, str]:
        command = [str(KUBECTL), *args]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, env=self._environment, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def __call__(self, *args: str) -> str:
        code, out, err = self.run(*args)
        assert code == 0, err
        return out


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    folder = tmp_path_factory.mktemp("kubectl")
    made = Kubectl(folder)
    ready, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        tls = ServerTls(folder / "keys", ("127.0.0.1",))
        async with served(Town(), tls=tls.context) as server:
            endpoint = Endpoint(server.url, tls.authority_pem)
            write_kubeconfig(made.kubeconfig, url=server.url, token=ROOT, endpoint=endpoint)
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    yield made
    stop.set()
    thread.join()


def test_who_and_what_may_i(kubectl: Kubectl) -> None:
    assert "system:masters" in kubectl("auth", "whoami")
    assert kubectl("auth", "can-i", "delete", "pods").strip() == "yes"
    assert "*.*" in kubectl("auth", "can-i", "--list")
    code, out, _ = kubectl.run("auth", "can-i", "list", "pods", "--as", "ann")
    assert (code, out.strip()) == (1, "no")


def test_roles_made_by_kubectl_let_a_service_account_in(kubectl: Kubectl) -> None:
    kubectl("create", "serviceaccount", "robot")
    kubectl("create", "role", "maps", "--verb", "list", "--resource", "configmaps")
    kubectl("create", "rolebinding", "maps", "--role", "maps", "--serviceaccount", "default:robot")
    token = kubectl("create", "token", "robot", "--duration", "20m").strip()
    assert "No resources found" in kubectl.run("--token", token, "get", "configmaps")[2]
    code, _, err = kubectl.run("--token", token, "get", "pods")
    assert code == 1
    assert 'pods is forbidden: User "system:serviceaccount:default:robot" cannot list resource "pods"' in err
    assert kubectl.run("--token", token + "x", "get", "configmaps")[0] == 1
    kubectl("create", "clusterrole", "sums", "--aggregation-rule", "a=b")
    kubectl("create", "clusterrolebinding", "all", "--clusterrole", "view", "--group", "system:serviceaccounts")
    assert kubectl.run("--token", token, "get", "pods")[0] == 0
    assert "maps" in kubectl("get", "roles,rolebindings")
    code, _, err = kubectl.run("--token", token, "create", "clusterrole", "more", "--verb", "*", "--resource", "pods")
    assert (code, "clusterroles.rbac.authorization.k8s.io is forbidden" in err) == (1, True)
    kubectl("delete", "serviceaccount", "robot")
    assert "Unauthorized" in kubectl.run("--token", token, "get", "configmaps")[2]
