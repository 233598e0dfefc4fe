"""Opening a watch: what to send first, and what to follow.

Three beginnings. Without a resourceVersion (or with 0), and with ``sendInitialEvents``, everything there is
comes as ADDED, and a bookmark marks its end where bookmarks are wanted. From a version, the changes since
then are replayed. From one that the history no longer reaches, one ERROR event with 410 comes and the stream
ends.
"""

from __future__ import annotations

from myriarch.apiserver.call import Call, Reply, number, too_new, truth
from myriarch.apiserver.core import Backend, Core
from myriarch.apiserver.errors import FieldError, forbidden_field, unsupported
from myriarch.apiserver.handlers_read import scope_namespace, selection
from myriarch.apiserver.history import Expired
from myriarch.apiserver.negotiate import bookmark_encoder, watch_encoder
from myriarch.apiserver.record import Change, Key, encode, event_line
from myriarch.apiserver.selectors import exact_field
from myriarch.apiserver.status import ApiError, invalid_options, too_old_to_watch
from myriarch.apiserver.watch import Scope, Stream
from myriarch.client.http import Response

HEADERS = {"content-type": "application/json"}
MAX_TIMEOUT_SECONDS = 86_400


def watch(core: Core, call: Call) -> Reply:
    backend = core.backend(call)
    version = _version(call)
    initial = _wants_initial_events(call)
    if version is not None and version > backend.version():
        raise too_new(version, backend.version())
    stream = _open(core, call)
    try:
        _begin(call, backend, stream, version, initial)
    except BaseException:
        stream.end()
        raise
    seconds = number(call, "timeoutSeconds")
    if seconds:
        stream.end_after(min(seconds, MAX_TIMEOUT_SECONDS))
    return Reply(Response(200, b"", HEADERS, stream))


def _version(call: Call) -> int | None:
    text = call.query.get("resourceVersion", "")
    if text and not (text.isascii() and text.isdigit()):
        raise ApiError(500, "", f'resourceVersion: "{text}" is no number')
    return int(text) if text else None


def _begin(call: Call, backend: Backend, stream: Stream, version: int | None, initial: bool | None) -> None:
    if initial or (not version and initial is not False):
        _send_state(call, backend, stream)
        stream.send_bookmark(backend.version(), initial=True)
    elif version:
        _replay(call, backend, stream, version)
    stream.version = max(stream.version, version or 0)


def _open(core: Core, call: Call) -> Stream:
    name = exact_field(call.query.get("fieldSelector", ""), "metadata.name")
    namespace = scope_namespace(call)
    scope = Scope(call.bucket, namespace, name if namespace is not None else None)
    matches = selection(call)
    if call.query.get("fieldSelector", "") in (f"metadata.name={name}", "") and not call.query.get("labelSelector"):
        matches = None if namespace is not None or name is None else matches
    bookmark = bookmark_encoder(call) if truth(call, "allowWatchBookmarks") else None
    return core.watches.open(scope, matches, watch_encoder(call, core.clock.now), bookmark)


def _wants_initial_events(call: Call) -> bool | None:
    """None where the request doesn't say. Raises ApiError 422 where the options don't go together."""
    asked = "sendInitialEvents" in call.query
    match = call.query.get("resourceVersionMatch", "")
    errors: list[FieldError] = []
    if asked and match != "NotOlderThan":
        problem = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        errors.append(forbidden_field("resourceVersionMatch", problem))
        if match:
            errors.append(unsupported("resourceVersionMatch", match, ("NotOlderThan",)))
    if not asked and match:
        problem = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        errors.append(forbidden_field("resourceVersionMatch", problem))
    if errors:
        raise invalid_options("ListOptions", errors)
    return truth(call, "sendInitialEvents") if asked else None


def _send_state(call: Call, backend: Backend, stream: Stream) -> None:
    scope = stream.scope
    if scope.namespace is not None and scope.name is not None:
        record = backend.get(Key(scope.bucket, scope.namespace, scope.name))
        records = iter(() if record is None else (record,))
    else:
        records = backend.records(scope.bucket, scope.namespace)
    for record in records:
        stream.offer(Change("ADDED", record, None))
    stream.version = backend.version()


def _replay(call: Call, backend: Backend, stream: Stream, version: int) -> None:
    scope = stream.scope
    if scope.namespace is not None and scope.name is not None:
        record = backend.get(Key(scope.bucket, scope.namespace, scope.name))
        if record is not None and record.version <= version:
            return  # unchanged since: no need of the history, nor can it be too short
    try:
        changes = backend.changes_since(call.bucket, version)
    except Expired as expired:
        stream.push(error_line(too_old_to_watch(expired.asked, expired.floor)))
        stream.end()
        return
    for change in changes:
        key = change.record.key
        if scope.namespace in (None, key.namespace) and scope.name in (None, key.name):
            stream.offer(change)


def error_line(error: ApiError) -> bytes:
    return event_line("ERROR", encode(error.body()))
