"""GET of one object and of lists: selectors, pages, and versions to read at."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.apiserver.call import Call, Reply, number, too_new
from myriarch.apiserver.core import Backend, Core
from myriarch.apiserver.errors import forbidden_field, unsupported
from myriarch.apiserver.history import Expired
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.negotiate import ListMeta, list_response, object_response, served, served_bytes
from myriarch.apiserver.paging import AS_IT_IS, Position, from_token, to_token
from myriarch.apiserver.record import Key, Record
from myriarch.apiserver.selectors import Predicate, exact_field, parse_fields, parse_labels
from myriarch.apiserver.status import (
    ApiError,
    bad_request,
    continue_expired,
    invalid_options,
    not_found,
    too_old_to_list,
)
from myriarch.apiserver.watch import Matches

VERSION_MATCHES = ("Exact", "NotOlderThan")


def get(core: Core, call: Call) -> Reply:
    backend = core.backend(call)
    wanted = number(call, "resourceVersion")
    if wanted is not None and wanted > backend.version():
        raise too_new(wanted, backend.version())
    record = backend.get(call.key)
    if record is None:
        raise not_found(call.type.plural, call.type.group, call.name)
    return Reply(object_response(call, served_bytes(call.type, record), core.clock.now()))


def list_objects(core: Core, call: Call) -> Reply:
    backend = core.backend(call)
    limit = number(call, "limit") or 0
    number(call, "timeoutSeconds")  # a list is never late, but faults in what was asked are told
    version, after = _starting_point(call, backend)
    matches = selection(call)
    try:
        candidates = _candidates(call, backend, after, version)
        records, more = _page(candidates, matches, limit)
    except Expired:
        raise _expired(call) from None
    shown = backend.version() if version is None else version
    meta = ListMeta(shown)
    if more and records:
        last = records[-1].key
        token = to_token(Position(shown, last.namespace, last.name))
        remaining = 0 if matches else more + sum(1 for _ in candidates)
        meta = ListMeta(shown, token, remaining)
    return Reply(list_response(call, records, meta, core.clock.now()))


def _starting_point(call: Call, backend: Backend) -> tuple[int | None, tuple[str, str] | None]:
    """(version to read at, None for the newest; place after which to begin). Raises ApiError."""
    match = call.query.get("resourceVersionMatch", "")
    version = number(call, "resourceVersion")
    token = call.query.get("continue", "")
    _check_match(call, match, version)
    if token:
        if version:
            raise bad_request("specifying resource version is not allowed when using continue")
        position = from_token(token)
        return None if position.version == AS_IT_IS else position.version, position.place
    if version is not None and version > backend.version():
        raise too_new(version, backend.version())
    exact = match == "Exact" or (not match and version and number(call, "limit"))
    return (version if exact else None), None


def _check_match(call: Call, match: str, version: int | None) -> None:
    """Raises ApiError 422 where the options of a list don't go together."""
    errors = []
    if match and version is None:
        problem = "resourceVersionMatch is forbidden unless resourceVersion is provided"
        errors.append(forbidden_field("resourceVersionMatch", problem))
    if match and call.query.get("continue", ""):
        errors.append(forbidden_field("resourceVersionMatch", "resourceVersionMatch is forbidden for continue"))
    if match not in ("", *VERSION_MATCHES):
        errors.append(unsupported("resourceVersionMatch", match, (*VERSION_MATCHES, "")))
    if match == "Exact" and version == 0:
        problem = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
        errors.append(forbidden_field("resourceVersionMatch", problem))
    if "sendInitialEvents" in call.query:
        errors.append(forbidden_field("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    if errors:
        raise invalid_options("ListOptions", errors)


def _expired(call: Call) -> ApiError:
    token = call.query.get("continue", "")
    if not token:
        return too_old_to_list()
    position = from_token(token)
    return continue_expired(to_token(Position(AS_IT_IS, position.namespace, position.name)))


def _candidates(call: Call, backend: Backend, after: tuple[str, str] | None, version: int | None) -> Iterator[Record]:
    """All in scope; by look-up alone where a field selector names the object."""
    name = exact_field(call.query.get("fieldSelector", ""), "metadata.name")
    namespace = scope_namespace(call)
    if name is not None and namespace is not None and version is None:
        record = backend.get(Key(call.bucket, namespace, name))
        return iter(() if record is None else (record,))
    return backend.records(call.bucket, namespace, after, version)


def scope_namespace(call: Call) -> str | None:
    """The one namespace that the request covers ("" for cluster-scoped types), None for every."""
    if not call.type.namespaced:
        return ""
    if call.namespace:
        return call.namespace
    return exact_field(call.query.get("fieldSelector", ""), "metadata.namespace")


def _page(candidates: Iterator[Record], matches: Matches | None, limit: int) -> tuple[list[Record], int]:
    """(records, 1 where at least one more follows)."""
    records: list[Record] = []
    for record in candidates:
        if matches is not None and not matches(record):
            continue
        if limit and len(records) == limit:
            return records, 1
        records.append(record)
    return records, 0


def selection(call: Call) -> Matches | None:
    """The request's selectors as one test of records; None where everything is wanted. Raises ApiError 400."""
    label_test = parse_labels(call.query.get("labelSelector", ""))
    text = call.query.get("fieldSelector", "")
    field_test = parse_fields(text, call.type.selectable_fields)
    tests = []
    if field_test is not None:
        tests.append(_field_match(call.type, field_test, text))
    if label_test is not None:
        tests.append(_label_match(label_test))
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]
    first, second = tests
    return lambda record: first(record) and second(record)


def _label_match(test: Predicate) -> Matches:
    return lambda record: test({"metadata": {"labels": record.labels}})


def _field_match(rtype: ResourceType, test: Predicate, text: str) -> Matches:
    """Names and namespaces are tested on the key; other fields need the object."""
    if all(term.strip().startswith(("metadata.name", "metadata.namespace")) for term in text.split(",")):
        return lambda record: test({"metadata": {"name": record.key.name, "namespace": record.key.namespace}})
    return lambda record: test(served(rtype, record))
