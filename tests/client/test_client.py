"""Requests as the Kubernetes API wants them, answers as types, refusals as errors by meaning."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

import msgspec
import pytest
from tests.client.fake_api import ScriptedTransport, chunks, status, widget

from myriarch.api.meta import ObjectMeta
from myriarch.base.errors import ProgrammerError, Retryable, Terminal, UserFault
from myriarch.client import errors
from myriarch.client.client import Client, PatchKind
from myriarch.client.http import Response
from myriarch.client.objects import Added, Bookmark, Deleted, Raw
from myriarch.client.resource import NODES, ResourceRef

T = TypeVar("T")

CONFIG_MAPS = ResourceRef("", "v1", "configmaps", namespaced=True)
REF = ResourceRef("test.io", "v1", "widgets")


class Widget(msgspec.Struct, frozen=True):
    metadata: ObjectMeta
    size: int = 0


def run(coro: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coro)


def ok(body: Any) -> Response:
    return Response(200, json.dumps(body).encode())


def speak(*answers: Response | Exception, cluster: str = "hub") -> tuple[Client, ScriptedTransport]:
    transport = ScriptedTransport(*answers)
    return Client(transport, cluster), transport


@pytest.mark.parametrize(
    ("ref", "cluster", "namespace", "name", "subresource", "path"),
    [
        (NODES, "hub", "", "", "", "/api/v1/nodes"),
        (NODES, "eu-1", "", "n1", "", "/clusters/eu-1/api/v1/nodes/n1"),
        (REF, "hub", "", "w", "status", "/apis/test.io/v1/widgets/w/status"),
        (CONFIG_MAPS, "hub", "a b", "c/d", "", "/api/v1/namespaces/a%20b/configmaps/c%2Fd"),
        (CONFIG_MAPS, "hub", "", "", "", "/api/v1/configmaps"),
    ],
)
def test_paths(ref: ResourceRef, cluster: str, namespace: str, name: str, subresource: str, path: str) -> None:
    assert ref.path(cluster, namespace, name, subresource) == path


@pytest.mark.parametrize(
    ("ref", "namespace", "name", "subresource"),
    [(NODES, "default", "n", ""), (CONFIG_MAPS, "", "c", ""), (NODES, "", "", "status")],
)
def test_paths_that_make_no_sense(ref: ResourceRef, namespace: str, name: str, subresource: str) -> None:
    with pytest.raises(ProgrammerError):
        ref.path("hub", namespace, name, subresource)


def test_get_decodes_to_the_type_asked_for() -> None:
    client, transport = speak(ok(widget("a", 5, size=3)), ok(widget("a", 5)), cluster="eu-1")
    found = run(client.get(REF, Widget, "a"))
    assert (found.metadata.name, found.size) == ("a", 3)
    assert transport.requests[0].path == "/clusters/eu-1/apis/test.io/v1/widgets/a"
    assert run(client.get(REF, Raw, "a"))["metadata"]["resourceVersion"] == "5"


def test_an_answer_of_another_type() -> None:
    client, _ = speak(ok({"metadata": {"name": "a"}, "size": "big"}), Response(200, b"<html>"))
    for _ in range(2):
        with pytest.raises(errors.Undecodable, match=r"widgets\.test\.io"):
            run(client.get(REF, Widget, "a"))


def test_list_follows_pages() -> None:
    first = {"metadata": {"resourceVersion": "7", "continue": "next"}, "items": [widget("a", 1)]}
    last = {"metadata": {"resourceVersion": "7"}, "items": [widget("b", 2)]}
    client, transport = speak(ok(first), ok(last))
    listing = run(client.list(REF, Widget, label_selector="x=y", field_selector="metadata.name=a"))
    assert [item.metadata.name for item in listing.items] == ["a", "b"]
    assert listing.resource_version == "7"
    assert transport.requests[1].query == {
        "labelSelector": "x=y",
        "fieldSelector": "metadata.name=a",
        "limit": "500",
        "continue": "next",
    }


def test_list_starts_over_in_one_piece_when_forgotten() -> None:
    first = {"metadata": {"continue": "next"}, "items": [widget("a", 1)]}
    whole = {"metadata": {"resourceVersion": "9"}, "items": [widget("b", 2)]}
    client, transport = speak(ok(first), Response(410, status(410, "Expired")), ok(whole))
    listing = run(client.list(REF, Widget))
    assert [item.metadata.name for item in listing.items] == ["b"]
    assert "limit" not in transport.requests[2].query


def test_null_items_are_none() -> None:
    client, _ = speak(ok({"metadata": {"resourceVersion": "1"}, "items": None}))
    assert run(client.list(REF, Widget)).items == []


def test_writes() -> None:
    answer = ok(widget("a", 6))
    client, transport = speak(answer, answer, answer, answer, answer, answer)
    obj = Widget(ObjectMeta(name="a", resource_version="5"), size=2)

    async def main() -> None:
        await client.create(REF, obj, field_manager="me")
        await client.replace(REF, obj)
        await client.replace_status(REF, obj)
        await client.patch(REF, Widget, "a", [{"op": "remove", "path": "/size"}], patch_kind=PatchKind.JSON)
        await client.apply(REF, obj, field_manager="me", force=True)
        await client.apply_status(REF, obj, field_manager="me")

    run(main())
    base = "/apis/test.io/v1/widgets"
    assert [(request.method, request.path) for request in transport.requests] == [
        ("POST", base),
        ("PUT", f"{base}/a"),
        ("PUT", f"{base}/a/status"),
        ("PATCH", f"{base}/a"),
        ("PATCH", f"{base}/a"),
        ("PATCH", f"{base}/a/status"),
    ]
    assert json.loads(transport.requests[1].body)["metadata"]["resourceVersion"] == "5"
    assert [request.headers["content-type"] for request in transport.requests[2:5]] == [
        "application/json",
        "application/json-patch+json",
        "application/apply-patch+yaml",
    ]
    assert transport.requests[4].query == {"fieldManager": "me", "force": "true"}
    assert transport.requests[5].query == {"fieldManager": "me"}


def test_namespaced_objects_go_where_their_metadata_says() -> None:
    made = {"metadata": {"name": "c", "namespace": "ns"}}
    client, transport = speak(ok(made), ok(made))

    async def main() -> None:
        await client.create(CONFIG_MAPS, {"metadata": {"generateName": "c-", "namespace": "ns"}})
        await client.replace(CONFIG_MAPS, made)

    run(main())
    assert transport.requests[0].path == "/api/v1/namespaces/ns/configmaps"
    assert transport.requests[1].path == "/api/v1/namespaces/ns/configmaps/c"


def test_delete_of_that_very_object() -> None:
    client, transport = speak(ok({}), ok({}))
    run(client.delete(REF, "a"))
    run(client.delete(REF, "a", uid="u1", resource_version="8"))
    assert transport.requests[0].body == b""
    assert json.loads(transport.requests[1].body) == {"preconditions": {"uid": "u1", "resourceVersion": "8"}}


@pytest.mark.parametrize(
    ("code", "reason", "kind", "actor"),
    [
        (404, "NotFound", errors.NotFound, Terminal),
        (409, "AlreadyExists", errors.AlreadyExists, Terminal),
        (409, "Conflict", errors.Conflict, Retryable),
        (410, "Expired", errors.Gone, Retryable),
        (422, "Invalid", errors.Invalid, UserFault),
        (401, "Unauthorized", errors.Unauthorized, Terminal),
        (403, "Forbidden", errors.Forbidden, Terminal),
        (429, "TooManyRequests", errors.TooManyRequests, Retryable),
        (500, "InternalError", errors.ServerFault, Retryable),
        (504, "Timeout", errors.ServerFault, Retryable),
        (405, "MethodNotAllowed", errors.Refused, Terminal),
        (400, "BadRequest", errors.Refused, Terminal),
    ],
)
def test_refusals(code: int, reason: str, kind: type[Exception], actor: type[Exception]) -> None:
    client, _ = speak(Response(code, status(code, reason, "because")))
    with pytest.raises(kind, match="because") as caught:
        run(client.get(REF, Widget, "a"))
    assert isinstance(caught.value, actor)


def test_refusals_by_proxies_have_no_status() -> None:
    error = errors.error_of(503, b"<html>" + b"x" * 9000, {"retry-after": "12"})
    assert isinstance(error, errors.ServerFault)
    assert error.retry_after_seconds == 12
    assert len(str(error)) <= 2000
    assert isinstance(errors.error_of(404, b""), errors.NotFound)


def test_apply_conflicts_are_not_retried() -> None:
    body = status(409, "Conflict", "owned", causes=[{"reason": "FieldManagerConflict", "field": ".spec.x"}])
    error = errors.error_of(409, body)
    assert isinstance(error, errors.ApplyConflict)
    assert not isinstance(error, Retryable)


def test_invalid_names_the_field() -> None:
    body = status(422, "Invalid", "no", name="a", causes=[{"field": "spec.size", "message": "must be positive"}])
    error = errors.error_of(422, body)
    assert isinstance(error, UserFault)
    assert (error.field, error.value, error.problem) == ("spec.size", "a", "must be positive")


def lines(*events: tuple[str, Any]) -> bytes:
    return b"".join(json.dumps({"type": kind, "object": obj}).encode() + b"\n" for kind, obj in events)


async def collect(client: Client, **options: Any) -> list[Any]:
    async with aclosing(client.watch(REF, Widget, **options)) as events:
        return [event async for event in events]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_watch_events_come_through_any_chunking(size: int) -> None:
    body = lines(
        ("ADDED", widget("a", 2, size=4)),
        ("BOOKMARK", {"kind": "Widget", "metadata": {"resourceVersion": "5"}}),
        ("DELETED", widget("a", 6)),
    )
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    client, transport = speak(Response(200, stream=chunks(*parts)))
    added, bookmark, deleted = run(collect(client, resource_version="1", timeout_seconds=30))
    assert isinstance(added, Added)
    assert added.object.size == 4
    assert isinstance(bookmark, Bookmark)
    assert bookmark.object.metadata.resource_version == "5"
    assert isinstance(deleted, Deleted)
    query = transport.requests[0].query
    assert query == {
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": "1",
        "timeoutSeconds": "30",
    }


def test_a_line_that_was_cut_is_dropped() -> None:
    body = lines(("ADDED", widget("a", 2)), ("ADDED", widget("b", 3)))
    client, _ = speak(Response(200, stream=chunks(body[:-5])))
    assert [event.object.metadata.name for event in run(collect(client))] == ["a"]


def test_watch_errors_are_raised() -> None:
    gone = json.loads(status(410, "Expired", "too old"))
    client, _ = speak(
        Response(200, stream=chunks(lines(("ERROR", gone)))),
        Response(410, status(410, "Expired", "too old")),
    )
    for _ in range(2):
        with pytest.raises(errors.Gone, match="too old"):
            run(collect(client))


def test_leaving_a_watch_closes_its_stream() -> None:
    closed: list[bool] = []

    async def endless() -> Any:
        try:
            while True:
                yield lines(("ADDED", widget("a", 2)))
        finally:
            closed.append(True)

    async def main() -> None:
        client, _ = speak(Response(200, stream=endless()))
        async with aclosing(client.watch(REF, Widget)) as events:
            await anext(events)
        assert closed == [True]

    run(main())
