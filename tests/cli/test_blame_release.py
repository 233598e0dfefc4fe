"""``myriarch blame RELEASE``: the verdict of a live release, in words and for programs."""

from __future__ import annotations

import json

from tests.cli.conftest import Cli
from tests.cli.server import Server

CAUSE = {
    "guilty": "Other",
    "name": "default/cni-7",
    "odds": 15.2,
    "unexplained": 1,
    "message": "default/cni-7 is to blame: 7 failed nodes in 5 incidents",
    "suspects": [
        {"name": "default/cni-7", "ruling": "Blamed", "score": 15.2, "incidents": 5, "nodes": 7},
        {"name": "default/r1", "ruling": "Cleared", "score": 0.0},
    ],
}


def test_the_verdict_is_told_with_its_table(cli: Cli, server: Server) -> None:
    server.release("r1", phase="Paused", reason="HarmByOther", cause=CAUSE, blame={"os": "jammy"})
    result = cli("blame", "r1")
    assert result.code == 0, result.err
    assert "To blame: another release: default/cni-7" in result.out
    assert "1 failed node of this release that nobody else explains" in result.out
    assert "In common: os=jammy" in result.out
    assert result.out.index("default/cni-7   Blamed") < result.out.index("default/r1      Cleared")
    document = json.loads(cli("blame", "r1", "-o", "json").out)
    assert (document["release"], document["cause"]["guilty"]) == ("default/r1", "Other")


def test_a_release_without_harm_accuses_nobody(cli: Cli, server: Server) -> None:
    server.release("r1", phase="Advancing")
    assert "nobody is accused" in cli("blame", "r1").out


def test_what_is_neither_a_file_nor_a_release_is_refused(cli: Cli, server: Server) -> None:
    missing = cli("blame", "r9")
    assert missing.code == 2
    assert "r9" in missing.err
    assert cli("blame", "r9.yaml").code == 2
    server.release("r1", phase="Advancing")
    assert "--plots" in cli("blame", "r1", "--plots", "out").err
