"""The cache ends up like the server whatever happens in between, and handlers hear of every change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.client.fake_api import FakeApi, chunks

from myriarch.api.meta import ObjectMeta
from myriarch.base.errors import ProgrammerError
from myriarch.client.client import Client
from myriarch.client.errors import ApiError
from myriarch.client.http import Response
from myriarch.client.informer import Informer
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

REF = ResourceRef("test.io", "v1", "widgets")
EPOCH = 1_700_000_000.0


class Widget(msgspec.Struct, frozen=True):
    metadata: ObjectMeta
    size: int = 0


class Seen:
    """The handlers' account: replaying it gives the cache they should believe in."""

    def __init__(self, informer: Informer[Any]) -> None:
        self.calls: list[tuple[str, str]] = []
        self.believed: dict[str, Any] = {}
        informer.add_handlers(self._added, self._updated, self._deleted)

    def _added(self, old: Any, new: Any) -> None:
        assert old is None
        assert new.metadata.name not in self.believed
        self.believed[new.metadata.name] = new
        self.calls.append(("add", new.metadata.name))

    def _updated(self, old: Any, new: Any) -> None:
        assert self.believed[new.metadata.name] is old
        self.believed[new.metadata.name] = new
        self.calls.append(("update", new.metadata.name))

    def _deleted(self, old: Any, new: Any) -> None:
        assert new is None
        assert self.believed.pop(old.metadata.name) is old
        self.calls.append(("delete", old.metadata.name))


Story = Callable[[FakeApi, Informer[Widget], Seen], Awaitable[None]]


def tell(story: Story, api: FakeApi | None = None, **options: Any) -> None:
    """Run ``story`` beside an informer on virtual time; at the end the cache must equal the server's objects."""
    api = api or FakeApi()

    async def main() -> None:
        informer = Informer(Client(api), REF, Widget, running_clock(), **options)
        seen = Seen(informer)
        running = asyncio.create_task(informer.run())
        await story(api, informer, seen)
        await asyncio.sleep(300)
        held = {key.name: obj.metadata.resource_version for key, obj in informer.cache.items()}
        assert held == {name: obj["metadata"]["resourceVersion"] for name, obj in api.objects.items()}
        assert seen.believed == {key.name: obj for key, obj in informer.cache.items()}
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    run_virtual(main(), EPOCH)


def test_lists_every_page_then_follows() -> None:
    api = FakeApi(page_objects=2)
    for name in "abcde":
        api.put(name)

    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        assert not informer.has_synced
        await informer.wait_synced()
        assert seen.calls == [("add", name) for name in "abcde"]
        assert api.lists == 3
        await asyncio.sleep(1)
        api.put("a", size=7)
        api.remove("b")
        api.put("f")
        await asyncio.sleep(1)
        assert seen.calls[5:] == [("update", "a"), ("delete", "b"), ("add", "f")]
        found = informer.get("a")
        assert found is not None
        assert found.size == 7

    tell(story, api)


def test_a_dropped_watch_goes_on_where_it_was() -> None:
    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        await asyncio.sleep(1)
        api.put("a")
        await asyncio.sleep(5)
        api.drop_watches()
        api.put("b")
        api.remove("a")
        await asyncio.sleep(5)
        assert seen.calls == [("add", "a"), ("add", "b"), ("delete", "a")]
        assert api.lists == 1

    tell(story)


def test_nothing_is_missed_when_history_is_lost() -> None:
    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        for name in ("gone", "stays", "changes", "replaced"):
            api.put(name)
        await asyncio.sleep(5)
        seen.calls.clear()
        api.drop_watches()
        api.remove("gone")
        api.put("changes", size=2)
        api.remove("replaced")
        api.put("replaced", uid="another")
        api.put("new")
        api.compact()
        await asyncio.sleep(60)
        assert seen.calls == [
            ("delete", "gone"),
            ("update", "changes"),
            ("add", "new"),
            ("delete", "replaced"),
            ("add", "replaced"),
        ]
        assert api.lists == 2 * 2  # Four objects by threes make two pages.

    tell(story)


def test_bookmarks_spare_a_new_list() -> None:
    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        await asyncio.sleep(1)
        api.version += 100
        api.bookmark()
        await asyncio.sleep(1)
        api.compact()
        api.drop_watches()
        await asyncio.sleep(60)
        assert api.lists == 1

    tell(story)


