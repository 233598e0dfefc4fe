"""kopf: an operator of Widgets gets all three of its handlers called, keeps its notes, and lets widgets go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kubernetes import client, config
from tests.clients.house import House, eventually
from tests.clients.objects import WIDGET_GROUP, WIDGET_VERSION, WIDGETS, Object, widget

OPERATOR = Path(__file__).with_name("operator_of_widgets.py")
STOP_SECONDS = 20

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(house: House, namespace: str, tmp_path: Path) -> Iterator[Start]:
    """Starts the operator in the test's namespace; what it says goes into files of the test's folder."""
    started: list[subprocess.Popen[bytes]] = []

    def run() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "kopf", "run", "--namespace", namespace, "--standalone", str(OPERATOR)]
        environment = {**os.environ, "KUBECONFIG": str(house.kubeconfig)}
        with (tmp_path / f"log-{len(started)}").open("wb") as log:
            started.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)


class Watched:
    """The widget and its ConfigMaps, as they are now."""

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        self.custom, self.core, self.namespace = client.CustomObjectsApi(api), client.CoreV1Api(api), namespace
        self.widgets = (WIDGET_GROUP, WIDGET_VERSION, namespace, WIDGETS)

    def widget(self) -> Object:
        found = self.custom.list_namespaced_custom_object(*self.widgets)["items"]
        return dict(found[0]) if found else {}

    def kept(self, name: str = "w") -> Object | None:
        found = self.core.list_namespaced_config_map(self.namespace, field_selector=f"metadata.name={name}").items
        return dict(found[0].data or {}) if found else None

    def reasons(self) -> set[str]:
        return {event.reason for event in self.core.list_namespaced_event(self.namespace).items}


def test_handlers_of_creation_change_and_deletion(start: Start, house: House, namespace: str) -> None:
    with config.new_client_from_config(str(house.kubeconfig)) as api:
        here = Watched(api, namespace)
        operator = start()
        here.custom.create_namespaced_custom_object(*here.widgets, widget(size=1))
        eventually(lambda: here.widget().get("status", {}).get("seen") == 1)
        assert here.kept() == {"size": "1"}
        assert here.widget()["status"]["created"] == {"size": 1}
        assert here.widget()["metadata"]["finalizers"] == ["clients.example/operator"]
        assert "kopf.zalando.org/last-handled-configuration" in here.widget()["metadata"]["annotations"]

        here.custom.patch_namespaced_custom_object(*here.widgets, "w", {"spec": {"size": 2}})
        eventually(lambda: here.kept() == {"size": "2", "before": "1"})
        eventually(lambda: "Resized" in here.reasons())
        operator.send_signal(signal.SIGINT)
        assert operator.wait(STOP_SECONDS) == 0

        here.custom.delete_namespaced_custom_object(*here.widgets, "w")
        assert "deletionTimestamp" in here.widget()["metadata"]  # held, while nobody is there to let it go
        start()
        eventually(lambda: here.widget() == {})
        assert here.kept("w-is-gone") == {}
        eventually(lambda: here.kept() is None)  # adopted, so it goes with the widget
