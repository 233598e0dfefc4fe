"""The embedded server against kube-apiserver with etcd: the same requests, in turns, in one run.

Turns are short and alternate, and each figure is the median of its turns, so that what else the machine does meets
both. Beside the rate each figure has the processors' time that the server used for one request (``cpu``), which
hardly depends on the machine's other work. ConfigMaps of about a kilobyte, and our own kind.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from http_load import CONNECTIONS
from measurement import Measurement, progress
from processes import load_average
from targets import Cost, Target, embedded, real

OBJECTS = 10_000
CLUSTERS = 1_000
TURNS = 3
TURN_SECONDS = 2.0
WATCHERS = 1_000
WATCHED_CHANGES = 60
LISTS = 4
MEGA = 1e6
COMMAND = "python bench/run.py kube"
PEER = "kube-apiserver and etcd, same run"
PEER_NAME = "kube-apiserver"

MAPS = "/api/v1/namespaces/default/configmaps"
KINDS = "/apis/myriarch.io/v1alpha1/clusters"
MERGE = "application/merge-patch+json"

Job = dict[str, Any]


def run(_sizes: Sequence[int], _seed: int) -> list[Measurement]:
    """Rates, processors' time and memory of each server."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        peer = stack.enter_context(real(Path(folder) / "real"))
        ours = [stack.enter_context(embedded(Path(folder) / str(tls), tls=tls)) for tls in (False, True)]
        return _Run(ours, peer).measure()


class _Run:
    def __init__(self, ours: Sequence[Target], peer: Target) -> None:
        self._ours = ours
        self._peer = peer
        self._found: list[Measurement] = []

    def measure(self) -> list[Measurement]:
        self._memory("idle")
        size = OBJECTS // TURNS
        self._compare("creates", lambda turn: _create_map(turn * size, size))
        self._compare("creates.own-kind", lambda turn: _create_cluster(turn * CLUSTERS // TURNS, CLUSTERS // TURNS))
        self._compare("updates", lambda turn: _update_map(turn) | _timed())
        self._compare("patches.own-kind", lambda turn: _patch_cluster(turn) | _timed())
        self._compare("gets", lambda _: _get(MAPS, "bench-{n}") | _timed())
        self._compare("gets.own-kind", lambda _: _get(KINDS, "bench-{n}") | _timed())
        self._memory("loaded")
        self._compare(f"lists-of-{OBJECTS}", lambda _: _job("GET", MAPS, count=LISTS) | {"connections": 2})
        fan_out = {"watchers": WATCHERS, "watch": MAPS, "count": WATCHED_CHANGES}
        self._compare(f"events-to-{WATCHERS}-watchers", lambda turn: _update_map(turn) | fan_out)
        self._memory("after-watches")
        return self._found

    def _compare(self, what: str, job: Callable[[int], Job]) -> None:
        """Every server does the job of each turn before the next turn begins."""
        progress(f"{what} (load {load_average()})")
        targets = [*self._ours, self._peer]
        costs: dict[str, list[Cost]] = {target.name: [] for target in targets}
        for turn in range(TURNS):
            for target in targets:
                costs[target.name].append(target.ask(job(turn)))
        peer = costs.pop(self._peer.name)
        for name, mine in costs.items():
            rates, spent = _rate(mine), _cpu(mine)
            told = f"{name.replace('embedded', 'kube')}.{what}"
            self._add(f"{told}", rates, "1/s", _rate(peer), higher_is_better=True)
            self._add(f"{told}.cpu", spent, "us", _cpu(peer))

    def _memory(self, when: str) -> None:
        of_peer = self._peer.resident_bytes / MEGA
        for target in self._ours:
            name = f"{target.name.replace('embedded', 'kube')}.memory.{when}"
            self._add(name, target.resident_bytes / MEGA, "MB", of_peer)

    def _add(self, name: str, value: float, unit: str, peer: float, *, higher_is_better: bool = False) -> None:
        self._found.append(Measurement(name, value, unit, COMMAND, PEER, peer, higher_is_better))
        print(f"  {name}: {value:.4g} {unit} against {peer:.4g}", file=sys.stderr, flush=True)


def _rate(costs: Sequence[Cost]) -> float:
    return median(cost.rate for cost in costs)


def _cpu(costs: Sequence[Cost]) -> float:
    return median(cost.cpu_microseconds for cost in costs)


def _timed() -> Job:
    return {"seconds": TURN_SECONDS}


def _job(method: str, path: str, body: object = None, *, first: int = 0, count: int = OBJECTS) -> Job:
    text = "" if body is None else json.dumps(body)
    return {"method": method, "path": path, "body": text, "first": first, "count": count, "connections": CONNECTIONS}


def _create_map(first: int, count: int) -> Job:
    return _job("POST", MAPS, map_object("{n}", "created"), first=first, count=count)


def _update_map(turn: int) -> Job:
    return _job("PUT", MAPS + "/bench-{n}", map_object("{n}", f"turn {turn}"), count=OBJECTS // TURNS)


def _create_cluster(first: int, count: int) -> Job:
    spec = {"environment": "prod", "access": "Pull", "mode": "Manage"}
    metadata = {"name": "bench-{n}", "labels": {"myriarch.io/environment": "prod"}}
    body = {"apiVersion": "myriarch.io/v1alpha1", "kind": "Cluster", "metadata": metadata, "spec": spec}
    return _job("POST", KINDS, body, first=first, count=count)


def _patch_cluster(turn: int) -> Job:
    """What an agent tells, something new each turn."""
    component = {"component": "node-agent", "attempt": 1 + turn, "revision": "node-agent-2", "nodes": 100}
    body = {"status": {"nodes": 100, "readyNodes": 90 + turn, "components": [component]}}
    count = CLUSTERS // TURNS * TURNS
    return _job("PATCH", KINDS + "/bench-{n}/status", body, count=count) | {"type": MERGE}


def _get(collection: str, name: str) -> Job:
    count = CLUSTERS // TURNS * TURNS if collection == KINDS else OBJECTS // TURNS * TURNS
    return _job("GET", f"{collection}/{name}", count=count)


def map_object(number: str, text: str) -> Job:
    """A ConfigMap of about a kilobyte."""
    metadata = {"name": f"bench-{number}", "namespace": "default", "labels": {"app": "bench"}}
    data = {"text": text, "filling": "x" * 900}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
