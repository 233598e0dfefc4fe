"""Gates at the command line: what they answered is shown, and an approval must be one that counts."""

from __future__ import annotations

import copy
from typing import Any

from tests.cli.conftest import Cli
from tests.cli.server import Server
from tests.cli.test_release import standing

from myriarch.client import refs

AT = "2026-01-05T10:00:00.000000Z"
GATES: list[dict[str, Any]] = [
    {"name": "owner", "stages": ["production"], "approval": {"reasonRequired": True, "by": ["ada", "bob"]}},
    {"name": "changes", "diff": {}},
    {"name": "errors", "cel": {"apiVersion": "v1", "resource": "nodes", "expression": "objects.size() > 0"}},
]
RESULT = {"name": "errors", "place": "production/1", "verdict": "Hold", "message": "is false", "at": AT}


def gated(**more: Any) -> dict[str, Any]:
    found = copy.deepcopy(standing("Gated", **more))
    found["policy"]["gates"] = GATES
    return found


def test_what_gates_answered_is_shown(cli: Cli, server: Server) -> None:
    server.release("r1", **gated(gates=[RESULT], place="production/1"))
    assert "errors at production/1: Hold: is false (2026-01-05T10:00:00Z)" in cli("release", "status", "r1").out


def test_an_approval_of_a_gate_records_who_and_why(cli: Cli, server: Server) -> None:
    server.release("r1", **gated(holds=["gate owner waits for approval 'gate/owner/production/1'"]))
    refused = cli("release", "approve", "r1", "--by", "ada")
    assert (refused.code, "asks for a reason" in refused.err) == (2, True)
    refused = cli("release", "approve", "r1", "--by", "eve", "--reason", "fine")
    assert (refused.code, "Have one of ada, bob approve it" in refused.err) == (2, True)
    assert server.get(refs.RELEASES, "r1")["spec"].get("approvals", []) == []
    assert cli("release", "approve", "r1", "--by", "ada", "--reason", "seen it").code == 0
    (approval,) = server.get(refs.RELEASES, "r1")["spec"]["approvals"]
    assert (approval["what"], approval["by"], approval["reason"]) == ("gate/owner/production/1", "ada", "seen it")
    assert approval["at"]


def test_what_no_gate_waits_for_is_refused(cli: Cli, server: Server) -> None:
    server.release("r1", **gated())
    for wrong in ("gate/errors/production/1", "gate/none/production/1", "gate/owner/rehearse/1", "gate/owner"):
        result = cli("release", "approve", "r1", wrong)
        assert (result.code, repr(wrong) in result.err) == (2, True)
    assert cli("release", "approve", "r1", "gate/changes/rehearse/1").code == 0
