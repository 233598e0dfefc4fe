"""One run of chaos: three releases of a component of its own, each through its share of the faults.

The first is aborted while the hub goes away, the second harms and is taken back, the third is good and puts everything
right. Whatever the seed draws, each must end so, and the observer must have seen nothing that may not be.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tests.kube.chaos.faults import Fault, plan_of
from tests.kube.chaos.observer import Observer, judge
from tests.kube.chaos.world import HUB_API, REAL_NODES, World, wait_for
from tests.kube.demo.member import deploy

API: Final = "/apis/myriarch.io/v1alpha1"
RELEASES: Final = f"{API}/namespaces/default/releases"
IMAGE: Final = "registry.invalid/agent@sha256:" + "0" * 63
ENDINGS: Final = ("Aborted", "RolledBack", "Succeeded")
"""Of the three releases, in order; they go to versions 2, 3 and 4."""

HARMFUL: Final = 3
ORDER: Final = 361
"""Seed of the releases: in a rollback, who shows no harm waits up to a minute, and by this one a quarter of that."""

ENDED: Final = frozenset({"Succeeded", "RolledBack", "Aborted", "Superseded"})
END_SECONDS: Final = 120.0
"""So long after the last fault is over a release may take to end: its waves' soaks, and much else that runs here."""

BUDGET: Final = REAL_NODES // 2
WAVES: Final = [{"nodes": 2}, {"nodes": "50%"}, {}]
NODE_RULES: Final = {"maxUnavailable": "50%", "soak": "1s", "failureGrace": "4s", "tolerance": "100%"}
POLICY: Final = {
    "stages": [{"name": "prod", "environment": "prod", "soak": "2s", "waves": WAVES}],
    "nodes": NODE_RULES,
    "failure": {"tolerance": "10%", "minimum": 2},
    "concurrency": {"rollback": "100%"},
    "grantDuration": "10s",
}


class Run:
    """``play`` once."""

    def __init__(self, world: World, seed: int, say: Callable[[str], None]) -> None:
        self._world = world
        self._plan = plan_of(seed, len(ENDINGS))
        self._name = f"agent-{seed}"
        self._say = say
        self._began_at = 0.0

    def play(self) -> None:
        """Raises AssertionError with everything that was wrong."""
        self._prepare()
        observer = Observer(self._world.hub.admin_kubeconfig, self._world.clusters, self._name)
        with observer:
            for number, ending in enumerate(ENDINGS):
                self._release(number, ending)
            wait_for(lambda: self._versions() == {"4"}, lambda: f"all nodes at version 4: {self._versions()}")
        faults = judge(observer.record, BUDGET)
        looks = sum(len(each) for each in observer.record.looks.values())
        self._say(f"{looks} looks at nodes, {len(faults)} faults found; restarted: {dict(self._world.restarted)}")
        assert not faults, "\n".join(faults)

    def _prepare(self) -> None:
        for plane in self._world.clusters.values():
            deploy(plane, self._name, _template(1))
        target = {"namespace": self._name, "name": "agent"}
        component = {"driver": "daemonset", "target": target, "initialRevision": f"{self._name}-1"}
        self._make("components", "Component", self._name, component)
        for version in range(1, len(ENDINGS) + 2):
            spec = {"component": self._name, "payload": {"template": _template(version)}}
            self._make("revisions", "Revision", f"{self._name}-{version}", spec)
        self._make("releasepolicies", "ReleasePolicy", self._name, POLICY)
        wait_for(lambda: self._versions() == {"1"}, lambda: f"all nodes at version 1: {self._versions()}")

    def _release(self, number: int, ending: str) -> None:
        name = f"{self._name}-to-{number + 2}"
        spec = {"component": self._name, "revision": f"{self._name}-{number + 2}", "policy": self._name, "seed": ORDER}
        body = {"apiVersion": "myriarch.io/v1alpha1", "kind": "Release", "metadata": {"name": name}, "spec": spec}
        self._world.ask(lambda: self._world.hub.admin.create(RELEASES, body))
        self._began_at = time.monotonic()
        deeds = [deed for fault in self._plan.faults[number] for deed in self._deeds(fault)]
        if ending == "Aborted":
            ordering = threading.Thread(target=self._abort, args=(name,), daemon=True)
            deeds.append((self._plan.abort_after_seconds, ordering.start))
        for at, deed in sorted(deeds, key=lambda each: each[0]):
            self._rest_until(at)
            deed()
        wait_for(lambda: self._has_ended(name), lambda: f"{name} ends: {self._status(name)}", END_SECONDS)
        status = self._status(name)
        self._say(f"{name}: {status['phase']} after {time.monotonic() - self._began_at:.0f} s")
        assert status["phase"] == ending, status

    def _deeds(self, fault: Fault) -> list[tuple[float, Callable[[], None]]]:
        def strike() -> None:
            self._say(f"{self._now():5.1f} s: {fault.kind} ({fault.which}), for {fault.seconds} s")
            self._world.strike(fault)

        return [
            (fault.start_seconds, strike),
            (fault.start_seconds + fault.seconds, lambda: self._world.mend(fault)),
        ]

    def _abort(self, name: str) -> None:
        """Order it as soon as the hub takes it, and the hub is gone before anybody can have acted on it."""
        order = {"spec": {"order": "Abort"}}
        self._world.ask(lambda: self._world.hub.admin.merge(f"{RELEASES}/{name}", order))
        self._world.kill(HUB_API)
        self._say(f"{self._now():5.1f} s: aborted, and the hub is gone for {self._plan.hub_gone_seconds} s")
        time.sleep(self._plan.hub_gone_seconds)
        self._world.revive(HUB_API)

    def _has_ended(self, name: str) -> bool:
        component = self._world.ask(lambda: self._world.hub.admin.get(f"{API}/components/{self._name}"))
        return self._status(name).get("phase") in ENDED and not component["status"].get("activeRelease")

    def _status(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._world.ask(lambda: self._world.hub.admin.get(f"{RELEASES}/{name}"))
        return dict(found.get("status", {}))

    def _versions(self) -> set[str]:
        """Of the pods that run or are to run, everywhere; '' for a node without one."""
        found = set()
        for plane in self._world.clusters.values():
            pods = self._world.ask(partial(plane.admin.get, f"/api/v1/namespaces/{self._name}/pods"))
            alive = [pod for pod in pods["items"] if "deletionTimestamp" not in pod["metadata"]]
            found |= {pod["spec"]["containers"][0]["image"][-1] for pod in alive}
            found |= {""} if len(alive) < REAL_NODES else set()
        return found

    def _rest_until(self, at: float) -> None:
        """Until so many seconds after the release began."""
        time.sleep(max(at - self._now(), 0.0))

    def _now(self) -> float:
        return time.monotonic() - self._began_at

    def _make(self, plural: str, kind: str, name: str, spec: dict[str, Any]) -> None:
        body = {"apiVersion": "myriarch.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        self._world.ask(lambda: self._world.hub.admin.create(f"{API}/{plural}", body))


def _template(version: int) -> dict[str, Any]:
    story = "fails" if version == HARMFUL else "runs"
    containers = [{"name": "agent", "image": f"{IMAGE}{version}"}]
    return {"metadata": {"annotations": {"tests.myriarch.io/pod": story}}, "spec": {"containers": containers}}
