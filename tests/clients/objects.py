"""The objects that the tests of Python's clients make: small ones, as dicts."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

WIDGET_GROUP, WIDGET_VERSION, WIDGETS = "clients.example", "v1", "widgets"
FEW_SECONDS = 40


def deployment(name: str = "web", replicas: int = 2) -> Object:
    labels = {"app": name}
    containers = [{"name": "main", "image": f"registry.example/{name}:1"}]
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "labels": labels}, "spec": spec}


def config_map(name: str, **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def widget(name: str = "w", size: int = 1) -> Object:
    return {
        "apiVersion": f"{WIDGET_GROUP}/{WIDGET_VERSION}",
        "kind": "Widget",
        "metadata": {"name": name},
        "spec": {"size": size},
    }
