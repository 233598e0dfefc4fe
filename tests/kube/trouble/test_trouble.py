"""One fleet with everything wrong in it: each fault is told with its cure, and a release goes on where all is well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.kube.agent.house import eventually
from tests.kube.components import binary
from tests.kube.trouble.ailing import AILMENTS, Ailment
from tests.kube.trouble.stage import LOST, MEMBER_NODES, POOR, PULLED, PUSHED, Stage, stage
from tests.kube.trouble.wishes import API, CHART, NAME, RIVAL, images

pytestmark = pytest.mark.kube
RELEASE_SECONDS = "120"
UNKNOWN_CLUSTER = 2


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("trouble")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MYRIARCH_HELM", str(binary("helm")))
        (folder / "ailing").mkdir()
        with stage(folder) as found:
            yield found


def described(fleet: Stage, name: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert fleet.says("clusters", "describe", name) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("ailment", AILMENTS, ids=lambda ailment: ailment.name)
def test_each_fault_is_told_with_its_cure(fleet: Stage, ailment: Ailment, capsys: pytest.CaptureFixture[str]) -> None:
    told = fleet.house.wait_for(ailment.name, ailment.kind, ailment.reason)
    assert told["status"] == "False"
    assert ailment.cure in told["message"]
    connected = fleet.house.wait_for(ailment.name, "Connected", ailment.reason)
    assert connected["status"] == "False"
    text = described(fleet, ailment.name, capsys)
    assert f"{ailment.kind}: False {ailment.reason}" in text
    assert ailment.cure in text


def test_an_agent_without_rights_says_so(fleet: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    told = fleet.house.wait_for(POOR, "Permitted", "MissingRights")
    assert "may not get nodes" in told["message"]
    assert "myriarch agent --export" in told["message"]
    assert "Connected: False MissingRights" in described(fleet, POOR, capsys)


def test_bundles_that_can_not_be_are_told_of(fleet: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    def ready(name: str) -> str:
        return str(fleet.house.condition(name, "DriversReady").get("message", ""))

    for words in (f"{CHART}: ", "a region is needed", f"{RIVAL}: ", ".data.size: kept by 'rival'"):
        eventually(lambda words=words: words in ready(PUSHED), lambda: f"{ready(PUSHED)}\n{fleet.log()}")
    assert "Connected: True" in described(fleet, PUSHED, capsys)
    cure = "'myriarch agent --export --allow bundle | kubectl apply -f -'"
    eventually(lambda: cure in ready(PULLED), lambda: f"{ready(PULLED)}\n{fleet.log()}")
    assert "Connected: True" in described(fleet, PULLED, capsys)


def test_the_list_says_who_is_in_trouble(fleet: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.house.wait_for(LOST, "Connected", "Unreachable")
    capsys.readouterr()
    assert fleet.says("clusters") == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    for name, reason in [(each.name, each.reason) for each in AILMENTS] + [(LOST, "Unreachable")]:
        assert reason in lines[name]
    assert fleet.says("clusters", "describe", "of-no-hub") == UNKNOWN_CLUSTER
    assert "of-no-hub" in capsys.readouterr().err


def test_the_release_goes_on_where_all_is_well(fleet: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("release", "start", "through", "-c", NAME, "-r", "v2", "-p", "bold")
    capsys.readouterr()
    code = fleet.says(*words, "--wait", "--timeout", RELEASE_SECONDS)
    said = capsys.readouterr()
    status: dict[str, Any] = fleet.house.hub.admin.get(f"{API}/namespaces/default/releases/through")["status"]
    assert code == 0, f"{said.err}\n{status}\n{fleet.log()}"
    for plane in (fleet.pulled, fleet.pushed):
        assert images(plane) == ["2"] * MEMBER_NODES
    assert fleet.nodes(LOST) == 1
