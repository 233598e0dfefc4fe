"""An operator of Widgets, run by kopf in a process of its own: handlers of creation, change and deletion.

It keeps a ConfigMap for each widget and writes what it does into the widget's status; kopf keeps its notes in
annotations, and holds widgets with a finalizer until the handler of deletion has run.
"""

from __future__ import annotations

import os
from typing import Any

import kopf
from kubernetes import client, config

api = client.CoreV1Api(config.new_client_from_config(os.environ["KUBECONFIG"]))


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_: Any) -> None:
    settings.persistence.finalizer = "clients.example/operator"


@kopf.on.create("clients.example", "v1", "widgets")
def created(name: str, namespace: str | None, spec: kopf.Spec, patch: kopf.Patch, **_: Any) -> dict[str, int]:
    body: dict[str, Any] = {"metadata": {"name": name}, "data": {"size": str(spec["size"])}}
    kopf.adopt(body)
    api.create_namespaced_config_map(namespace, body)
    patch.status["seen"] = spec["size"]
    return {"size": spec["size"]}


@kopf.on.update("clients.example", "v1", "widgets", field="spec.size")
def resized(name: str, namespace: str | None, old: int, new: int, body: kopf.Body, patch: kopf.Patch, **_: Any) -> None:
    api.patch_namespaced_config_map(name, namespace, {"data": {"size": str(new), "before": str(old)}})
    patch.status["seen"] = new
    kopf.info(body, reason="Resized", message=f"{old} is {new} now.")


@kopf.on.delete("clients.example", "v1", "widgets")
def deleted(name: str, namespace: str | None, **_: Any) -> None:
    api.create_namespaced_config_map(namespace, {"metadata": {"name": f"{name}-is-gone"}})
