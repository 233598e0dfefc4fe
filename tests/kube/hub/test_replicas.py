"""Replicas of the controllers as processes on a real hub: killed, stopped and resumed while a release runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.kube.control_plane import ControlPlane
from tests.kube.hub import stage
from tests.kube.hub.commands import Command, eventually
from tests.kube.hub.conftest import install

from myriarch.runtime.shards import rendezvous, shard_of

CLUSTERS = 20


class Hub:
    """A hub with twenty members and two replicas of its controllers."""

    def __init__(self, plane: ControlPlane, folder: Path, stack: ExitStack) -> None:
        self.rest = plane.admin
        self.replicas: dict[str, Command] = {}
        self.members = stack.enter_context(stage.members(plane, folder, CLUSTERS))
        for name in ("a", "b"):
            self.replicas[name] = stack.enter_context(stage.controllers(plane, folder, name))
        for replica in self.replicas.values():
            replica.says("ready: ")
        self.members.says("ready: ")
        eventually(lambda: stage.holder(self.rest)[0] != "", "the component's shard is held")

    def holding(self) -> tuple[str, str]:
        """The replica that holds the component's shard, now that the shards are shared out, and the other."""
        name = rendezvous(sorted(self.replicas))[shard_of(stage.COMPONENT)]
        eventually(lambda: stage.holder(self.rest)[0] == name, f"{name} holds the component's shard")
        return name, "b" if name == "a" else "a"

    def wait_for_holder(self, name: str) -> int:
        """Wait until ``name`` holds the component's shard; its term."""
        eventually(lambda: stage.holder(self.rest)[0] == name, f"{name} holds it", stage.WITHIN_A_LEASE_SECONDS)
        return stage.holder(self.rest)[1]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with ExitStack() as stack:
        plane = stack.enter_context(ControlPlane.start(tmp_path / "plane"))
        install(plane.admin_kubeconfig)
        stage.prepare(plane.admin)
        yield Hub(plane, tmp_path, stack)


@pytest.mark.kube
def test_a_killed_replica_is_replaced_within_its_lease_and_the_release_ends(hub: Hub) -> None:
    stage.start_release(hub.rest, "r", "v2")
    stage.wait_for_phase(hub.rest, "r", "Soaking")
    holding, other = hub.holding()
    before = stage.holder(hub.rest)[1]
    hub.replicas[holding].kill()
    assert hub.wait_for_holder(other) > before
    stage.wait_for_phase(hub.rest, "r", "Succeeded")
    told = stage.status(hub.rest, "r")
    assert told["term"] == stage.holder(hub.rest)[1]
    assert [each["nodes"] for each in told["environments"]] == [each["updated"] for each in told["environments"]]
    assert hub.members.stop() == 0


@pytest.mark.kube
def test_a_stopped_replica_that_goes_on_writes_nothing_more(hub: Hub) -> None:
    stage.start_release(hub.rest, "r", "v2")
    stage.wait_for_phase(hub.rest, "r", "Soaking", "Advancing")
    holding, other = hub.holding()
    hub.replicas[holding].freeze()
    term = hub.wait_for_holder(other)
    eventually(lambda: stage.status(hub.rest, "r")["term"] == term, "the release is in the new term")
    hub.replicas[holding].thaw()
    eventually(lambda: "is lost" in hub.replicas[holding].said, "it notices what it lost")
    stage.wait_for_phase(hub.rest, "r", "Succeeded")
    assert stage.status(hub.rest, "r")["term"] >= term
    assert {grant["term"] for grant in stage.grants(hub.rest).values()} <= {term, term + 1, term + 2}
    for replica in hub.replicas.values():
        assert replica.stop() == 0, replica.said
    assert stage.holder(hub.rest)[0] == ""
