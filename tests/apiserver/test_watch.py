"""Watches: every change in order, from where the client asks, within what it selected."""

from __future__ import annotations

import asyncio

import pytest
from tests.apiserver.embedded import CONFIG_MAPS, MERGE, WIDGETS, Api, run


def test_state_first_then_changes() -> None:
    async def main() -> None:
        api = Api()
        await api.made(CONFIG_MAPS, "a")
        events = await api.watch("/api/v1/configmaps")
        await api.made(CONFIG_MAPS, "b")
        await api.call("PATCH", f"{CONFIG_MAPS}/a", {"data": {"x": "1"}}, media=MERGE)
        await api.call("DELETE", f"{CONFIG_MAPS}/b")
        expected = [("ADDED", "a"), ("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "b")]
        assert await events.names(4) == expected

    run(main)


def test_from_a_version_replays_what_came_after_it() -> None:
    async def main() -> None:
        api = Api()
        first = await api.made(CONFIG_MAPS, "a")
        await api.made(CONFIG_MAPS, "b")
        events = await api.watch(CONFIG_MAPS, resourceVersion=first["metadata"]["resourceVersion"])
        await api.made(CONFIG_MAPS, "c")
        assert await events.names(2) == [("ADDED", "b"), ("ADDED", "c")]
        assert await events.nothing()

    run(main)


def test_initial_events_end_with_a_marked_bookmark() -> None:
    async def main() -> None:
        api = Api()
        await api.made(WIDGETS, "w", spec={"size": 1})
        options = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
        events = await api.watch(WIDGETS, **options)
        assert (await events.next())[0] == "ADDED"
        kind, mark = await events.next()
        assert (kind, mark["kind"]) == ("BOOKMARK", "Widget")
        assert mark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
        assert mark["metadata"]["resourceVersion"] == str(api.store.version)
        status, _ = await api.call("GET", WIDGETS, watch="true", sendInitialEvents="true")
        assert status == 422

    run(main)


def test_a_forgotten_version_is_gone() -> None:
    async def main() -> None:
        api = Api()
        first = await api.made(CONFIG_MAPS, "a")
        for value in range(17_000):
            await api.call("PATCH", f"{CONFIG_MAPS}/a", {"data": {"v": str(value)}}, media=MERGE)
        events = await api.watch(CONFIG_MAPS, resourceVersion=first["metadata"]["resourceVersion"])
        kind, status = await events.next()
        assert (kind, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
        with pytest.raises(StopAsyncIteration):
            await events.stream.__anext__()

    run(main)


def test_what_enters_or_leaves_a_selection_is_added_or_deleted() -> None:
    async def main() -> None:
        api = Api()
        events = await api.watch(CONFIG_MAPS, labelSelector="tier=gold")
        at = f"{CONFIG_MAPS}/a"
        await api.made(CONFIG_MAPS, "a")
        await api.call("PATCH", at, {"metadata": {"labels": {"tier": "gold"}}}, media=MERGE)
        await api.call("PATCH", at, {"data": {"x": "1"}}, media=MERGE)
        _, left = await api.call("PATCH", at, {"metadata": {"labels": {"tier": "tin"}}}, media=MERGE)
        await api.call("DELETE", at)
        assert await events.names(2) == [("ADDED", "a"), ("MODIFIED", "a")]
        kind, obj = await events.next()
        assert (kind, obj["metadata"]["resourceVersion"]) == ("DELETED", left["metadata"]["resourceVersion"])
        assert await events.nothing()

    run(main)


def test_a_watch_of_one_object_sees_only_it() -> None:
    async def main() -> None:
        api = Api()
        mine = await api.watch(CONFIG_MAPS, fieldSelector="metadata.name=a")
        anywhere = await api.watch("/api/v1/configmaps", fieldSelector="metadata.name=a")
        await api.made(CONFIG_MAPS, "b")
        await api.made(CONFIG_MAPS, "a")
        for events in (mine, anywhere):
            assert await events.names(1) == [("ADDED", "a")]
            assert await events.nothing()

    run(main)


def test_ten_thousand_watches_of_single_objects_cost_no_scan() -> None:
    async def main() -> None:
        api = Api()
        seen = []
        for index in range(10_000):
            events = await api.watch(CONFIG_MAPS, fieldSelector=f"metadata.name=m{index}")
            seen.append(events)
        concerned = api.server.watches.concerned(api_bucket(), "default", "m77")
        assert len(concerned) == 1
        await api.made(CONFIG_MAPS, "m77")
        assert await seen[77].names(1) == [("ADDED", "m77")]
        for events in seen:
            await events.stream.aclose()
        assert len(api.server.watches) == 0

    run(main)


def api_bucket() -> object:
    from myriarch.apiserver.record import Bucket

    return Bucket("hub", "configmaps")


def test_bookmarks_tell_how_far_and_a_timeout_ends_the_stream() -> None:
    async def main() -> None:
        api = Api(bookmark_seconds=0.01)
        events = await api.watch(CONFIG_MAPS, allowWatchBookmarks="true", timeoutSeconds="1")
        kind, mark = await events.next()
        assert mark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
        await api.made("/api/v1/namespaces", "elsewhere")
        kind, mark = await events.next()
        assert (kind, mark["metadata"]["resourceVersion"]) == ("BOOKMARK", str(api.store.version))
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(events.stream), 10)

    run(main)


def test_closing_ends_every_watch() -> None:
    async def main() -> None:
        api = Api()
        events = await api.watch(CONFIG_MAPS)
        await api.server.close()
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(events.stream), 10)
        assert (await api.call("GET", CONFIG_MAPS))[0] == 503

    run(main)


def test_a_watch_prints_as_a_table() -> None:
    async def main() -> None:
        api = Api()
        response = await api.raw("GET", WIDGETS, watch="true", accept="application/json;as=Table;v=v1;g=meta.k8s.io")
        assert response.stream is not None
        await api.made(WIDGETS, "w", spec={"size": 2})
        assert b'"cells":["w",2' in await anext(response.stream)

    run(main)
