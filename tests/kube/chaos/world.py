"""A hub of real etcd and kube-apiserver, two real clusters, simulated ones, and every program that a fault may kill.

Each agent reaches the hub and its cluster through a gate. Programs that end by themselves are started again, as a
supervisor would do; those that a fault killed stay dead until it is over.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from tests.kube.chaos.faults import Fault, Kind
from tests.kube.chaos.gate import Gate
from tests.kube.control_plane import APISERVER, ETCD, ControlPlane
from tests.kube.demo.member import Agent, start_cluster
from tests.kube.hub.conftest import install
from tests.kube.processes import Process
from tests.kube.rest import RequestFailed

from myriarch.fleet.defaults import default_spec
from myriarch.fleet.load import dump_fleet
from myriarch.fleet.spec import (
    Clusters,
    Environment,
    EnvironmentClass,
    Failures,
    FleetSpec,
    SizeDistribution,
    Sizes,
    Updates,
)

REAL: Final = ("real-a", "real-b")
HUB: Final = "hub"
HUB_API: Final = f"{HUB}/{APISERVER}"
MEMBERS: Final = "members"
REAL_NODES: Final = 8
REPLICAS: Final = ("one", "two")
SIMULATED_CLUSTERS: Final = 6
SIMULATED_NODES: Final = 4
LEASE_SECONDS: Final = 4
TOKEN_SECONDS: Final = 24 * 3600
PATIENCE_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 0.2
ENVIRONMENT: Final = "/apis/myriarch.io/v1alpha1/environments/prod"


class World:
    """Started once; many runs are played in it, each with a component of its own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._dead: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self.restarted: Counter[str] = Counter()
        self.hub = stack.enter_context(ControlPlane.start(folder / "hub"))
        install(self.hub.admin_kubeconfig)
        self.clusters = {name: stack.enter_context(start_cluster(folder / name, REAL_NODES)) for name in REAL}
        self._programs = {name: self._program(name, *self._controllers(name)) for name in REPLICAS}
        self._programs[MEMBERS] = self._program(MEMBERS, *self._members())
        wait_for(lambda: self.hub.admin.is_ok(ENVIRONMENT), lambda: "the members make the environment")
        self.to_hub = {name: self._gate(self.hub) for name in REAL}
        self.to_cluster = {name: self._gate(self.clusters[name]) for name in REAL}
        self.agents = {name: self._agent(name) for name in REAL}
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)
        self._supervisor.start()
        stack.callback(self._dismiss)

    def ask(self, request: Callable[[], Any]) -> Any:
        """The answer of an API server that may be away for a while."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return request()
            except (OSError, RequestFailed) as error:
                refused = isinstance(error, RequestFailed) and error.code in (400, 403, 404, 409, 422)
                if refused or time.monotonic() > deadline:
                    raise
            time.sleep(AGAIN_SECONDS)

    def strike(self, fault: Fault) -> None:
        """Let it begin."""
        gates = {Kind.CUT_FROM_CLUSTER: self.to_cluster}.get(fault.kind, self.to_hub)
        match fault.kind:
            case Kind.CUT_FROM_HUB | Kind.CUT_FROM_CLUSTER:
                gates[REAL[fault.which]].refuse()
            case Kind.SILENT_HUB:
                gates[REAL[fault.which]].silence()
            case _:
                self.kill(_victim(fault))

    def mend(self, fault: Fault) -> None:
        """Let it be over."""
        gates = {Kind.CUT_FROM_CLUSTER: self.to_cluster}.get(fault.kind, self.to_hub)
        match fault.kind:
            case Kind.CUT_FROM_HUB | Kind.CUT_FROM_CLUSTER | Kind.SILENT_HUB:
                gates[REAL[fault.which]].open()
            case _:
                self.revive(_victim(fault))

    def kill(self, name: str) -> None:
        """SIGKILL; it stays dead until it was revived as often as killed."""
        with self._lock:
            self._dead[name] += 1
            if name in self.agents:
                self.agents[name].kill()
            else:
                self._processes()[name].kill()

    def revive(self, name: str) -> None:
        """The supervisor may start it again."""
        with self._lock:
            self._dead[name] -= 1

    def _supervise(self) -> None:
        while not self._ending.wait(AGAIN_SECONDS):
            with self._lock:
                self._start_what_ended()

    def _start_what_ended(self) -> None:
        for name, process in self._processes().items():
            if not self._dead[name] and not process.is_running:
                self.restarted[name] += 1
                process.start()
        for name, agent in self.agents.items():
            if not self._dead[name] and agent.program.code is not None:
                self.restarted[name] += 1
                agent.start_again()

    def _dismiss(self) -> None:
        self._ending.set()
        self._supervisor.join(PATIENCE_SECONDS)

    def _processes(self) -> dict[str, Process]:
        """By name; those of control planes as ``hub/etcd``."""
        planes = {HUB: self.hub, **self.clusters}
        parts = {f"{place}/{name}": plane.process(name) for place, plane in planes.items() for name in plane.names}
        return self._programs | parts

    def logs(self) -> str:
        """Where everything is told."""
        return str(self._folder)

    def _gate(self, plane: ControlPlane) -> Gate:
        return self._stack.enter_context(Gate(urlsplit(plane.url).port or 0))

    def _program(self, name: str, *words: str) -> Process:
        command = [sys.executable, "-m", "myriarch", *words]
        process = Process(name, command, self._folder / f"{name}.log", {**os.environ, "PYTHONUNBUFFERED": "1"})
        process.start()
        self._stack.callback(process.kill)
        return process

    def _controllers(self, name: str) -> tuple[str, ...]:
        token = self.hub.token_for("myriarch-system", "myriarch-controllers", TOKEN_SECONDS)
        kubeconfig = self.hub.kubeconfig_with_token("myriarch-controllers", token)
        lease = ("--lease-seconds", str(LEASE_SECONDS))
        return ("controllers", "--kubeconfig", str(kubeconfig), "--replica", name, *lease)

    def _members(self) -> tuple[str, ...]:
        fleet = self._folder / "fleet.yaml"
        fleet.write_text(dump_fleet(_fleet()), encoding="utf-8")
        data = str(self._folder / "members")
        access = ("--kubeconfig", str(self.hub.admin_kubeconfig))
        return ("fleet", "join", *access, "--fleet", str(fleet), "--data", data)

    def _agent(self, name: str) -> Agent:
        hub, cluster = (f"https://127.0.0.1:{gates[name].port}" for gates in (self.to_hub, self.to_cluster))
        folder = self._folder / f"agent-{name}"
        plane = self.clusters[name]
        agent = Agent(self.hub.admin_kubeconfig, plane, name, folder, {}, server=hub, member=cluster)
        self._stack.callback(lambda: agent.program.stop(signal.SIGKILL))
        return agent


def _victim(fault: Fault) -> str:
    """Who is killed, as ``World`` names it."""
    real = REAL[fault.which]
    return {
        Kind.CONTROLLERS_KILLED: REPLICAS[fault.which],
        Kind.MEMBERS_KILLED: MEMBERS,
        Kind.AGENT_KILLED: real,
        Kind.CLUSTER_API_KILLED: f"{real}/{APISERVER}",
        Kind.CLUSTER_ETCD_RESTARTED: f"{real}/{ETCD}",
        Kind.HUB_API_KILLED: HUB_API,
        Kind.HUB_ETCD_RESTARTED: f"{HUB}/{ETCD}",
    }[fault.kind]


def wait_for(holds: Callable[[], object], what: Callable[[], str], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what()}"
        time.sleep(AGAIN_SECONDS)


def _fleet() -> FleetSpec:
    """A few small clusters of production, quick to move."""
    nodes = SIMULATED_NODES
    size = Sizes(distribution=SizeDistribution.UNIFORM, min=1, mean=float(nodes), max=nodes, nodes_per_cluster=nodes)
    return msgspec.structs.replace(
        default_spec(SIMULATED_CLUSTERS, 5),
        environments=(Environment(name="prod", class_=EnvironmentClass.PRODUCTION),),
        clusters=Clusters(count=SIMULATED_CLUSTERS, size=size),
        updates=Updates(median_seconds=1.0, spread=0.1, tick_seconds=0.5),
        failures=Failures(mean_days_between=0.0),
    )
