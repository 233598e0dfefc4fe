"""Events: one object for repeats, beside the object they are about, never in the way."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.client.fake_api import status

from myriarch.client.client import Client
from myriarch.client.http import Request, Response
from myriarch.runtime.events import About, EventRecorder, EventType
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

EPOCH = 1_700_000_000.0
CLUSTER = About("myriarch.io/v1alpha1", "Cluster", "eu-1", uid="u1")
RELEASE = About("myriarch.io/v1alpha1", "Release", "r", namespace="team")


class EventStore:
    """Keeps events by path, and can refuse."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, Any]] = {}
        self.requests = 0
        self.refuse = 0

    async def send(self, request: Request) -> Response:
        self.requests += 1
        if self.refuse:
            return Response(self.refuse)
        body = json.loads(request.body)
        if request.method == "POST":
            path = f"{request.path}/{body['metadata']['name']}"
            if path in self.stored:
                return Response(409, status(409, "AlreadyExists"))
            self.stored[path] = body
        else:
            path = request.path
            if path not in self.stored:
                return Response(404, status(404, "NotFound"))
            self.stored[path] |= body
        return Response(200, json.dumps(self.stored[path]).encode())

    def only(self) -> dict[str, Any]:
        (event,) = self.stored.values()
        return event


def play(story: Any) -> None:
    async def main() -> None:
        store = EventStore()
        recorder = EventRecorder(Client(store), running_clock(), "release-controller")
        running = asyncio.create_task(recorder.run())
        await story(store, recorder)
        running.cancel()

    run_virtual(main(), EPOCH)


def note(recorder: EventRecorder, about: About = CLUSTER, message: str = "3 nodes not ready") -> None:
    recorder.record(about, EventType.WARNING, "GateFailed", message)


def test_an_event_as_kubectl_expects_it() -> None:
    async def story(store: EventStore, recorder: EventRecorder) -> None:
        note(recorder)
        await asyncio.sleep(1)
        (path,) = store.stored
        assert path.startswith("/api/v1/namespaces/default/events/eu-1.")
        event = store.only()
        assert event["involvedObject"] == {
            "apiVersion": "myriarch.io/v1alpha1",
            "kind": "Cluster",
            "name": "eu-1",
            "uid": "u1",
        }
        assert (event["type"], event["reason"], event["count"]) == ("Warning", "GateFailed", 1)
        assert event["firstTimestamp"] == event["lastTimestamp"] == "2023-11-14T22:13:20Z"

    play(story)


def test_repeats_are_counted_until_they_are_old() -> None:
    async def story(store: EventStore, recorder: EventRecorder) -> None:
        for _ in range(3):
            note(recorder)
            await asyncio.sleep(60)
        assert store.only()["count"] == 3
        assert store.only()["lastTimestamp"] == "2023-11-14T22:15:20Z"
        await asyncio.sleep(3600)
        note(recorder)
        await asyncio.sleep(1)
        assert len(store.stored) == 2

    play(story)


def test_a_burst_is_one_write() -> None:
    async def story(store: EventStore, recorder: EventRecorder) -> None:
        for _ in range(100):
            note(recorder)
        await asyncio.sleep(1)
        assert store.requests == 1
        assert store.only()["count"] == 100

    play(story)


def test_events_of_namespaced_objects_live_beside_them() -> None:
    async def story(store: EventStore, recorder: EventRecorder) -> None:
        note(recorder, RELEASE)
        await asyncio.sleep(1)
        assert next(iter(store.stored)).startswith("/api/v1/namespaces/team/events/r.")

    play(story)


def test_deleted_events_are_made_anew() -> None:
    async def story(store: EventStore, recorder: EventRecorder) -> None:
        note(recorder)
        await asyncio.sleep(1)
        store.stored.clear()
        note(recorder)
        await asyncio.sleep(1)
        assert store.only()["count"] == 2

    play(story)


def test_refusals_and_floods_are_survived() -> None:
    async def story(store: EventStore, recorder: EventRecorder) -> None:
        store.refuse = 500
        note(recorder)
        await asyncio.sleep(1)
        assert recorder.dropped == 1
        store.refuse = 0
        for index in range(5000):
            note(recorder, message=f"{index}")
        await asyncio.sleep(1)
        assert recorder.dropped == 1 + 4000
        assert len(store.stored) == 1000

    play(story)
