"""The Python client `kubernetes-asyncio`: typed calls at once, watches, custom objects, apply."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.client import ApiException
from tests.clients.house import NODES, House
from tests.clients.objects import FEW_SECONDS, WIDGET_GROUP, WIDGET_VERSION, WIDGETS, config_map, deployment, widget

MANY = 50


def play(house: House, story: Callable[[client.ApiClient], Awaitable[None]]) -> None:
    async def main() -> None:
        configuration = client.Configuration()
        await config.load_kube_config(str(house.kubeconfig), client_configuration=configuration)
        async with client.ApiClient(configuration) as api, asyncio.timeout(2 * FEW_SECONDS):
            await story(api)

    asyncio.run(main())


def test_a_watch_follows_a_deployment_until_it_is_up(house: House, namespace: str) -> None:
    async def story(api: client.ApiClient) -> None:
        assert len((await client.CoreV1Api(api).list_node()).items) == NODES
        apps = client.AppsV1Api(api)
        await apps.create_namespaced_deployment(namespace, deployment())
        seen = []
        async with watch.Watch().stream(
            apps.list_namespaced_deployment, namespace, timeout_seconds=FEW_SECONDS
        ) as events:
            async for event in events:
                seen.append(event["object"].status.available_replicas or 0)
                if seen[-1] == 2:
                    break
        assert seen == sorted(seen)
        await apps.delete_namespaced_deployment("web", namespace)
        with pytest.raises(ApiException) as gone:
            await apps.read_namespaced_deployment("web", namespace)
        assert gone.value.status == 404

    play(house, story)


def test_many_calls_at_once(house: House, namespace: str) -> None:
    async def story(api: client.ApiClient) -> None:
        core = client.CoreV1Api(api)
        await asyncio.gather(
            *(core.create_namespaced_config_map(namespace, config_map(f"c{n}", n=str(n))) for n in range(MANY))
        )
        listed = await core.list_namespaced_config_map(namespace, field_selector="metadata.name!=kube-root-ca.crt")
        assert sorted(int(item.data["n"]) for item in listed.items) == list(range(MANY))

    play(house, story)


def test_custom_objects_are_watched_and_patched(house: House, namespace: str) -> None:
    async def story(api: client.ApiClient) -> None:
        custom, widgets = client.CustomObjectsApi(api), (WIDGET_GROUP, WIDGET_VERSION, namespace, WIDGETS)
        start = (await custom.list_namespaced_custom_object(*widgets))["metadata"]["resourceVersion"]
        await custom.create_namespaced_custom_object(*widgets, widget(size=1))
        await custom.patch_namespaced_custom_object(
            *widgets, "w", [{"op": "replace", "path": "/spec/size", "value": 2}]
        )
        await custom.delete_namespaced_custom_object(*widgets, "w")
        told = []
        call = custom.list_namespaced_custom_object
        async with watch.Watch().stream(call, *widgets, resource_version=start, timeout_seconds=FEW_SECONDS) as events:
            async for event in events:
                told.append((event["type"], event["object"]["spec"]["size"]))
                if event["type"] == "DELETED":
                    break
        assert told == [("ADDED", 1), ("MODIFIED", 2), ("DELETED", 2)]

    play(house, story)
