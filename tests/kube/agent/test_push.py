"""Real clusters reached by push from `myriarch controllers`: each fault is a condition with its cure, others go on."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.kube.agent.house import MEMBER_NODES, House, Program, command, eventually, give_rights
from tests.kube.ports import Ports

pytestmark = pytest.mark.kube
Start = Callable[..., Program]
SECRETS = "/api/v1/namespaces/myriarch-system/secrets"
ADMINS = ["system:masters"]


@pytest.fixture(scope="module")
def controllers(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    log = tmp_path_factory.mktemp("controllers") / "log"
    program = Program(log, "controllers", "--kubeconfig", house.hub.admin_kubeconfig, "--replica", "push-test")
    program.says("ready:")
    yield program
    program.stop()


def add(house: House, name: str, kubeconfig: Path, *options: str) -> int:
    hub = house.hub.admin_kubeconfig
    return command("clusters", "--kubeconfig", hub, "add", name, "-e", "prod", "--kubeconfig", kubeconfig, *options)


def changed(path: Path, folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    config = yaml.safe_load(path.read_text())
    change(config)
    copy = folder / "changed.kubeconfig"
    copy.write_text(yaml.safe_dump(config))
    return copy


def seen(house: House, name: str) -> bool:
    return bool(house.cluster(name)["status"].get("nodes") == MEMBER_NODES)


@pytest.mark.usefixtures("controllers")
def test_by_client_certificate_and_by_token(house: House) -> None:
    member = house.member
    token = member.token_for("default", "pusher")
    binding = {
        "metadata": {"name": "pusher"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "pusher", "namespace": "default"}],
    }
    member.admin.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding)
    assert add(house, "push-cert", member.kubeconfig_for("someone", ADMINS)) == 0
    assert add(house, "push-token", member.kubeconfig_with_token("pusher", token)) == 0
    for name in ("push-cert", "push-token"):
        eventually(lambda name=name: seen(house, name), lambda name=name: str(house.cluster(name)))
        house.wait_for(name, "DriversReady", "DriversReady")
        assert house.cluster(name)["spec"]["mode"] == "Observe"
        assert house.condition(name, "Connected")["status"] == "True"


@pytest.mark.usefixtures("controllers")
def test_a_user_without_rights_is_told_which_and_how(house: House) -> None:
    assert add(house, "push-poor", house.member.kubeconfig_for("poor")) == 0
    told = house.wait_for("push-poor", "Permitted", "MissingRights")
    assert "'poor'" in told["message"]
    assert "list nodes" in told["message"]
    assert "myriarch agent --export --user poor | kubectl apply -f -" in told["message"]
    assert house.condition("push-poor", "Connected")["status"] == "False"
    give_rights(house, "--user", "poor")
    house.wait_for("push-poor", "Permitted", "RightsSuffice")
    eventually(lambda: seen(house, "push-poor"), lambda: str(house.cluster("push-poor")))


@pytest.mark.usefixtures("controllers")
def test_an_expired_certificate_is_mended_by_another_kubeconfig(house: House, capsys: Any) -> None:
    expired = house.member.kubeconfig_for("late", ADMINS, life=timedelta(days=-1))
    assert add(house, "push-late", expired) == 0
    told = house.wait_for("push-late", "Connected", "Unauthorized")
    assert "clusters add push-late --kubeconfig FILE" in told["message"]
    assert house.condition("push-late", "DriversReady")["status"] == "Unknown"
    hub = house.hub.admin_kubeconfig
    capsys.readouterr()
    assert command("clusters", "describe", "push-late", "--kubeconfig", hub) == 0
    assert "Connected: False Unauthorized" in capsys.readouterr().out
    assert add(house, "push-late", house.member.kubeconfig_for("in-time", ADMINS)) == 0
    assert "replaced" in capsys.readouterr().out
    eventually(lambda: seen(house, "push-late"), lambda: str(house.cluster("push-late")))


@pytest.mark.usefixtures("controllers")
def test_a_wrong_ca_and_nobody_there(house: House, tmp_path: Path) -> None:
    stranger = base64.b64encode(house.hub.ca_file.read_bytes()).decode()

    def other_ca(config: dict[str, Any]) -> None:
        cluster = config["clusters"][0]["cluster"]
        cluster.pop("certificate-authority", None)
        cluster["certificate-authority-data"] = stranger

    assert add(house, "push-stranger", changed(house.member.admin_kubeconfig, tmp_path, other_ca)) == 0
    told = house.wait_for("push-stranger", "Connected", "CertificateNotTrusted")
    assert "certificate authority" in told["message"]
    ports = Ports()
    port = ports.take()

    def nobody(config: dict[str, Any]) -> None:
        config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{port}"

    try:
        assert add(house, "push-nobody", changed(house.member.admin_kubeconfig, tmp_path, nobody)) == 0
        assert "Look whether" in house.wait_for("push-nobody", "Connected", "Unreachable")["message"]
    finally:
        ports.release()


@pytest.mark.usefixtures("controllers")
def test_programs_and_files_in_a_secret_are_refused(house: House, tmp_path: Path, capsys: Any) -> None:
    program = {"apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/true", "interactiveMode": "Never"}

    def by_program(config: dict[str, Any]) -> None:
        config["users"][0]["user"] = {"exec": program}

    kubeconfig = changed(house.member.admin_kubeconfig, tmp_path, by_program)
    assert add(house, "push-exec", kubeconfig) == 2
    assert "programs named by a kubeconfig are not run" in capsys.readouterr().err
    assert add(house, "push-exec", kubeconfig, "--allow-exec") == 0
    told = house.wait_for("push-exec", "Connected", "KubeconfigInvalid")
    assert "programs named by a kubeconfig are not run" in told["message"]

    def by_file(config: dict[str, Any]) -> None:
        config["users"][0]["user"] = {"tokenFile": "/etc/hostname"}

    sly = changed(house.member.admin_kubeconfig, tmp_path, by_file).read_bytes()
    data = {"kubeconfig": base64.b64encode(sly).decode()}
    house.hub.admin.merge(f"{SECRETS}/cluster-push-exec", {"data": data})
    eventually(
        lambda: "may not name files" in house.condition("push-exec", "Connected")["message"],
        lambda: str(house.condition("push-exec", "Connected")),
    )


@pytest.mark.usefixtures("controllers")
def test_a_secret_that_goes_away(house: House) -> None:
    assert add(house, "push-gone", house.member.admin_kubeconfig) == 0
    eventually(lambda: seen(house, "push-gone"), lambda: str(house.cluster("push-gone")))
    house.hub.admin.delete(f"{SECRETS}/cluster-push-gone")
    told = house.wait_for("push-gone", "Connected", "SecretMissing")
    assert "myriarch-system/cluster-push-gone" in told["message"]
    assert add(house, "push-gone", house.member.admin_kubeconfig) == 0
    house.wait_for("push-gone", "Connected", "Heard")
