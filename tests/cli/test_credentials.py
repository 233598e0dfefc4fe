"""Credentials beside a hub that speaks TLS: made, used, told, taken back; and what the commands refuse."""

from __future__ import annotations

import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Cli
from tests.cli.running_hub import RunningHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("hub") / "data"
    options = ("--listen", "0.0.0.0", "--tls-san", "hub.example.org", "--tls-san", "192.0.2.7")
    running = RunningHub("--data", folder, "--port", 0, "--clusters", 4, *options)
    running.folder = folder
    yield running
    if running.process.poll() is None:
        assert running.end(signal.SIGTERM) == (0, "", "")


def test_the_hub_speaks_tls_and_keeps_its_secrets(hub: RunningHub, cli: Cli) -> None:
    assert hub.url.startswith("https://127.0.0.1:")
    held = yaml.safe_load(hub.kubeconfig.read_text())
    assert held["clusters"][0]["cluster"]["server"] == hub.url
    assert cli("clusters", "--kubeconfig", hub.kubeconfig).code == 0
    secrets = [hub.kubeconfig, hub.folder / "token", hub.folder / "hub.db", hub.folder / "audit.log"]
    for path in (*secrets, *(hub.folder / "keys").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    del held["clusters"][0]["cluster"]["certificate-authority-data"]
    other = hub.folder / "other"
    other.write_text(yaml.safe_dump(held))
    refused = cli("clusters", "--kubeconfig", other)
    assert (refused.code, "its certificate is not trusted" in refused.err) == (3, True)


@pytest.mark.parametrize("kind", ["--token", "--certificate"])
def test_a_credential_says_who_and_roles_say_what(hub: RunningHub, cli: Cli, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "ann"
    name = f"ann{kind}".replace("--", ".")
    made = cli("credentials", "create", name, "--group", "team", kind, "--data", hub.folder, "-f", file)
    assert made.code == 0, made.err
    assert made.out.startswith(f"{kind[2:]} of {name} in team, good in hub until 2")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    user = yaml.safe_load(file.read_text())["users"][0]["user"]
    assert not any(secret in made.out for secret in user.values())
    refused = cli("clusters", "--kubeconfig", file)
    assert refused.code == 1
    assert f'clusters.myriarch.io is forbidden: User "{name}" cannot list resource "clusters"' in refused.err
    master = tmp_path / "root"
    assert (
        cli("credentials", "create", "root", "--group", "system:masters", kind, "--data", hub.folder, "-f", master).code
        == 0
    )
    assert cli("clusters", "--kubeconfig", master).code == 0


def test_a_token_is_listed_and_ends_when_it_is_revoked(hub: RunningHub, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "bob"
    command = ("credentials", "create", "bob", "--group", "system:masters", "--data", hub.folder, "-f", file)
    assert cli(*command).code == 0
    assert cli("clusters", "--kubeconfig", file).code == 0
    listed = cli("credentials", "list", "--data", hub.folder, "-o", "json").json["items"]
    assert [each["groups"] for each in listed if each["name"] == "bob"] == [["system:masters"]]
    token = yaml.safe_load(file.read_text())["users"][0]["user"]["token"]
    assert token not in (hub.folder / "credentials.json").read_text()
    revoked = cli("credentials", "revoke", "bob", "--data", hub.folder)
    assert (revoked.code, revoked.out) == (0, "revoked: 1 of bob\n")
    refused = cli("clusters", "--kubeconfig", file)
    assert (refused.code, "does not accept the credential" in refused.err) == (1, True)
    again = cli("credentials", "revoke", "bob", "--data", hub.folder)
    assert (again.code, "was given no token" in again.err) == (2, True)


def test_a_credential_of_one_cluster_is_none_of_another(hub: RunningHub, cli: Cli, tmp_path: Path) -> None:
    cluster = cli("clusters", "--kubeconfig", hub.kubeconfig, "-o", "json").json["items"][0]["metadata"]["name"]
    file = tmp_path / "c"
    masters = ("--group", "system:masters", "--data", hub.folder)
    made = cli(
        "credentials",
        "create",
        "carl",
        *masters,
        "--cluster",
        cluster,
        "-f",
        file,
        "--server",
        "https://hub.example.org:1",
    )
    assert (made.code, f"good in {cluster} until" in made.out) == (0, True)
    config = yaml.safe_load(file.read_text())
    assert config["clusters"][0]["cluster"]["server"] == f"https://hub.example.org:1/clusters/{cluster}"
    config["clusters"][0]["cluster"]["server"] = hub.url
    file.write_text(yaml.safe_dump(config))
    refused = cli("clusters", "--kubeconfig", file)
    assert (refused.code, "does not accept the credential" in refused.err) == (1, True)


WRONG = [
    (("--listen", "example.org"), "--listen: 'example.org': is no IP address"),
    (("--listen", "0.0.0.0", "--tls-cert", "c.pem"), "--tls-cert: 'c.pem': stands without --tls-key"),
    (("--tls-key", "k.pem"), "--tls-key: 'k.pem': stands without --tls-cert"),
    (("--tls-cert", "c.pem", "--tls-key", "k.pem"), "--tls-cert: 'c.pem': No such file or directory"),
    (("--tls-cert", "c.pem", "--tls-key", "k.pem", "--tls-san", "a"), "--tls-san: 'a': stands beside --tls-cert"),
    (("--tls-san", "hub.example.org"), "--tls-san: 'hub.example.org': is of no use without TLS"),
    (("--tls", "--tls-san", "a b"), "--tls-san: 'a b': is neither a host name nor an address"),
]


@pytest.mark.parametrize(("options", "said"), WRONG)
def test_what_a_hub_refuses_to_listen_with(cli: Cli, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    refused = cli("hub", "--data", tmp_path / "data", "--port", 0, "--clusters", 4, *options)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert not (tmp_path / "data" / "hub.db").exists()


def test_what_credentials_are_refused(hub: RunningHub, cli: Cli, tmp_path: Path) -> None:
    def refused(*options: object, data: Path = hub.folder, name: str = "ann") -> str:
        made = cli("credentials", "create", name, "--data", data, "-f", tmp_path / "out", *options)
        assert made.code == 2
        assert not (tmp_path / "out").exists()
        return made.err

    assert "name: 'an n': is no name for a user" in refused(name="an n")
    assert "name: 'system:admin': is no name for a user" in refused(name="system:admin")
    assert "--group: '': is no name for a group" in refused("--group", "")
    assert "--cluster: 'C/D': is no name of a cluster" in refused("--cluster", "C/D")
    assert "--lifetime: '5'" in refused("--lifetime", "5")
    assert "is not between 0 and 366d" in refused("--lifetime", "400d")
    assert "--server: 'http://hub:1': is no address of this hub" in refused("--server", "http://hub:1")
    assert "is not the folder of a hub that has run" in refused(data=tmp_path)
    there = tmp_path / "there"
    there.touch()
    made = cli("credentials", "create", "ann", "--data", hub.folder, "-f", there)
    assert (made.code, "is there already" in made.err) == (2, True)
    assert cli("credentials", "create", "ann", "--data", hub.folder).code == 2
    (tmp_path / "endpoint.json").write_text('{"url": "http://127.0.0.1:1"}')
    assert "the hub speaks plain HTTP" in refused("--certificate", data=tmp_path)
    (tmp_path / "credentials.json").write_text("{")
    assert "is not a list of credentials" in cli("credentials", "list", "--data", tmp_path).err