@pytest.mark.parametrize(
    ("code", "reason"), [(500, "InternalError"), (429, "TooManyRequests"), (403, "Forbidden"), (404, "NotFound")]
)
def test_errors_are_survived_and_told(code: int, reason: str) -> None:
    errors: list[ApiError] = []

    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        for _ in range(10):
            api.fail_next(code, reason)
        api.put("a")
        await informer.wait_synced()
        assert len(errors) == 10
        assert {error.status.code for error in errors} == {code}

    tell(story, on_error=errors.append)


def test_waits_grow_and_stay_bounded() -> None:
    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        clock = running_clock()
        asked: list[float] = []

        def refuse(_request: Any) -> Response:
            asked.append(clock.now())
            return Response(503, b"")

        api.faults = [refuse] * 20
        await informer.wait_synced()
        waits = [after - before for before, after in pairwise(asked)]
        assert waits[0] < 0.5
        assert max(waits) <= 30
        assert min(waits[-8:]) >= 15

    tell(story)


def test_a_server_that_ends_watches_at_once_is_not_asked_without_end() -> None:
    class Ending(FakeApi):
        def _watch(self, request: Any) -> Response:
            self.watches += 1
            return Response(200, stream=chunks())

    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        await asyncio.sleep(600)
        assert api.watches < 60

    tell(story, Ending())


def test_an_undecodable_object_is_told_not_raised() -> None:
    errors: list[ApiError] = []

    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        await asyncio.sleep(1)
        api.put("a", size="wide")  # type: ignore[arg-type]
        await asyncio.sleep(10)
        assert "size" in str(errors[0])
        api.put("a")
        api.compact()

    tell(story, on_error=errors.append)


def test_a_failing_handler_is_our_mistake() -> None:
    async def main() -> None:
        api = FakeApi()
        api.put("a")
        informer = Informer(Client(api), REF, Raw, running_clock())

        def bad(old: Any, new: Any) -> None:
            raise KeyError("x")

        informer.on_change(bad)
        with pytest.raises(ProgrammerError, match="KeyError"):
            await informer.run()

    run_virtual(main(), EPOCH)


def test_late_handlers_hear_of_what_is_there() -> None:
    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        api.put("a")
        await asyncio.sleep(1)
        late: list[str] = []
        informer.add_handlers(on_add=lambda old, new: late.append(new.metadata.name if new else ""))
        assert late == ["a"]

    tell(story)


def test_dicts_do_as_well() -> None:
    async def main() -> None:
        api = FakeApi()
        api.put("a", size=4)
        informer = Informer(Client(api), REF, Raw, running_clock())
        running = asyncio.create_task(informer.run())
        await informer.wait_synced()
        found = informer.get("a")
        assert found is not None
        assert found["size"] == 4
        running.cancel()

    run_virtual(main(), EPOCH)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abcdef")),
        st.tuples(st.just("remove"), st.sampled_from("abcdef")),
        st.tuples(st.sampled_from(["drop", "compact", "fail", "sleep", "bookmark"]), st.just("")),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_any_mix_of_changes_and_faults_converges(script: list[tuple[str, str]]) -> None:
    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        act: dict[str, Callable[[], None]] = {
            "drop": api.drop_watches,
            "compact": api.compact,
            "fail": lambda: api.fail_next(500, "InternalError"),
            "bookmark": api.bookmark,
        }
        for verb, name in script:
            if verb == "put":
                api.put(name)
            elif verb == "remove" and name in api.objects:
                api.remove(name)
            elif verb == "sleep":
                await asyncio.sleep(3)
            elif verb in act:
                act[verb]()

    tell(story)


def test_ten_thousand_objects() -> None:
    api = FakeApi(page_objects=500)
    for index in range(10_000):
        api.put(f"w-{index:05d}")

    async def story(api: FakeApi, informer: Informer[Widget], seen: Seen) -> None:
        await informer.wait_synced()
        await asyncio.sleep(1)
        for index in range(10_000):
            api.put(f"w-{index:05d}", size=2)
        await asyncio.sleep(1)
        assert len(seen.calls) == 20_000

    tell(story, api)
