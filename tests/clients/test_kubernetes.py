"""The Python client `kubernetes`: typed calls, watches, custom objects, the dynamic client, refusals as errors."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client import ApiException
from kubernetes.stream import stream
from tests.clients.house import NODES, House, eventually
from tests.clients.objects import FEW_SECONDS, WIDGET_GROUP, WIDGET_VERSION, WIDGETS, config_map, deployment, widget

APPLY = "application/apply-patch+yaml"


@pytest.fixture
def api(house: House) -> Iterator[client.ApiClient]:
    with config.new_client_from_config(str(house.kubeconfig)) as api:
        yield api


def available(apps: client.AppsV1Api, namespace: str, name: str = "web") -> int:
    return apps.read_namespaced_deployment_status(name, namespace).status.available_replicas or 0


def test_a_deployment_comes_up_is_scaled_and_goes(api: client.ApiClient, namespace: str) -> None:
    apps, core = client.AppsV1Api(api), client.CoreV1Api(api)
    assert len(core.list_node().items) == NODES
    utils.create_from_dict(api, deployment(), namespace=namespace)
    eventually(lambda: available(apps, namespace) == 2)
    apps.patch_namespaced_deployment_scale("web", namespace, {"spec": {"replicas": 3}})
    eventually(lambda: available(apps, namespace) == 3)
    assert apps.read_namespaced_deployment_scale("web", namespace).status.replicas == 3
    pods = core.list_namespaced_pod(namespace, label_selector="app=web", field_selector="status.phase=Running").items
    assert len(pods) == 3
    assert all(pod.spec.node_name and pod.status.pod_ip for pod in pods)
    apps.delete_namespaced_deployment("web", namespace, propagation_policy="Foreground")
    eventually(lambda: core.list_namespaced_pod(namespace).items == [])


def test_a_watch_tells_every_change(api: client.ApiClient, namespace: str) -> None:
    core, told = client.CoreV1Api(api), []
    start = core.list_namespaced_config_map(namespace).metadata.resource_version
    core.create_namespaced_config_map(namespace, config_map("a", size="1"))
    core.patch_namespaced_config_map("a", namespace, {"data": {"size": "2"}})
    core.delete_namespaced_config_map("a", namespace)
    watching = watch.Watch()
    call = core.list_namespaced_config_map
    for event in watching.stream(call, namespace, resource_version=start, timeout_seconds=FEW_SECONDS):
        if event["object"].metadata.name == "a":
            told.append((event["type"], event["object"].data["size"]))
        if event["type"] == "DELETED":
            watching.stop()
    assert told == [("ADDED", "1"), ("MODIFIED", "2"), ("DELETED", "2")]


def test_lists_come_in_pages(api: client.ApiClient, namespace: str) -> None:
    core, names, token = client.CoreV1Api(api), [], None
    for number in range(5):
        core.create_namespaced_secret(namespace, {"metadata": {"name": f"s{number}"}, "stringData": {"a": "b"}})
    while token != "":
        page = core.list_namespaced_secret(namespace, limit=2, _continue=token or None)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue or ""
    assert names == [f"s{number}" for number in range(5)]


def test_stale_writes_and_conflicting_appliers_are_refused(api: client.ApiClient, namespace: str) -> None:
    core = client.CoreV1Api(api)
    first = core.create_namespaced_config_map(namespace, config_map("a", size="1"))
    core.patch_namespaced_config_map("a", namespace, {"data": {"size": "2"}})
    with pytest.raises(ApiException) as stale:
        core.replace_namespaced_config_map("a", namespace, first)
    assert (stale.value.status, stale.value.reason) == (409, "Conflict")
    applied = config_map("b", size="1")
    core.patch_namespaced_config_map("b", namespace, applied, field_manager="ann", _content_type=APPLY)
    wanted = config_map("b", size="2")
    with pytest.raises(ApiException) as conflict:
        core.patch_namespaced_config_map("b", namespace, wanted, field_manager="bob", _content_type=APPLY)
    cause = json.loads(conflict.value.body)["details"]["causes"][0]
    assert (cause["reason"], cause["field"]) == ("FieldManagerConflict", ".data.size")
    core.patch_namespaced_config_map("b", namespace, wanted, field_manager="bob", force=True, _content_type=APPLY)
    assert core.read_namespaced_config_map("b", namespace).data == {"size": "2"}


def test_custom_objects_and_their_status(api: client.ApiClient, namespace: str) -> None:
    custom, widgets = client.CustomObjectsApi(api), (WIDGET_GROUP, WIDGET_VERSION, namespace, WIDGETS)
    custom.create_namespaced_custom_object(*widgets, widget(size=1))
    with pytest.raises(ApiException) as invalid:
        custom.patch_namespaced_custom_object(*widgets, "w", {"spec": {"size": 0}})
    assert invalid.value.status == 422
    custom.patch_namespaced_custom_object_status(*widgets, "w", {"status": {"seen": 1}})
    got = custom.get_namespaced_custom_object(*widgets, "w")
    assert (got["spec"], got["status"]) == ({"size": 1, "colour": "grey"}, {"seen": 1})
    custom.delete_collection_namespaced_custom_object(*widgets)
    assert custom.list_namespaced_custom_object(*widgets)["items"] == []


def test_the_dynamic_client_learns_kinds_from_discovery(api: client.ApiClient, namespace: str) -> None:
    known = dynamic.DynamicClient(api)
    widgets = known.resources.get(api_version="clients.example/v1", kind="Widget")
    widgets.create(body=widget(size=3), namespace=namespace)
    widgets.server_side_apply(body=widget(size=4), namespace=namespace, field_manager="ann", force_conflicts=True)
    assert [(each.metadata.name, each.spec.size) for each in widgets.get(namespace=namespace).items] == [("w", 4)]
    with pytest.raises(dynamic.exceptions.ResourceNotFoundError):
        known.resources.get(api_version="v1", kind="Gadget")


def test_tokens_rights_and_evictions(api: client.ApiClient, house: House, namespace: str) -> None:
    core = client.CoreV1Api(api)
    core.create_namespaced_service_account(namespace, {"metadata": {"name": "robot"}})
    token = core.create_namespaced_service_account_token("robot", namespace, {"spec": {"expirationSeconds": 600}})
    robot = client.Configuration(host=house.url, api_key={"authorization": f"Bearer {token.status.token}"})
    robot.ssl_ca_cert = api.configuration.ssl_ca_cert
    with client.ApiClient(robot) as its, pytest.raises(ApiException) as forbidden:
        client.CoreV1Api(its).list_namespaced_secret(namespace)
    assert forbidden.value.status == 403
    utils.create_from_dict(api, deployment(replicas=1), namespace=namespace)
    budget = {"metadata": {"name": "web"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}}
    client.PolicyV1Api(api).create_namespaced_pod_disruption_budget(namespace, budget)
    eventually(lambda: available(client.AppsV1Api(api), namespace) == 1)
    pod = core.list_namespaced_pod(namespace).items[0].metadata.name
    with pytest.raises(ApiException) as refused:
        core.create_namespaced_pod_eviction(pod, namespace, {"metadata": {"name": pod}})
    assert refused.value.status == 429
    with pytest.raises(ApiException, match="is not served"):
        stream(core.connect_get_namespaced_pod_exec, pod, namespace, command=["ls"], stdout=True)
