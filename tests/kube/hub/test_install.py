"""Making a hub of an API server, and what ``controllers`` says where it can't work with one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from tests.kube.control_plane import ControlPlane
from tests.kube.hub.conftest import install

COMMAND_SECONDS = 120


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane that knows nothing of Myriarch, at first: the tests are in order."""
    with ControlPlane.start(tmp_path_factory.mktemp("bare"), "1.35") as plane:
        yield plane


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "myriarch", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)


def refused(kubeconfig: Path) -> str:
    """What ``controllers`` says as it refuses to start: one line."""
    done = run("controllers", "--kubeconfig", str(kubeconfig), "--replica", "a")
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


@pytest.mark.kube
def test_an_api_server_without_the_kinds_is_refused(bare: ControlPlane) -> None:
    assert "doesn't serve Myriarch's kinds. Run 'myriarch install'" in refused(bare.admin_kubeconfig)


@pytest.mark.kube
def test_install_says_what_it_applies_and_can_be_repeated(bare: ControlPlane) -> None:
    said = install(bare.admin_kubeconfig)
    assert "CustomResourceDefinition clusters.myriarch.io: applied" in said
    assert said.endswith("9 kinds are served\n")
    assert install(bare.admin_kubeconfig) == said


@pytest.mark.kube
def test_what_is_exported_is_what_is_applied(bare: ControlPlane) -> None:
    install(bare.admin_kubeconfig)
    done = run("install", "--export")
    objects = [each for each in yaml.safe_load_all(done.stdout) if each]
    kinds = {each["kind"] for each in objects}
    assert kinds >= {"CustomResourceDefinition", "Namespace", "ServiceAccount", "ClusterRole", "Role"}
    own = [each for each in objects if each["metadata"]["name"] == "myriarch-controllers"]
    rules = [rule for each in own for rule in each.get("rules", [])]
    assert rules
    assert not [rule for rule in rules if "*" in rule["verbs"] + rule["resources"] + rule["apiGroups"]]
    role = bare.admin.get("/apis/rbac.authorization.k8s.io/v1/clusterroles/myriarch-controllers")
    exported = next(each for each in own if each["kind"] == "ClusterRole")
    assert role["rules"] == exported["rules"]


@pytest.mark.kube
def test_an_account_without_rights_is_told_which_are_missing(bare: ControlPlane) -> None:
    install(bare.admin_kubeconfig)
    said = refused(bare.kubeconfig_for("nobody"))
    assert "the account may not get, list, watch clusters.myriarch.io; " in said
    assert "Give the account the roles that 'myriarch install --export' prints." in said


@pytest.mark.kube
def test_an_expired_certificate_is_told(bare: ControlPlane) -> None:
    said = refused(bare.kubeconfig_for("late", life=timedelta(days=-1)))
    assert "the API server doesn't know this account. Renew" in said


def test_no_kubeconfig_and_a_strange_name_are_told(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path / "none")
    done = run("controllers", "--replica", "No Name")
    assert done.returncode == 2
    assert "is no name of a replica" in done.stderr


def nobody(folder: Path) -> Path:
    """A kubeconfig of a server that is not there."""
    config = {
        "current-context": "x",
        "contexts": [{"name": "x", "context": {"cluster": "x"}}],
        "clusters": [{"name": "x", "cluster": {"server": "http://127.0.0.1:1"}}],
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def test_no_server_is_told(tmp_path: Path) -> None:
    done = run("controllers", "--kubeconfig", str(nobody(tmp_path)), "--replica", "a")
    assert done.returncode == 3
    assert "can't be reached" in done.stderr


@pytest.mark.parametrize(
    ("environment", "told"),
    [("moon", "the fleet has none of this name. Give some of: ['sim', 'prod']."), ("sim", "it mirrors prod")],
)
def test_members_of_an_environment_that_cannot_be_are_refused(tmp_path: Path, environment: str, told: str) -> None:
    given = ("--kubeconfig", str(nobody(tmp_path)), "--data", str(tmp_path / "data"), "--clusters", "4")
    done = run("fleet", "join", *given, "--environment", environment)
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert not (tmp_path / "data").exists()
