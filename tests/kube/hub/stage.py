"""What tests of replicas set up on a real hub: a fleet of members, a component, a policy, releases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from tests.kube.control_plane import ControlPlane
from tests.kube.hub.commands import Command, eventually
from tests.kube.rest import Rest

from myriarch.fleet.defaults import default_spec
from myriarch.fleet.load import dump_fleet
from myriarch.fleet.spec import Clusters, Failures, SizeDistribution, Sizes, Updates
from myriarch.runtime.shards import shard_of

MYRIARCH = "/apis/myriarch.io/v1alpha1"
RELEASES = f"{MYRIARCH}/namespaces/default/releases"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/myriarch-system/leases"
COMPONENT = "os"
NODES = 6
LEASE_SECONDS = 4.0
WITHIN_A_LEASE_SECONDS = 30.0
"""A lease, some rounds, and room for a machine that has much else to do."""


def controllers(plane: ControlPlane, folder: Path, name: str) -> Command:
    """A replica, with no more rights than ``myriarch install`` gives."""
    token = plane.token_for("myriarch-system", "myriarch-controllers")
    kubeconfig = plane.kubeconfig_with_token("myriarch-controllers", token)
    command = ("controllers", "--kubeconfig", str(kubeconfig), "--replica", name)
    return Command(folder / f"{name}.log", *command, "--lease-seconds", str(LEASE_SECONDS))


def members(plane: ControlPlane, folder: Path, clusters: int) -> Command:
    """``myriarch fleet join`` with so many clusters of a few quick nodes."""
    size = Sizes(distribution=SizeDistribution.UNIFORM, min=1, mean=float(NODES), max=NODES, nodes_per_cluster=NODES)
    spec = msgspec.structs.replace(
        default_spec(clusters, 3),
        clusters=Clusters(count=clusters, size=size),
        updates=Updates(median_seconds=1.0, spread=0.1, tick_seconds=0.5),
        failures=Failures(mean_days_between=0.0),
    )
    fleet = folder / "fleet.yaml"
    fleet.write_text(dump_fleet(spec), encoding="utf-8")
    data = str(folder / "members")
    kubeconfig = str(plane.admin_kubeconfig)
    return Command(
        folder / "members.log", "fleet", "join", "--kubeconfig", kubeconfig, "--fleet", str(fleet), "--data", data
    )


def prepare(rest: Rest) -> None:
    """The component at v1, revisions, and a quick policy of three waves."""
    stages = [
        {
            "name": "prod",
            "environment": "prod",
            "soak": "4s",
            "waves": [{"clusters": 1, "nodes": 2}, {"clusters": "30%"}, {}],
        }
    ]
    nodes = {"maxUnavailable": "50%", "soak": "1s", "failureGrace": "5s"}
    _make(rest, "components", "Component", COMPONENT, {"initialRevision": "v1"})
    for name in ("v1", "v2", "v3"):
        _make(rest, "revisions", "Revision", name, {"component": COMPONENT})
    _make(rest, "releasepolicies", "ReleasePolicy", "quick", {"stages": stages, "nodes": nodes})


def start_release(rest: Rest, name: str, revision: str) -> None:
    spec = {"component": COMPONENT, "revision": revision, "policy": "quick"}
    body = {
        "apiVersion": "myriarch.io/v1alpha1",
        "kind": "Release",
        "metadata": {"name": name, "namespace": "default"},
        "spec": spec,
    }
    rest.create(RELEASES, body)


def status(rest: Rest, name: str) -> dict[str, Any]:
    """A release's."""
    found: dict[str, Any] = rest.get(f"{RELEASES}/{name}").get("status", {})
    return found


def wait_for_phase(rest: Rest, name: str, *phases: str) -> None:
    eventually(lambda: status(rest, name).get("phase") in phases, f"{name} is {' or '.join(phases)}")


def holder(rest: Rest) -> tuple[str, int]:
    """Which replica holds the component's shard, '' where none does, and in which term."""
    leases = {each["metadata"]["name"]: each["spec"] for each in rest.get(LEASES)["items"]}
    lease = leases.get(f"myriarch-shard-{shard_of(COMPONENT)}", {})
    return str(lease.get("holderIdentity") or "").rpartition("_")[0], int(lease.get("leaseTransitions") or 0)


def grants(rest: Rest) -> dict[str, dict[str, Any]]:
    """The component's grant of each cluster that has one."""
    found = {}
    for cluster in rest.get(f"{MYRIARCH}/clusters")["items"]:
        for grant in cluster["spec"].get("components", []):
            if grant["component"] == COMPONENT:
                found[cluster["metadata"]["name"]] = grant
    return found


def _make(rest: Rest, plural: str, kind: str, name: str, spec: dict[str, Any]) -> None:
    body = {"apiVersion": "myriarch.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    rest.create(f"{MYRIARCH}/{plural}", body)
