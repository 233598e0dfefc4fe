"""A plan warns of rules that the fleet makes pointless; what moves clusters whole needs waves of whole clusters."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import POLICY, Cli
from tests.cli.server import Server, meta

from myriarch.api.component import Component, ComponentSpec, DriverName
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.client import refs

PLAN = ("release", "plan", "-c", "agent", "-r", "v2", "-o", "json")
GANGS = "  budgets: {nodes: {gangs: [{label: job, kind: SameWave}]}}\n"


def _warnings(cli: Cli, path: Path, more: str) -> list[str]:
    path.write_text(POLICY + more)
    found: list[str] = cli(*PLAN, "--policy-file", path).json["warnings"]
    return found


def test_gangs_of_nodes_that_canaries_have_no_room_for(cli: Cli, server: Server, tmp_path: Path) -> None:
    told = [text for text in _warnings(cli, tmp_path / "p.yaml", GANGS) if "gangs of more" in text]
    assert len(told) == 1
    assert "wave canary of stage production lets as few as" in told[0]
    assert "(job)" in told[0]
    together = GANGS.replace("SameWave", "NeverTogether")
    assert not any("gangs of more" in text for text in _warnings(cli, tmp_path / "p.yaml", together))


def test_a_minimum_above_all_nodes_of_a_stage(cli: Cli, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    told = [text for text in _warnings(cli, path, "  failure: {minimum: 11}\n") if "failure.minimum" in text]
    assert told == [
        "stage rehearse has 10 nodes, and failure.minimum is 11: nothing there is ever harm. "
        "Lower it, or add an analysis"
    ]
    for more in ("  failure: {minimum: 10}\n", "  failure: {minimum: 11}\n  analysis: {}\n"):
        assert not any("failure.minimum" in text for text in _warnings(cli, path, more))


def test_canaries_of_nodes_are_refused_for_what_moves_clusters_whole(
    cli: Cli, server: Server, policy_file: Path
) -> None:
    bundle = ComponentSpec(driver=DriverName.BUNDLE, initial_revision="b1")
    server.create(refs.COMPONENTS, Component(metadata=meta("mesh"), spec=bundle))
    for name in ("b1", "b2"):
        server.create(refs.REVISIONS, Revision(metadata=meta(name), spec=RevisionSpec(component="mesh")))
    for command in (("plan",), ("start", "r")):
        result = cli("release", *command, "-c", "mesh", "-r", "b2", "--policy-file", policy_file)
        assert result.code == 2
        assert "spec.stages[1].waves[0].nodes: 'cover': moves a part of a cluster's nodes" in result.err
    assert server.names(refs.RELEASES) == []
