"""Commits: only what changed, spec or status, guarded by the version read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.fake_api import ScriptedTransport, status

from myriarch.api.meta import ObjectMeta
from myriarch.base.errors import ProgrammerError, Retryable, Terminal
from myriarch.client.client import Client
from myriarch.client.http import Response
from myriarch.client.resource import ObjectKey, ResourceRef
from myriarch.runtime.committer import SAME, Committer, holds, merge_diff

REF = ResourceRef("test.io", "v1", "things", namespaced=True)


class Thing(msgspec.Struct, omit_defaults=True):
    metadata: ObjectMeta
    spec: dict[str, Any] = {}
    status: dict[str, Any] = {}


def thing(version: str = "5", **parts: Any) -> Thing:
    return Thing(ObjectMeta(name="a", namespace="ns", uid="u", resource_version=version), **parts)


def stored(obj: Any) -> Response:
    return Response(200, msgspec.json.encode(obj))


def bench(*answers: Response) -> tuple[Committer[Thing], ScriptedTransport]:
    transport = ScriptedTransport(*answers)
    return Committer(Client(transport), REF, Thing, "me"), transport


def run(coro: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coro)


def test_nothing_changed_sends_nothing() -> None:
    committer, transport = bench()
    before = thing(spec={"x": 1})
    assert run(committer.commit(before, thing(spec={"x": 1}))) is before
    assert transport.requests == []


def test_spec_goes_as_a_guarded_patch() -> None:
    committer, transport = bench(stored(thing("6", spec={"x": 2})))
    after = run(committer.commit(thing(spec={"x": 1, "y": 1}), thing(spec={"x": 2})))
    assert after.metadata.resource_version == "6"
    request = transport.requests[0]
    assert request.path == "/apis/test.io/v1/namespaces/ns/things/a"
    assert json.loads(request.body) == {"spec": {"x": 2, "y": None}, "metadata": {"resourceVersion": "5"}}
    assert request.query == {"fieldManager": "me"}


def test_status_goes_to_its_subresource() -> None:
    committer, transport = bench(stored(thing("6")))
    run(committer.commit(thing(spec={"x": 1}), thing(spec={"x": 1}, status={"done": True})))
    request = transport.requests[0]
    assert request.path.endswith("/things/a/status")
    assert json.loads(request.body) == {"status": {"done": True}, "metadata": {"resourceVersion": "5"}}


def test_labels_count_as_spec_and_what_the_server_sets_does_not() -> None:
    committer, transport = bench(stored(thing("6")))
    labelled = thing("4")
    labelled.metadata.labels = {"a": "b"}
    run(committer.commit(thing("5"), labelled))
    assert json.loads(transport.requests[0].body) == {"metadata": {"labels": {"a": "b"}, "resourceVersion": "5"}}


def test_never_both() -> None:
    committer, transport = bench()
    with pytest.raises(ProgrammerError, match="spec and status"):
        run(committer.commit(thing(), thing(spec={"x": 1}, status={"y": 1})))
    other = thing(spec={"x": 1})
    other.metadata.uid = "another"
    with pytest.raises(ProgrammerError, match="can't be committed"):
        run(committer.commit(thing(), other))
    assert transport.requests == []


def test_conflicts_are_retryable() -> None:
    committer, _ = bench(Response(409, status(409, "Conflict")))
    with pytest.raises(Retryable):
        run(committer.commit(thing(), thing(spec={"x": 1})))


def applied(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a", "namespace": "ns"}, "spec": spec}


def test_apply_is_sent_once_while_it_holds() -> None:
    live = thing("6", spec={"x": 1, "theirs": 2})
    committer, transport = bench(stored(live), stored(live), stored(live), stored(live))

    async def main() -> None:
        assert await committer.apply(None, applied(x=1)) == live
        assert await committer.apply(live, applied(x=1)) is live
        assert len(transport.requests) == 1
        await committer.apply(thing("7", spec={"x": 9}), applied(x=1))
        assert len(transport.requests) == 2
        await committer.apply(live, applied())
        assert len(transport.requests) == 3
        committer.forget(ObjectKey("ns", "a"))
        await committer.apply(live, applied())
        assert len(transport.requests) == 4

    run(main())
    request = transport.requests[0]
    assert request.headers["content-type"] == "application/apply-patch+yaml"
    assert request.query == {"fieldManager": "me"}


def test_apply_conflicts_are_not_retried() -> None:
    body = status(409, "Conflict", causes=[{"reason": "FieldManagerConflict"}])
    committer, _ = bench(Response(409, body))
    with pytest.raises(Terminal):
        run(committer.apply(None, applied(x=1)))


values = st.recursive(
    st.booleans() | st.integers(2, 5) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from("abc"), values, max_size=3)


def merge(target: Any, patch: Any) -> Any:
    """RFC 7386, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


@given(objects, objects)
def test_the_difference_makes_new_of_old(old: dict[str, Any], new: dict[str, Any]) -> None:
    patch = merge_diff(old, new)
    assert (patch is SAME) == (json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True))
    if patch is not SAME:
        assert json.dumps(merge(old, patch), sort_keys=True) == json.dumps(new, sort_keys=True)


def test_holds_looks_at_what_was_applied_only() -> None:
    live = {"list": [{"name": "b", "v": 2}, {"name": "a", "v": 1, "more": 0}], "n": [1, 2], "other": 1}
    assert holds(live, {"list": [{"name": "a", "v": 1}]})
    assert not holds(live, {"list": [{"name": "a", "v": 2}]})
    assert holds(live, {"n": [1, 2]})
    assert not holds(live, {"n": [1]})
    assert not holds(live, {"absent": None})
