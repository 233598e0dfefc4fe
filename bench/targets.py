"""The servers that ``kube.py`` compares, each running, with a process that loads it.

Both sync to the same disk before they acknowledge: ours SQLite, the peer etcd. The embedded server is run as it is run
on one machine (plain HTTP on loopback) and, to compare what a real API server can't leave out, over TLS. The real one
runs with its own defaults and RBAC, asked by an administrator with a static token.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_server import TOKEN
from myriarch.apiserver.access.tls import SERVER_AUTHORITY
from processes import cpu_seconds, resident_bytes

ROOT = Path(__file__).resolve().parent.parent
SERVER_SCRIPT = Path(__file__).with_name("bench_server.py")
LOAD_SCRIPT = Path(__file__).with_name("load.py")
ADMIN = "bench"
MINOR = "1.34"
COMPONENTS = ("etcd", "kube-apiserver")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one job: what was done, in how long, and how long the server's processors worked for it."""

    count: float
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def cpu_microseconds(self) -> float:
        """Each."""
        return self.cpu_seconds / self.count * 1e6


class Target:
    """One server. ``pids`` are its processes."""

    def __init__(self, name: str, pids: Sequence[int], load: subprocess.Popen[str]) -> None:
        self.name = name
        self._pids = tuple(pids)
        self._load = load

    def ask(self, job: dict[str, Any]) -> Cost:
        """Raises RuntimeError where the load failed; its own words are on stderr."""
        assert self._load.stdin is not None
        assert self._load.stdout is not None
        before = cpu_seconds(self._pids)
        self._load.stdin.write(json.dumps(job) + "\n")
        self._load.stdin.flush()
        line = self._load.stdout.readline()
        if not line:
            raise RuntimeError(f"the load on {self.name} failed")
        told = json.loads(line)
        return Cost(told["count"], told["seconds"], cpu_seconds(self._pids) - before)

    @property
    def resident_bytes(self) -> int:
        return resident_bytes(self._pids)


@contextmanager
def embedded(folder: Path, *, tls: bool) -> Iterator[Target]:
    """The embedded server."""
    folder.mkdir()
    command = [sys.executable, str(SERVER_SCRIPT), str(folder), *(["--tls"] if tls else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        ca = str(folder / f"{SERVER_AUTHORITY}.crt") if tls else ""
        with _loaded("embedded-tls" if tls else "embedded", [process.pid], url, TOKEN, ca) as target:
            yield target
        process.communicate()


@contextmanager
def real(folder: Path) -> Iterator[Target]:
    """kube-apiserver and etcd, with Myriarch's kinds. Raises SystemExit where they are not built."""
    control_plane = built()
    with control_plane.start(folder, MINOR, fsync=True, users={ADMIN: ["system:masters"]}) as plane:
        install(plane.admin_kubeconfig)
        pids = [plane.process(name).pid for name in COMPONENTS]
        with _loaded("kube-apiserver", pids, plane.url, plane.token_for_user(ADMIN), str(plane.ca_file)) as target:
            yield target


def built() -> Any:
    """The fixture that starts control planes. Raises SystemExit where its parts are not built."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from components.catalogue import component
    from tests.kube.control_plane import ControlPlane

    missing = [name for name in COMPONENTS if not component(name).is_built]
    if missing:
        raise SystemExit(f"not built: {', '.join(missing)}. Run: make components")
    return ControlPlane


def install(kubeconfig: Path) -> None:
    """Myriarch's kinds and rights, as a person installs them."""
    command = [sys.executable, "-m", "myriarch", "install", "--kubeconfig", str(kubeconfig)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


@contextmanager
def _loaded(name: str, pids: Sequence[int], url: str, token: str, ca: str) -> Iterator[Target]:
    command = [sys.executable, str(LOAD_SCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
        assert load.stdin is not None
        load.stdin.write(json.dumps({"url": url, "token": token, "ca": ca}) + "\n")
        yield Target(name, pids, load)
        load.stdin.close()
