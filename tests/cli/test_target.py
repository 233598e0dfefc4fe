"""Which hub is spoken to, and what is said where none answers."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Cli
from tests.cli.server import TOKEN, Server

from myriarch.client import refs


def test_without_any_kubeconfig_the_cure_is_named(cli: Cli) -> None:
    result = cli("clusters")
    assert result.code == 2
    assert "myriarch hub" in result.err


def test_the_option_wins_over_the_environment(cli: Cli, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    assert cli("clusters").code == 2
    assert cli("clusters", "--kubeconfig", server.kubeconfig).code == 0


def test_of_several_files_the_one_that_has_the_context_counts(
    cli: Cli, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    config = yaml.safe_load(server.kubeconfig.read_text().replace("hub", "away"))
    config["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:9"
    other.write_text(yaml.safe_dump(config))
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join([str(other), "/nowhere", str(server.kubeconfig)]))
    assert cli("clusters").code == 3
    assert cli("clusters", "--context", "hub").code == 0
    missing = cli("clusters", "--context", "mars")
    assert missing.code == 2
    assert "mars" in missing.err


def test_a_hub_that_does_not_answer_has_a_code_of_its_own(cli: Cli, server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    text = server.kubeconfig.read_text()
    here = server.http.url.rpartition(":")[2]
    server.kubeconfig.write_text(text.replace(f":{here}", f":{port}"))
    result = cli("release", "status")
    assert result.code == 3
    assert result.err.startswith("error: the hub can't be reached: 127.0.0.1:")
    assert TOKEN not in result.err


def test_a_wrong_token_is_refused_and_never_shown(cli: Cli, server: Server) -> None:
    server.kubeconfig.write_text(server.kubeconfig.read_text().replace(TOKEN, "another-token"))
    result = cli("clusters")
    assert result.code == 1
    assert "another-token" not in result.err


def test_releases_are_of_the_namespace_given(cli: Cli, server: Server) -> None:
    server.release("r1")
    assert "r1" in cli("release", "history").out
    assert cli("release", "history", "-n", "team").out == "There is no release.\n"
    assert "r1" in cli("release", "history", "-n", "team", "-A").out
    assert server.names(refs.RELEASES) == ["r1"]


def test_a_traceback_is_shown_to_who_asks_for_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Traceback" not in cli("clusters").err
    monkeypatch.setenv("MYRIARCH_DEBUG", "1")
    assert "Traceback" in cli("clusters").err
