"""Gates at the command line: what they answered is shown, and an approval must be one that counts."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml
from tests.cli.conftest import Cli
from tests.cli.server import Server, meta
from tests.cli.test_release import standing

from myriarch.api.component import Component, ComponentSpec, DriverName
from myriarch.api.revision import Revision, RevisionSpec
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


def test_a_plan_shows_gates_and_what_a_bundle_changes(cli: Cli, server: Server, tmp_path: Path) -> None:
    spec = ComponentSpec(driver=DriverName.BUNDLE, initial_revision="mesh-1")
    server.create(refs.COMPONENTS, Component(metadata=meta("mesh"), spec=spec))
    for name, manifest in (("mesh-1", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"), ("mesh-2", "")):
        payload = {"manifests": manifest, "namespace": "mesh"}
        revision = Revision(metadata=meta(name), spec=RevisionSpec(component="mesh", payload=payload))
        server.create(refs.REVISIONS, revision)
    policy = tmp_path / "policy.yaml"
    gates = [{"name": "owner", "stages": ["production"], "approval": {}}, {"name": "changes", "diff": {}}]
    stages = [{"name": "production", "environment": "prod"}]
    document = {"apiVersion": "myriarch.io/v1alpha1", "kind": "ReleasePolicy", "metadata": {"name": "p"}}
    policy.write_text(yaml.safe_dump({**document, "spec": {"stages": stages, "gates": gates}}))
    text = cli("release", "plan", "-c", "mesh", "-r", "mesh-2", "--policy-file", policy).out
    assert "gate owner (approval): after every wave of production" in text
    assert "gate changes (diff): after every wave" in text
    assert "Deletes: ConfigMap mesh/a" in text


def test_an_unsound_gate_is_refused_with_its_cure(cli: Cli, server: Server, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    promql = {"server": {"url": "https://p.example"}, "query": "sum(x", "operator": "<", "threshold": 1}
    gate = {"name": "errors", "promql": promql}
    document = {"apiVersion": "myriarch.io/v1alpha1", "kind": "ReleasePolicy", "metadata": {"name": "p"}}
    spec = {"stages": [{"name": "production", "environment": "prod"}], "gates": [gate]}
    policy.write_text(yaml.safe_dump({**document, "spec": spec}))
    result = cli("release", "plan", "-c", "agent", "-r", "v2", "--policy-file", policy)
    assert result.code == 2
    assert "spec.gates[0].promql.query: 'sum(x': is no PromQL: at character 6" in result.err
    assert "Mend the query there." in result.err
