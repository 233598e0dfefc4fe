"""One life of a hub that is killed now and then: started, killed, started again, until its release has ended.

The hub is the real command in a process of its own, on real time. Its fleet is prepared beforehand, so that a
revision can be made harmful, which nobody could tell the hub. While it lives, ConfigMaps are written to it in a
stream of their own; what it acknowledged must be there after every restart.
"""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import numpy as np
import yaml

from myriarch.apiserver.sqlite import SqliteJournal
from myriarch.base.hashing import hash_names
from myriarch.engine.rules import REVERT_JITTER_SECONDS
from myriarch.fleet.behaviour import Behaviour, Effect, Symptom
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.spec import Clusters, Failures, FleetSpec, SizeDistribution, Sizes, Updates

ENDED = ("Succeeded", "RolledBack", "Aborted", "Superseded")
READY_SECONDS = 60.0
LIFE_SECONDS = 200.0
NODES = 6
GROUP = "/apis/myriarch.io/v1alpha1"
RELEASE = f"{GROUP}/namespaces/default/releases/r"
CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
HARM = Behaviour(effects=(Effect(symptom=Symptom.NOT_READY, where={"environment": ("prod",)}, delay_seconds=0.5),))

POLICY = {
    "stages": [
        {"name": "simulated", "environment": "sim", "soak": "1s"},
        {
            "name": "production",
            "environment": "prod",
            "soak": "1500ms",
            "waves": [{"clusters": 2, "nodes": 2}, {"clusters": "100%"}],
        },
    ],
    "nodes": {"maxUnavailable": "34%", "soak": "300ms", "failureGrace": "200ms"},
    "failure": {"tolerance": "10%"},
    "concurrency": {"rollback": "100%"},
}


def quick_spec() -> FleetSpec:
    """Five clusters whose nodes are updated in a third of a second and never fail on their own."""
    size = Sizes(distribution=SizeDistribution.UNIFORM, min=1, mean=float(NODES), max=NODES, nodes_per_cluster=NODES)
    return msgspec.structs.replace(
        default_spec(5, 11),
        clusters=Clusters(count=5, size=size),
        updates=Updates(median_seconds=0.3, spread=0.1, tick_seconds=0.1),
        failures=Failures(mean_days_between=0.0),
    )


def impatient_seed(names: list[str]) -> int:
    """A release's seed by which every cluster is told to go back soon: jitter is drawn from seed and name."""

    def longest(seed: int) -> float:
        return float((hash_names(seed, names) % np.uint64(1024)).max()) / 1024 * REVERT_JITTER_SECONDS

    return next(seed for seed in range(10_000) if longest(seed) < 2.0)


@dataclass
class Outcome:
    """How a life ended. ``tallies`` by environment; ``nodes`` by cluster: the revision of each."""

    phase: str = ""
    reason: str = ""
    tallies: dict[str, dict[str, Any]] = field(default_factory=dict)
    nodes: dict[str, list[str]] = field(default_factory=dict)
    kills: list[str] = field(default_factory=list)
    """Where the release stood at each kill, such as ``Soaking production/0``."""
    acknowledged: int = 0


