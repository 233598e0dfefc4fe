"""Joining, adding and managing clusters: what is made at the hub, and what is refused before anything is."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.conftest import Cli
from tests.cli.server import Server

from myriarch.api.cluster import Access, Cluster, Mode
from myriarch.api.environment import Environment, EnvironmentClass, EnvironmentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.client import refs
from myriarch.client.resource import LEASES, SECRETS

SECRET = "m3mber-token"


@pytest.fixture(autouse=True)
def _environment(server: Server) -> None:
    spec = EnvironmentSpec(class_=EnvironmentClass.PRODUCTION, order=10)
    wanted = Environment(metadata=ObjectMeta(name="live"), spec=spec)
    server.do(lambda client: client.create(refs.ENVIRONMENTS, wanted))


def member(folder: Path, **user: Any) -> Path:
    (folder / "ca.pem").write_bytes(b"PEM")
    config = {
        "current-context": "one",
        "contexts": [{"name": n, "context": {"cluster": n, "user": "u"}} for n in ("one", "two")],
        "clusters": [
            {"name": n, "cluster": {"server": f"https://{n}:6443", "certificate-authority": "ca.pem"}}
            for n in ("one", "two")
        ],
        "users": [{"name": "u", "user": user or {"token": SECRET}}],
    }
    path = folder / "member.kubeconfig"
    path.write_text(yaml.safe_dump(config))
    return path


def test_joining_makes_the_cluster_and_a_file_for_its_agent(cli: Cli, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "boot"
    result = cli("clusters", "join", "eu-7", "-e", "live", "-l", "region=eu", "--output-file", file)
    assert result.code == 0, result.err
    cluster = server.do(lambda client: client.get(refs.CLUSTERS, Cluster, "eu-7"))
    assert (cluster.spec.access, cluster.spec.mode) == (Access.PULL, Mode.OBSERVE)
    assert cluster.metadata.labels == {"region": "eu"}
    lease = server.do(lambda client: client.get(LEASES, dict, "eu-7", "myriarch-agents"))
    assert lease["metadata"]["ownerReferences"][0]["uid"] == cluster.metadata.uid
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    config = yaml.safe_load(file.read_text())
    token = config["users"][0]["user"]["token"]
    assert token not in result.out
    assert "@" not in config["clusters"][0]["cluster"]["server"]
    assert f"--bootstrap {file}" in result.out
    again = cli("clusters", "join", "eu-7", "--output-file", file)
    assert again.code == 0, again.err
    assert yaml.safe_load(file.read_text())["users"][0]["user"]["token"] != token


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("new",), "--environment: ''"),
        (("new", "-e", "nowhere"), "--environment: 'nowhere'"),
        (("new", "-e", "live", "-l", "no label"), "--label: 'no label'"),
        (("prod-a", "-e", "prod"), "reached by Embedded"),
        (("new", "-e", "live", "--server", "http://far:80"), "unencrypted"),
        (("new", "-e", "live", "--output-file", "/nowhere/at/all"), "--output-file"),
        (("New_1", "-e", "live"), "such as new-1"),
    ],
)
def test_what_joining_refuses_leaves_no_file(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    result = cli("clusters", "join", *words)
    assert (result.code, text in result.err) == (2, True), result.err
    assert set(tmp_path.iterdir()) == before


def test_a_join_that_is_refused_keeps_the_file_of_the_one_before(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "boot"
    assert cli("clusters", "join", "eu-7", "-e", "live", "--output-file", file).code == 0
    kept = file.read_bytes()
    assert cli("clusters", "join", "eu-7", "-e", "other", "--output-file", file).code == 2
    assert file.read_bytes() == kept


def test_adding_keeps_a_whole_kubeconfig_in_a_secret(cli: Cli, server: Server, tmp_path: Path) -> None:
    words = ("clusters", "add", "us-3", "--kubeconfig", member(tmp_path))
    result = cli(*words, "-e", "live", "--context", "two")
    assert result.code == 0, result.err
    cluster = server.do(lambda client: client.get(refs.CLUSTERS, Cluster, "us-3"))
    assert (cluster.spec.access, cluster.spec.mode) == (Access.PUSH, Mode.OBSERVE)
    key = cluster.spec.kubeconfig
    assert key is not None

    def kept() -> dict[str, Any]:
        secret = server.do(lambda client: client.get(SECRETS, dict, key.name, key.namespace))
        found: dict[str, Any] = yaml.safe_load(base64.b64decode(secret["data"][key.key]))
        return found

    [entry] = kept()["clusters"]
    assert entry["cluster"]["server"] == "https://two:6443"
    assert base64.b64decode(entry["cluster"]["certificate-authority-data"]) == b"PEM"
    assert kept()["users"][0]["user"] == {"token": SECRET}
    replaced = cli(*words)
    assert "replaced" in replaced.out
    assert kept()["clusters"][0]["cluster"]["server"] == "https://one:6443"
    assert SECRET not in result.out + replaced.out


@pytest.mark.parametrize(
    ("user", "words", "text"),
    [
        ({}, ("us-3",), "--environment: ''"),
        ({}, ("prod-a",), "reached by Embedded"),
        ({}, ("us-3", "-e", "live", "--context", "three"), "Choose one of: one, two"),
        ({"tokenFile": "x"}, ("us-3", "-e", "live"), "user.tokenFile"),
        ({"username": "a", "password": SECRET}, ("us-3", "-e", "live"), "user.username"),
        ({"exec": {"command": "steal"}}, ("us-3", "-e", "live"), "are not run"),
    ],
)
def test_what_adding_refuses(cli: Cli, tmp_path: Path, user: dict[str, Any], words: tuple[str, ...], text: str) -> None:
    result = cli("clusters", "add", *words, "--kubeconfig", member(tmp_path, **user))
    assert (result.code, text in result.err) == (2, True), result.err
    assert SECRET not in result.err


def test_manage_and_observe(cli: Cli, server: Server) -> None:
    def mode() -> Mode:
        return server.do(lambda client: client.get(refs.CLUSTERS, Cluster, "prod-a")).spec.mode

    assert "only observed" in cli("clusters", "observe", "prod-a", "prod-b").out
    assert mode() is Mode.OBSERVE
    assert "is already only observed" in cli("clusters", "observe", "prod-a").out
    assert cli("clusters", "manage", "prod-a", "nope").code == 2
    assert mode() is Mode.OBSERVE
    assert cli("clusters", "manage", "prod-a").code == 0
    assert mode() is Mode.MANAGE


def test_the_export_has_no_wildcard_and_gives_bundles_only_when_asked(cli: Cli) -> None:
    plain, more = (cli("agent", "--export", *words) for words in ((), ("--allow", "bundle", "--user", "jane")))
    for result in (plain, more):
        assert result.code == 0, result.err
        for manifest in yaml.safe_load_all(result.out):
            for rule in manifest.get("rules") or []:
                assert "*" not in rule["verbs"] + rule["resources"] + rule["apiGroups"]
    assert "myriarch-agent-bundles" not in plain.out
    assert "myriarch-agent-bundles" in more.out
    assert {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane"} in [
        subject for each in yaml.safe_load_all(more.out) for subject in each.get("subjects", [])
    ]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), "--cluster"),
        (("--cluster", "a"), "does not run in a pod"),
        (("--cluster", "a", "--kubeconfig", "nowhere"), "nowhere"),
        (("--cluster", "a", "--user", "b"), "is for --export"),
    ],
)
def test_what_an_agent_refuses(cli: Cli, words: tuple[str, ...], text: str) -> None:
    result = cli("agent", *words)
    assert (result.code, text in result.err) == (2, True), result.err


def test_an_agent_that_has_not_joined(cli: Cli, tmp_path: Path) -> None:
    kubeconfig = member(tmp_path)
    (tmp_path / "ca.pem").unlink()
    config = yaml.safe_load(kubeconfig.read_text())
    for entry in config["clusters"]:
        del entry["cluster"]["certificate-authority"]
    kubeconfig.write_text(yaml.safe_dump(config))
    result = cli("agent", "--cluster", "a", "--kubeconfig", kubeconfig, "--state", tmp_path / "state")
    assert result.code == 2
    assert "has not joined a hub yet" in result.err
    assert "clusters join a" in result.err
