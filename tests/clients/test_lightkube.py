"""The Python client lightkube: typed models, apply, watches, waits, custom kinds of its user's own."""

from __future__ import annotations

import pytest
from lightkube import ApiError, Client, KubeConfig
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models.autoscaling_v1 import ScaleSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import ConfigMap, Node, Pod
from lightkube.types import PatchType
from tests.clients.house import NODES, House, eventually
from tests.clients.objects import deployment, widget

Widget = create_namespaced_resource("clients.example", "v1", "Widget", "widgets")


@pytest.fixture
def client(house: House, namespace: str) -> Client:
    return Client(config=KubeConfig.from_file(str(house.kubeconfig)), namespace=namespace, field_manager="ann")


def test_a_deployment_comes_up_is_scaled_and_goes(client: Client) -> None:
    assert len(list(client.list(Node))) == NODES
    client.create(Deployment.from_dict(deployment(replicas=1)))
    up = client.wait(Deployment, "web", for_conditions=["Available"])
    assert up.status is not None
    assert up.status.availableReplicas == 1
    client.replace(Deployment.Scale(metadata=ObjectMeta(name="web"), spec=ScaleSpec(replicas=2)), name="web")
    eventually(lambda: client.get(Deployment.Scale, "web").status.replicas == 2)
    eventually(lambda: len(list(client.list(Pod, labels={"app": "web"}))) == 2)
    client.delete(Deployment, "web")
    with pytest.raises(ApiError) as gone:
        client.get(Deployment, "web")
    assert gone.value.status.code == 404


def test_apply_patches_and_conflicts(client: Client) -> None:
    wanted = ConfigMap(apiVersion="v1", kind="ConfigMap", metadata=ObjectMeta(name="a"), data={"size": "1"})
    client.apply(wanted)
    client.patch(ConfigMap, "a", {"metadata": {"labels": {"team": "x"}}}, patch_type=PatchType.MERGE)
    wanted.data = {"size": "2"}
    with pytest.raises(ApiError) as conflict:
        client.apply(wanted, field_manager="bob")
    assert (conflict.value.status.code, conflict.value.status.reason) == (409, "Conflict")
    client.apply(wanted, field_manager="bob", force=True)
    got = client.get(ConfigMap, "a")
    assert (got.data, got.metadata.labels) == ({"size": "2"}, {"team": "x"})
    got.metadata.resourceVersion = "1"
    with pytest.raises(ApiError) as stale:
        client.replace(got)
    assert stale.value.status.code == 409


def test_a_kind_of_our_own_is_watched(client: Client) -> None:
    client.create(Widget(**widget(size=1)))
    told = []
    for event, each in client.watch(Widget, server_timeout=30):
        told.append((event, each.spec["size"], (each.status or {}).get("seen")))
        if event == "DELETED":
            break
        if each.status:
            client.delete(Widget, "w")
        else:
            client.patch(Widget.Status, "w", {"status": {"seen": 1}}, patch_type=PatchType.MERGE)
    assert told == [("ADDED", 1, None), ("MODIFIED", 1, 1), ("DELETED", 1, 1)]


def test_lists_come_in_pages_and_by_selectors(client: Client) -> None:
    for number in range(5):
        labels = {"odd": str(number % 2)}
        client.create(ConfigMap(metadata=ObjectMeta(name=f"c{number}", labels=labels), data={}))
    names = [each.metadata.name for each in client.list(ConfigMap, chunk_size=2, labels={"odd": "1"})]
    assert names == ["c1", "c3"]
    assert [each.metadata.name for each in client.list(ConfigMap, fields={"metadata.name": "c2"})] == ["c2"]
    client.deletecollection(ConfigMap)
    assert [each.metadata.name for each in client.list(ConfigMap, labels={"odd": ("0", "1")})] == []