class Life:
    """``kills``: how many seconds after each readiness the hub is killed."""

    def __init__(self, folder: Path, kills: list[float], behaviour: Behaviour | None) -> None:
        self.data = folder / "data"
        self.kubeconfig = folder / "kubeconfig"
        self.folder = folder
        self.kills = kills
        self.outcome = Outcome()
        self._process: subprocess.Popen[str] | None = None
        self._acknowledged: dict[str, int] = {}
        self._counter = 0
        self._side_stop = threading.Event()
        self._progress: dict[str, Any] = {}
        fleet = Fleet.open(self.data / "fleet", quick_spec(), start=float(int(time.time())))
        fleet.set_base("os", "v1")
        if behaviour is not None:
            fleet.set_behaviour("os", "v2", behaviour)
        sim = [plan.name for plan in fleet.plans if plan.environment == "sim"]
        self._seed = impatient_seed(sim)
        fleet.close()

    def run(self) -> Outcome:
        """Live to the end of the release. Whatever was lost on the way fails here."""
        began = time.monotonic()
        self._start()
        side = threading.Thread(target=self._write_side_stream, daemon=True)
        try:
            self._furnish()
            side.start()
            for seconds in self.kills:
                self.outcome.kills.append(self._wait_or_end(seconds))
                self._kill()
                self._look_at_the_remains()
                self._start()
                self._check_side_stream()
            self._until_ended(began)
            self._check_side_stream()
        finally:
            self._side_stop.set()
            if side.ident is not None:
                side.join(10)
            self._stop()
        self._read_nodes()
        self.outcome.acknowledged = len(self._acknowledged)
        return self.outcome

    # The process

    def _start(self) -> None:
        command = [sys.executable, "-m", "myriarch", "hub", "--data", str(self.data), "--port", "0"]
        log = (self.folder / "log").open("a")
        self._process = subprocess.Popen(
            [*command, "--kubeconfig", str(self.kubeconfig)], stdout=subprocess.PIPE, stderr=log, text=True
        )
        log.close()
        assert self._process.stdout is not None
        watchdog = threading.Timer(READY_SECONDS, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        assert line.startswith("hub ready"), (line, (self.folder / "log").read_text())

    def _kill(self) -> None:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def _stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            assert self._process.wait(30) == 0

    # The client

    def _send(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> tuple[int, Any]:
        context = yaml.safe_load(self.kubeconfig.read_text())
        address = urlsplit(context["clusters"][0]["cluster"]["server"])
        assert address.hostname is not None
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        headers = {"Authorization": f"Bearer {context['users'][0]['user']['token']}", "Content-Type": kind}
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def _create(self, path: str, kind: str, name: str, spec: dict[str, Any]) -> None:
        body = {"apiVersion": "myriarch.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        status, answer = self._send("POST", path, body)
        assert status == 201, answer

    def _furnish(self) -> None:
        self._create(f"{GROUP}/components", "Component", "os", {"initialRevision": "v1"})
        for name in ("v1", "v2"):
            self._create(f"{GROUP}/revisions", "Revision", name, {"component": "os"})
        self._create(f"{GROUP}/releasepolicies", "ReleasePolicy", "std", POLICY)
        spec = {"component": "os", "revision": "v2", "policy": "std", "seed": self._seed}
        self._create(RELEASE.rsplit("/", 1)[0], "Release", "r", spec)

    def _status(self) -> dict[str, Any]:
        status, answer = self._send("GET", RELEASE)
        assert status == 200, answer
        found: dict[str, Any] = answer.get("status", {})
        return found

    def _wait_or_end(self, seconds: float) -> str:
        """Wait for the moment of the kill, no longer than until the release has ended; where it stands then."""
        moment = time.monotonic() + seconds
        while (status := self._status()).get("phase") not in ENDED and time.monotonic() < moment:
            time.sleep(min(0.05, max(moment - time.monotonic(), 0.0)))
        return f"{status.get('phase', 'Pending')} {status.get('stageName', '')}/{status.get('wave', 0)}"

    def _until_ended(self, began: float) -> None:
        while (status := self._status()).get("phase") not in ENDED or self._active():
            assert time.monotonic() - began < LIFE_SECONDS, status
            time.sleep(0.2)
        self.outcome.phase, self.outcome.reason = status["phase"], status["reason"]
        self.outcome.tallies = {tally["environment"]: tally for tally in status["environments"]}

    def _active(self) -> str:
        _, answer = self._send("GET", f"{GROUP}/components/os")
        return str(answer["status"].get("activeRelease", ""))

    # What was acknowledged

    def _write_side_stream(self) -> None:
        number = 0
        while not self._side_stop.is_set():
            number += 1
            name = f"side-{number}"
            body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"n": str(number)}}
            try:
                if self._send("POST", CONFIG_MAPS, body)[0] == 201:
                    self._acknowledged[name] = number
                kind = "application/merge-patch+json"
                counted = {"data": {"count": str(number)}}
                if self._send("PATCH", f"{CONFIG_MAPS}/side-1", counted, kind)[0] == 200:
                    self._counter = number
            except (OSError, http.client.HTTPException, ValueError):
                pass
            time.sleep(0.02)

    def _check_side_stream(self) -> None:
        acknowledged, counter = dict(self._acknowledged), self._counter
        _, answer = self._send("GET", CONFIG_MAPS)
        found = {item["metadata"]["name"]: item["data"] for item in answer["items"]}
        lost = [name for name, number in acknowledged.items() if found.get(name, {}).get("n") != str(number)]
        assert not lost, f"acknowledged and lost: {lost}"
        if counter:
            assert int(found["side-1"]["count"]) >= counter

    # What the killed hub left on disk

    def _look_at_the_remains(self) -> None:
        """No cluster has told of more than its nodes had done, and no node is behind where it was seen before."""
        copy = self.folder / "remains"
        shutil.copytree(self.data, copy)
        journal = SqliteJournal(copy / "hub.db")
        objects = [json.loads(record.data) for record in journal.load().records]
        journal.close()
        fleet = Fleet.open(copy / "fleet")
        try:
            for each in objects:
                if each["kind"] == "Cluster":
                    self._compare(each, fleet)
        finally:
            fleet.close()
            shutil.rmtree(copy)

    def _compare(self, cluster: dict[str, Any], fleet: Fleet) -> None:
        name = cluster["metadata"]["name"]
        seen = fleet.cluster(name).observe("os")
        names = fleet.revision_names("os")
        new = names.index("v2") if "v2" in names else -2
        begun = seen.started & (seen.attempt > 0)
        back = begun & (seen.target != new)
        progress = begun.astype(int) + (begun & (seen.revision == new)) + 2 * back + (back & (seen.revision != new))
        before = self._progress.get(name)
        assert before is None or (progress >= before).all(), f"{name}: {before} before, {progress} now"
        self._progress[name] = progress
        for told in cluster.get("status", {}).get("components", []):
            if told.get("attempt"):
                assert int(begun.sum()) >= told.get("begun", 0), told
                assert int((progress >= 2).sum()) >= told.get("updated", 0), told
                assert int((back & (seen.revision != new)).sum()) >= told.get("reverted", 0), told

    def _read_nodes(self) -> None:
        fleet = Fleet.open(self.data / "fleet")
        names = fleet.revision_names("os")
        for cluster in fleet.cluster_names():
            seen = fleet.cluster(cluster).observe("os")
            self.outcome.nodes[cluster] = [names[int(code)] for code in seen.revision]
        fleet.close()
