"""Controllers with no more rights than ``install`` gives publish ClusterProfiles on a real API server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.kube.agent.house import CLUSTERS, Program, eventually
from tests.kube.control_plane import ControlPlane
from tests.kube.rest import Rest

from myriarch.client.inventory import PROFILES
from myriarch.client.resource import HUB

pytestmark = pytest.mark.kube
NAME = "published"


def test_published_kept_right_and_withdrawn(plane: ControlPlane, tmp_path: Path) -> None:
    rest = plane.admin
    spec = {"environment": "prod", "access": "Pull", "mode": "Observe"}
    made = {"apiVersion": "myriarch.io/v1alpha1", "kind": "Cluster", "metadata": {"name": NAME}, "spec": spec}
    rest.create(CLUSTERS, made)
    others = PROFILES[0].path(HUB, "inventory")
    before = states(rest.get(others))
    token = plane.token_for("myriarch-system", "myriarch-controllers")
    kubeconfig = plane.kubeconfig_with_token("publisher", token)
    words = ("controllers", "--kubeconfig", kubeconfig, "--replica", "publisher", "--publish-profiles")
    program = Program(tmp_path / "log", *words)
    try:
        path = PROFILES[0].path(HUB, "myriarch-system", NAME)
        eventually(lambda: told(rest, path).get("conditions"), lambda: program.text)
        assert told(rest, path)["conditions"][0]["type"] == "ControlPlaneHealthy"
        assert {"name": "myriarch.io/environment", "value": "prod"} in told(rest, path)["properties"]
        rest.merge(path, {"spec": {"displayName": "mine"}})
        eventually(lambda: rest.get(path)["spec"]["displayName"] == NAME, lambda: program.text)
        rest.delete(f"{CLUSTERS}/{NAME}")
        eventually(lambda: not rest.is_ok(path), lambda: program.text)
    finally:
        program.stop()
    assert states(rest.get(others)) == before


def told(rest: Rest, path: str) -> dict[str, Any]:
    """The status of the profile, where it is there."""
    return dict(rest.get(path).get("status", {})) if rest.is_ok(path) else {}


def states(listing: dict[str, Any]) -> dict[str, str]:
    return {each["metadata"]["name"]: each["metadata"]["resourceVersion"] for each in listing["items"]}
