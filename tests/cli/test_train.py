"""Starting, seeing and stopping release trains through the hub's API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.conftest import Cli
from tests.cli.server import Server

from myriarch.client import refs
from myriarch.client.client import Client
from myriarch.client.objects import Raw


def begin(cli: Cli, policy_file: Path, *more: Any) -> None:
    assert cli("release", "start", "r0", "-c", "agent", "-r", "v2", "--policy-file", policy_file).code == 0
    result = cli("train", "start", "t", "--car", "agent=v2", "-p", "careful", "--seed", 4, *more)
    assert result.code == 0, result.err
    assert "releasetrain/t started: agent" in result.out
    assert "myriarch train show t" in result.out


def tell(server: Server, status: dict[str, Any]) -> None:
    async def patch(client: Client) -> None:
        await client.patch(refs.TRAINS, Raw, "t", {"status": status}, namespace="default", subresource="status")

    server.do(patch)


def test_start_writes_one_train(cli: Cli, server: Server, policy_file: Path) -> None:
    begin(cli, policy_file, "--stop-on-failure")
    spec = server.get(refs.TRAINS, "t")["spec"]
    assert spec["cars"] == [{"component": "agent", "revision": "v2"}]
    assert (spec["policy"], spec["seed"], spec["onFailure"]) == ("careful", 4, "Stop")
    again = cli("train", "start", "t", "--car", "agent=v2", "-p", "careful")
    assert again.code == 2
    assert "there is a train of this name" in again.err


def test_what_can_not_be_meant_is_told_with_option_value_and_cure(cli: Cli, server: Server, policy_file: Path) -> None:
    assert cli("release", "start", "r0", "-c", "agent", "-r", "v2", "--policy-file", policy_file).code == 0
    assert server.names(refs.TRAINS) == []
    for cars, told in (
        (["agent"], "--car: 'agent': is not COMPONENT=REVISION. Write one such as"),
        (["agent=v2", "agent=v1"], "--car: 'agent=v1': names a component that another car moves"),
        (["cni=v2"], "--car: 'cni': the hub has no such component"),
        (["agent=v9"], "--car: 'v9': the hub has no such revision"),
    ):
        result = cli("train", "start", "t", *(f"--car={car}" for car in cars), "-p", "careful")
        assert result.code == 2
        assert told in result.err
    result = cli("train", "start", "t", "--car", "agent=v2", "-p", "bold")
    assert "--policy: 'bold': the hub has no such releasepolicy" in result.err


def test_show_tells_a_row_a_car_and_lists(cli: Cli, server: Server, policy_file: Path) -> None:
    assert "There is no release train" in cli("train", "show").out
    begin(cli, policy_file)
    row = {"component": "agent", "revision": "v2", "release": "t-agent", "phase": "Soaking", "place": "sim/1"}
    tell(server, {"phase": "Running", "car": "agent", "cars": [{**row, "message": "settled"}]})
    text = cli("train", "show", "t").out
    assert "train default/t: Running, policy careful" in text
    assert [word in text for word in ("t-agent", "Soaking", "sim/1", "settled")] == [True] * 4
    assert "Running" in cli("train", "show").out
    assert cli("train", "show", "u").code == 2


def test_stop_orders_and_an_ended_train_is_left_alone(cli: Cli, server: Server, policy_file: Path) -> None:
    begin(cli, policy_file)
    assert "releasetrain/t stopped" in cli("train", "stop", "t").out
    assert server.get(refs.TRAINS, "t")["spec"]["order"] == "Abort"
    assert "stopped already" in cli("train", "stop", "t").out
    assert "ordered back" in cli("train", "stop", "t", "--rollback").out
    assert server.get(refs.TRAINS, "t")["spec"]["order"] == "RollBack"
    tell(server, {"phase": "RolledBack"})
    result = cli("train", "stop", "t")
    assert result.code == 2
    assert "the train has ended (RolledBack)" in result.err
