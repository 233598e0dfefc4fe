"""The Python client kr8s: objects that know their API, waits, scales, selectors, kinds of its user's own."""

from __future__ import annotations

import kr8s
import pytest
from kr8s.objects import ConfigMap, Deployment, Namespace, Node, new_class
from tests.clients.house import NODES, House, eventually
from tests.clients.objects import FEW_SECONDS, config_map, deployment, widget

Widget = new_class(kind="Widget", version="clients.example/v1", namespaced=True, scalable=True, scalable_spec="size")


@pytest.fixture
def api(house: House, namespace: str) -> kr8s.Api:
    return kr8s.api(kubeconfig=str(house.kubeconfig), namespace=namespace)


def test_what_is_there(api: kr8s.Api, house: House) -> None:
    assert api.version()["major"] == "1"
    nodes = list(api.get("nodes"))
    assert len(nodes) == NODES
    assert all(isinstance(node, Node) for node in nodes)
    kinds = {kind["kind"] for kind in api.api_resources()}
    assert {"Deployment", "Widget", "Lease"} <= kinds


def test_a_deployment_is_waited_for_scaled_and_deleted(api: kr8s.Api, namespace: str) -> None:
    web = Deployment(deployment(replicas=1), namespace=namespace, api=api)
    web.create()
    web.wait("condition=Available", timeout=FEW_SECONDS)
    web.scale(2)
    eventually(lambda: len([pod for pod in web.pods() if pod.ready()]) == 2)
    pod = web.pods()[0]
    assert pod.name in {each.name for each in api.get("pods", label_selector={"app": "web"})}
    web.delete(propagation_policy="Foreground")
    web.wait("delete", timeout=FEW_SECONDS)
    assert not web.exists()


def test_nodes_are_cordoned(api: kr8s.Api) -> None:
    node = next(iter(api.get("nodes")))
    node.cordon()
    assert node.unschedulable
    node.uncordon()
    assert not node.unschedulable


def test_labels_patches_and_refusals(api: kr8s.Api, namespace: str) -> None:
    made = ConfigMap(config_map("a", size="1"), namespace=namespace, api=api)
    made.create()
    made.label(team="x")
    made.annotate(note="y")
    made.patch({"data": {"size": "2"}})
    got = ConfigMap.get("a", namespace=namespace, api=api)
    assert (dict(got.data), dict(got.labels), dict(got.annotations)) == ({"size": "2"}, {"team": "x"}, {"note": "y"})
    with pytest.raises(kr8s.ServerError, match="already exists"):
        ConfigMap(config_map("a"), namespace=namespace, api=api).create()
    with pytest.raises(kr8s.NotFoundError):
        Namespace.get("nowhere", api=api)


def test_a_kind_of_our_own_is_watched(api: kr8s.Api, namespace: str) -> None:
    made = Widget(widget(size=1), namespace=namespace, api=api)
    made.create()
    told = []
    for event, each in api.watch("widgets.clients.example"):
        told.append((event, each.spec.size))
        if event == "DELETED":
            break
        if each.spec.size == 1:
            made.scale(3)
        else:
            made.delete()
    assert told == [("ADDED", 1), ("MODIFIED", 3), ("DELETED", 3)]
