"""The hub as a process: its one line, its end, its going on, and what it refuses to start on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Cli
from tests.cli.running_hub import RunningHub

Start = Callable[..., RunningHub]

COMPONENT = """
apiVersion: myriarch.io/v1alpha1
kind: Component
metadata: {name: agent}
spec: {initialRevision: v1}
"""


@pytest.fixture
def start() -> Iterator[Start]:
    hubs: list[RunningHub] = []

    def run(*arguments: object) -> RunningHub:
        hubs.append(RunningHub(*arguments))
        return hubs[-1]

    yield run
    for hub in hubs:
        if hub.process.poll() is None:
            hub.process.kill()
            hub.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_line_when_ready_and_a_clean_stop(start: Start, cli: Cli, tmp_path: Path, number: int) -> None:
    hub = start("--data", tmp_path / "data", "--port", 0, "--clusters", 4, "--kubeconfig", tmp_path / "kubeconfig")
    assert (hub.clusters, hub.kubeconfig) == (4, tmp_path / "kubeconfig")
    assert hub.kubeconfig.stat().st_mode & 0o077 == 0
    listed = cli("clusters", "--kubeconfig", hub.kubeconfig, "-o", "json")
    assert listed.code == 0, listed.err
    assert {item["spec"]["environment"] for item in listed.json["items"]} == {"sim", "prod"}
    assert hub.end(number) == (0, "", "")
    assert cli("clusters", "--kubeconfig", hub.kubeconfig).code == 3


def test_a_second_start_goes_on_with_the_same_token_fleet_and_objects(start: Start, cli: Cli, tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = start("--data", data, "--port", 0, "--clusters", 5, "--seed", 3)
    assert first.kubeconfig == data / "kubeconfig"
    token = (data / "token").read_text()
    (tmp_path / "component.yaml").write_text(COMPONENT)
    kubectl = Path(sys.executable).parent / "kubectl"
    command = [kubectl, "--kubeconfig", first.kubeconfig, "create", "-f", tmp_path / "component.yaml"]
    made = kubectl.exists() and subprocess.run(command, check=True, capture_output=True).returncode == 0
    before = cli("clusters", "--kubeconfig", first.kubeconfig, "-o", "json").json["items"]
    assert first.end() == (0, "", "")
    second = start("--data", data, "--port", 0)
    assert (data / "token").read_text() == token
    after = cli("clusters", "--kubeconfig", second.kubeconfig, "-o", "json").json["items"]
    assert [each["metadata"]["uid"] for each in before] == [each["metadata"]["uid"] for each in after]
    if made:
        command = [kubectl, "--kubeconfig", second.kubeconfig, "get", "component", "agent", "-o", "name"]
        assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().endswith("/agent")
    assert second.end() == (0, "", "")


def test_a_fleet_file_is_a_fleet(start: Start, cli: Cli, tmp_path: Path) -> None:
    inventory, fleet = tmp_path / "i.csv", tmp_path / "fleet.yaml"
    inventory.write_text("sn,cpu_milli,memory_mib,gpu,model\na,96000,262144,0,\nb,96000,262144,4,T4\n")
    assert cli("fleet", "import", inventory, "--clusters", 6, "-o", fleet).code == 0
    hub = start("--data", tmp_path / "data", "--port", 0, "--fleet", fleet)
    assert hub.clusters == 6
    assert hub.end()[0] == 0


def test_what_a_hub_refuses_to_start_on(start: Start, cli: Cli, tmp_path: Path) -> None:
    data = tmp_path / "data"
    hub = start("--data", data, "--port", 0, "--clusters", 4)
    port = int(hub.url.rpartition(":")[2])
    taken = cli("hub", "--data", tmp_path / "other", "--port", port)
    assert taken.code == 2
    assert f"port: {port}: can't listen on 127.0.0.1" in taken.err
    assert not (tmp_path / "other" / "hub.db").exists()
    in_use = cli("hub", "--data", data, "--port", 0)
    assert in_use.code == 2
    assert "another process has this file open" in in_use.err
    assert hub.end()[0] == 0
    for option, value, said in (("--clusters", 7, "holds a fleet of 4 clusters"), ("--seed", 9, "of seed 0")):
        result = cli("hub", "--data", data, "--port", 0, option, value)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"error: {option}: {value}: the data folder holds a fleet of")
        assert said in result.err
    again = start("--data", data, "--port", 0)
    assert again.clusters == 4


def test_a_damaged_database_is_named_and_left_alone(start: Start, cli: Cli, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert start("--data", data, "--port", 0, "--clusters", 4).end()[0] == 0
    database = data / "hub.db"
    damaged = b"not a database at all, " * 500
    database.write_bytes(damaged)
    result = cli("hub", "--data", data, "--port", 0)
    assert (result.code, result.out) == (2, "")
    assert str(database) in result.err
    assert "damaged" in result.err
    assert database.read_bytes() == damaged


def test_a_damaged_fleet_is_named(start: Start, cli: Cli, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert start("--data", data, "--port", 0, "--clusters", 4).end()[0] == 0
    (journal,) = (data / "fleet").iterdir()
    journal.write_bytes(b"garbage" * 100)
    result = cli("hub", "--data", data, "--port", 0)
    assert result.code == 2
    assert str(journal) in result.err


def test_options_of_a_hub_that_cannot_be(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert "--data" in cli("hub", "--data", file, "--port", 0).err
    assert cli("hub", "--data", tmp_path / "a", "--port", 70000).code == 2
    assert cli("hub", "--data", tmp_path / "a", "--clusters", 1).code == 2
    beside = cli("hub", "--data", tmp_path / "a", "--port", 0, "--fleet", file, "--clusters", 4)
    assert beside.code == 2
    assert "beside --fleet" in beside.err
    missing = cli("hub", "--data", tmp_path / "a", "--port", 0, "--fleet", tmp_path / "none.yaml")
    assert missing.code == 2
    assert "no such file" in missing.err
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        assert cli("hub", "--data", tmp_path / "b", "--port", port).code == 2
    assert not os.path.exists(tmp_path / "b" / "hub.db")
