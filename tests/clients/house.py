"""A hub process that clients of others talk to: over TLS, as a person would start it, with one simulated cluster.

What clients do, they do in the simulated cluster: its workloads come up on modelled nodes, and its API lies behind
a path of its own, which clients must keep in every URL.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import yaml
from tests.cli.running_hub import RunningHub

from myriarch.apiserver.kubeconfig import add_contexts
from myriarch.fleet.defaults import base_spec
from myriarch.fleet.load import dump_fleet
from myriarch.fleet.shapes import make_shape
from myriarch.fleet.spec import Clusters, ExplicitCluster, NodeGroup

HERE = Path(__file__).parent
KUBECTL = Path(sys.executable).with_name("kubectl")
CLUSTER = "town"
NODES = 5
TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.1
T = TypeVar("T")


class House:
    """``kubeconfig``: of the administrator, in the simulated cluster. ``hub_kubeconfig``: the same in the hub."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.hub = RunningHub("--data", folder / "data", "--port", 0, "--fleet", _fleet(folder), *options)
        self.hub_kubeconfig = self.hub.kubeconfig
        self.url = f"{self.hub.url}/clusters/{CLUSTER}"
        add_contexts(self.hub_kubeconfig, [CLUSTER])
        config = yaml.safe_load(self.hub_kubeconfig.read_text())
        self.kubeconfig = folder / "town.kubeconfig"
        self.kubeconfig.touch(0o600)
        self.kubeconfig.write_text(yaml.safe_dump({**config, "current-context": CLUSTER}))

    def stop(self) -> None:
        self.hub.end()


def eventually(look: Callable[[], T], *, seconds: float = TIMEOUT_SECONDS) -> T:
    """What ``look`` gives as soon as that is true."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"not within {seconds:.0f} seconds: {found!r}"
        time.sleep(POLL_SECONDS)


def manifest(name: str) -> str:
    return (HERE / "manifests" / f"{name}.yaml").read_text()


def _fleet(folder: Path) -> Path:
    path, shape = folder / "fleet.yaml", make_shape(16_000, 65_536, 0, "", 1.0)
    town = ExplicitCluster(name=CLUSTER, environment="prod", nodes=(NodeGroup(shape=shape.name, count=NODES),))
    path.write_text(dump_fleet(base_spec(Clusters(explicit=(town,)), seed=1, shapes=(shape,))))
    return path
