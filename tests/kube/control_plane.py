"""A whole Kubernetes control plane as processes, on free ports of the loopback interface, in one folder.

Like envtest's, but with everything that a test may want to break: etcd and kube-apiserver always; the controller
manager, the scheduler and KWOK's nodes when asked for. Each process can be killed, stopped, resumed and started
again with the same ports and data. Command lines are in `commands.py`, certificates in `credentials.py`.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from tests.kube import commands
from tests.kube.certificates import LIFE
from tests.kube.commands import Place
from tests.kube.components import binary
from tests.kube.credentials import Credentials
from tests.kube.nodes import is_ready, node
from tests.kube.ports import Ports
from tests.kube.processes import Process, ProcessFailed
from tests.kube.rest import Rest

ETCD = "etcd"
APISERVER = "kube-apiserver"
CONTROLLER_MANAGER = "kube-controller-manager"
SCHEDULER = "kube-scheduler"
KWOK = "kwok"
PORTS = (ETCD, "etcd-peer", APISERVER, CONTROLLER_MANAGER, SCHEDULER, KWOK)
READY_SECONDS = 90.0
PORT_ATTEMPTS = 3


class ControlPlane:
    """One running control plane; ``start`` makes it, ``stop`` ends it."""

    def __init__(self, folder: Path, minor: str, users: Mapping[str, Sequence[str]]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.minor = minor
        self._ports = Ports()
        self._processes: dict[str, Process] = {}
        self._ready: dict[str, Callable[[], bool]] = {}
        self._place = Place(folder, {name: self._ports.take() for name in PORTS})
        self.credentials = Credentials(folder, self._place.url(APISERVER), users)
        self.admin = Rest(self.url, self.credentials.tls())

    @classmethod
    def start(
        cls,
        folder: Path,
        minor: str = "1.34",
        controller_manager: bool = False,
        scheduler: bool = False,
        kwok_nodes: int = 0,
        *,
        fsync: bool = False,
        users: Mapping[str, Sequence[str]] | None = None,
        apiserver_flags: Sequence[str] = (),
        controllers: str = commands.CONTROLLERS,
    ) -> Self:
        """Starts it and returns once it serves, with ``kwok_nodes`` nodes that are Ready.

        ``controllers`` are those of the controller manager, as its flag names them, accounts' among them.
        ``users`` (name to groups) get a static bearer token each (``token_for_user``). Without ``fsync`` etcd doesn't
        wait for the disk. Raises ProcessFailed with the end of the log of what didn't come up.
        """
        for attempt in range(1, PORT_ATTEMPTS + 1):
            plane = cls(folder, minor, users or {})
            try:
                manager = controllers if controller_manager else ""
                plane._bring_up(manager, scheduler, kwok_nodes, fsync, apiserver_flags)
            except ProcessFailed as failure:
                plane.stop()
                if not failure.port_was_taken or attempt == PORT_ATTEMPTS:
                    raise
                shutil.rmtree(folder / ETCD, ignore_errors=True)
            except BaseException:
                plane.stop()
                raise
            else:
                return plane
        raise AssertionError("unreachable")

    @property
    def url(self) -> str:
        return self.credentials.url

    @property
    def etcd_url(self) -> str:
        return self._place.url(ETCD, "http")

    @property
    def ca_file(self) -> Path:
        return self.credentials.ca_file

    @property
    def admin_kubeconfig(self) -> Path:
        return self.credentials.admin

    @property
    def names(self) -> list[str]:
        """Of its processes."""
        return list(self._processes)

    def kubeconfig_for(self, user: str, groups: Sequence[str] = (), life: timedelta = LIFE) -> Path:
        """A kubeconfig with a client certificate for this user; with a negative ``life``, an expired one."""
        return self.credentials.kubeconfig_for(user, groups, life=life)

    def kubeconfig_with_token(self, name: str, token: str) -> Path:
        return self.credentials.kubeconfig_with_token(name, token)

    def token_for_user(self, user: str) -> str:
        """The static token of one of the ``users`` that the control plane was started with."""
        return self.credentials.tokens[user]

    def token_for(self, namespace: str, account: str, seconds: int = 3600) -> str:
        """A token of a service account, which is made if it is missing. At least 600 seconds."""
        accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        if not self.admin.is_ok(f"{accounts}/{account}"):
            self.admin.create(accounts, {"metadata": {"name": account}})
        request = {"spec": {"expirationSeconds": seconds}}
        answer = self.admin.create(f"{accounts}/{account}/token", request)
        return str(answer["status"]["token"])

    def add_nodes(self, count: int, first: int = 0) -> None:
        """Makes nodes ``first`` to ``first + count - 1`` and waits until KWOK has made them Ready."""
        for number in range(first, first + count):
            made = self.admin.create("/api/v1/nodes", node(number, self.minor))
            if CONTROLLER_MANAGER not in self._processes:  # nobody else takes the taint of a new node away
                self.admin.merge(f"/api/v1/nodes/{made['metadata']['name']}", {"spec": {"taints": None}})
        self._processes[KWOK].wait_until(self._nodes_are_ready, READY_SECONDS)

    def process(self, name: str) -> Process:
        return self._processes[name]

    def kill(self, name: str) -> None:
        """SIGKILL; it stays dead until ``restart``."""
        self._processes[name].kill()

    def pause(self, name: str) -> None:
        """SIGSTOP: connections stay open and nobody answers."""
        self._processes[name].signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """SIGCONT."""
        self._processes[name].signal(signal.SIGCONT)

    def restart(self, name: str) -> None:
        """Ends it with SIGTERM if it runs, starts it with the same ports and data, and waits until it is ready."""
        self._processes[name].terminate()
        self.launch(name)
        self.wait_ready(name)

    def launch(self, name: str) -> None:
        """Starts a process that has ended; does not wait for it."""
        self._processes[name].start()

    def wait_ready(self, name: str) -> None:
        self._processes[name].wait_until(self._ready[name], READY_SECONDS)

    def stop(self) -> None:
        """Ends every process at once, and gives the ports back. What etcd holds stays in the folder."""
        for each in reversed(self._processes.values()):
            each.signal(signal.SIGKILL)
        for each in self._processes.values():
            each.kill()
        self._ports.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _bring_up(self, controllers: str, scheduler: bool, kwok_nodes: int, fsync: bool, flags: Sequence[str]) -> None:
        place = self._place
        healthy = Rest(self.etcd_url)
        self._add(ETCD, commands.etcd(place, fsync=fsync), lambda: healthy.is_ok("/health"))
        arguments = [*commands.apiserver(place, service_accounts=bool(controllers)), *flags]
        self._add(APISERVER, arguments, self._serves, self.minor)
        if controllers:
            arguments = commands.controller_manager(place, controllers)
            self._add(CONTROLLER_MANAGER, arguments, self._controls, self.minor)
        if scheduler:
            self._add(SCHEDULER, commands.scheduler(place), self._healthz(SCHEDULER), self.minor)
        if kwok_nodes:
            page = Rest(place.url(KWOK, "http"))
            self._add(KWOK, commands.kwok(place), lambda: page.is_ok("/healthz"))
        clients = [name for name in self._processes if name not in (ETCD, APISERVER)]
        for names in ([ETCD], [APISERVER], clients):
            for name in names:
                self.launch(name)
            for name in names:
                self.wait_ready(name)
        if kwok_nodes:
            self.add_nodes(kwok_nodes)

    def _add(self, name: str, arguments: Sequence[str], ready: Callable[[], bool], version: str | None = None) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder)}
        command = [str(binary(name, version)), *arguments]
        self._processes[name] = Process(name, command, self.folder / f"{name}.log", environment)
        self._ready[name] = ready

    def _serves(self) -> bool:
        return self.admin.is_ok("/readyz") and self.admin.is_ok("/api/v1/namespaces/default")

    def _controls(self) -> bool:
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        return self._healthz(CONTROLLER_MANAGER)() and self.admin.is_ok(account)

    def _healthz(self, name: str) -> Callable[[], bool]:
        page = Rest(self._place.url(name), self.credentials.anonymous_tls())
        return lambda: page.is_ok("/healthz")

    def _nodes_are_ready(self) -> bool:
        nodes: list[dict[str, Any]] = self.admin.get("/api/v1/nodes")["items"]
        return all(is_ready(each) for each in nodes)
