"""The store against a model: whatever is written, lists at any remembered version show what was there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myriarch.apiserver.history import Expired, History
from myriarch.apiserver.record import Bucket, Change, Key, Record
from myriarch.apiserver.store import Store

BUCKET = Bucket("hub", "configmaps")
WRITES = st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from("abcd"), st.booleans()), max_size=40)


def record(key: Key, version: int) -> Record:
    obj = {"metadata": {"name": key.name, "resourceVersion": str(version)}}
    return Record(key, version, json.dumps(obj).encode())


@settings(max_examples=60, deadline=None)
@given(WRITES)
def test_every_past_version_can_be_listed(writes: list[tuple[str, str, bool]]) -> None:
    store = Store()
    model: dict[tuple[str, str], int] = {}
    past: dict[int, dict[tuple[str, str], int]] = {store.version: {}}
    for namespace, name, put in writes:
        key = Key(BUCKET, namespace, name)
        if put:
            version = store.allot()
            store.put(record(key, version))
            model[namespace, name] = version
        elif (namespace, name) in model:
            store.remove(key, store.allot())
            del model[namespace, name]
        past[store.version] = dict(model)
    for version, expected in past.items():
        whole = {r.key[1:]: r.version for r in store.records(BUCKET, None, None, version)}
        assert list(whole.items()) == sorted(expected.items())
        half = [r.key.name for r in store.records(BUCKET, "p", ("p", "b"), version)]
        assert half == sorted(name for space, name in expected if space == "p" and name > "b")


def test_changes_come_to_listeners_in_order_with_what_they_replaced() -> None:
    store = Store()
    seen: list[Any] = []
    store.subscribe(lambda change: seen.append((change.type, change.version, change.previous is not None)))
    key = Key(BUCKET, "p", "a")
    store.put(record(key, store.allot()))
    store.put(record(key, store.allot()))
    gone = store.remove(key, store.allot())
    assert seen == [("ADDED", 2, False), ("MODIFIED", 3, True), ("DELETED", 4, True)]
    assert gone.decode()["metadata"]["resourceVersion"] == "4"


def test_history_is_bounded_by_count_and_by_bytes() -> None:
    by_count, by_bytes = History(0, max_changes=3), History(0, max_bytes=300)
    for version in range(1, 5_000):
        change = Change("ADDED", record(Key(BUCKET, "p", "a"), version), None)
        by_count.append(change)
        by_bytes.append(change)
    assert [change.version for change in by_count.since(4_996)] == [4_997, 4_998, 4_999]
    assert sum(change.size_bytes for change in by_bytes.since(by_bytes.floor)) <= 300
    for history in (by_count, by_bytes):
        with pytest.raises(Expired) as caught:
            history.since(history.floor - 1)
        assert caught.value.floor == history.floor
