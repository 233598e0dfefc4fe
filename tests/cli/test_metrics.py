"""Metrics at the command line: what they show, and the approval that passes over a silent one."""

from __future__ import annotations

import copy
from typing import Any

from tests.cli.conftest import Cli
from tests.cli.server import Server
from tests.cli.test_release import standing

from myriarch.client import refs

METRIC = {
    "name": "latency", "kind": "Mean", "ceiling": 5, "query": "q", "server": {"url": "https://prometheus.example"},
}  # fmt: skip
SEEN = {
    "name": "latency", "times": 12.34, "looks": 7, "message": "1.5 times its own level in 5 updated units, 1 in 9",
    "problem": "prometheus.example answers 503",
}  # fmt: skip


def weighed(**more: Any) -> dict[str, Any]:
    found = copy.deepcopy(standing("Gated", **more))
    found["policy"]["analysis"] = {"metrics": [METRIC]}
    return found


def test_what_metrics_show_is_told(cli: Cli, server: Server) -> None:
    server.release("r1", **weighed(evidence={"metrics": [SEEN]}))
    out = cli("release", "status", "r1").out
    assert "latency: 1.5 times its own level in 5 updated units, 1 in 9; 12.3 times likelier with harm" in out
    assert "prometheus.example answers 503" in out


def test_a_silent_metric_is_passed_over_by_name(cli: Cli, server: Server) -> None:
    server.release("r1", **weighed(holds=["metric latency holds; waits for approval 'metric/latency/production/1'"]))
    refused = cli("release", "approve", "r1", "metric/errors/production/1")
    assert refused.code == 2
    assert "no such metric holds this release. Write metric/NAME/STAGE/WAVE; metrics: latency" in refused.err
    assert cli("release", "approve", "r1").code == 0
    (approval,) = server.get(refs.RELEASES, "r1")["spec"]["approvals"]
    assert approval["what"] == "metric/latency/production/1"
