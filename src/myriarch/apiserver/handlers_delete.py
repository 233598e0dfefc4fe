"""DELETE of one object and of a selection.

An object with finalizers is marked and stays until they are gone; others go at once. Preconditions on uid
and resourceVersion are kept. Propagation policies are accepted: nothing that is served here has dependents
that the server would have to collect, except namespaces, whose content goes with them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from myriarch.apiserver import namespaces
from myriarch.apiserver.call import Call, Reply, decode_body
from myriarch.apiserver.core import Core
from myriarch.apiserver.handlers_read import scope_namespace, selection
from myriarch.apiserver.handlers_write import Object
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.namespaces import Namespaces
from myriarch.apiserver.negotiate import JSON_HEADERS, ListMeta, list_response, object_response
from myriarch.apiserver.record import Record, encode
from myriarch.apiserver.status import bad_request, conflict, forbidden, method_not_allowed, not_found, success
from myriarch.base.clock import rfc3339
from myriarch.client.http import Response

PROPAGATIONS = ("", "Orphan", "Background", "Foreground")


class Preconditions(msgspec.Struct, rename="camel"):
    uid: str | None = None
    resource_version: str | None = None


class DeleteOptions(msgspec.Struct, rename="camel"):
    """What of ``DeleteOptions`` is heeded; the rest is accepted."""

    preconditions: Preconditions | None = None
    propagation_policy: str | None = None
    dry_run: list[str] | None = None


def delete(core: Core, call: Call) -> Reply:
    options = _options(call)
    record = core.backend(call).head(call.key)
    rtype = call.type
    if record is None:
        raise not_found(rtype.plural, rtype.group, call.name)
    if rtype.kind == "Namespace" and call.name == namespaces.DEFAULT:
        raise forbidden(rtype.plural, rtype.group, call.name, "this namespace may not be deleted")
    _require_stored(core, call)
    obj = record.decode()
    _check(call, options.preconditions, record, obj)
    _guarded(core, call, obj)
    if call.dry_run or options.dry_run:
        return Reply(_gone(call, obj))
    left = remove(core, rtype, record)
    if left is None:
        return Reply(_gone(call, obj), wait=True)
    data = encode(rtype.outward(left.decode()))
    return Reply(object_response(call, data, core.clock.now()), wait=True)


def delete_collection(core: Core, call: Call) -> Reply:
    options = _options(call)
    _require_stored(core, call)
    backend = core.backend(call)
    matches = selection(call)
    records = [r for r in backend.records(call.bucket, scope_namespace(call)) if matches is None or matches(r)]
    heads = [head for record in records if (head := backend.head(record.key)) is not None]
    for record in heads if not call.user.privileged else ():
        _guarded(core, call, record.decode())
    if not (call.dry_run or options.dry_run):
        for record in heads:
            remove(core, call.type, record)
    return Reply(list_response(call, heads, ListMeta(core.store.version), core.clock.now()), wait=True)


def _guarded(core: Core, call: Call, obj: Object) -> None:
    if core.guard is not None and not call.user.privileged:
        core.guard.check(call, obj, None)


def _require_stored(core: Core, call: Call) -> None:
    """Rendered objects come and go with the fleet alone. Raises ApiError 405."""
    if core.backend(call) is not core.stored:
        raise method_not_allowed(call.type.plural, call.type.group, "delete")


def remove(core: Core, rtype: ResourceType, record: Record) -> Record | None:
    """Delete the object, or mark it where finalizers hold it; then the marked record is returned."""
    obj = record.decode()
    key = record.key
    held = bool(obj["metadata"].get("finalizers"))
    if rtype.kind == "Namespace":
        held = _empty(core, key.bucket.cluster, key.name) or held
    if held:
        return _mark(core, rtype, record, obj)
    core.stored.remove(rtype, key)
    if key.namespace:
        Namespaces(core).settle(key.bucket.cluster, key.namespace)
    return None


def _mark(core: Core, rtype: ResourceType, record: Record, obj: Object) -> Record:
    meta = obj["metadata"]
    if meta.get("deletionTimestamp"):
        return record
    meta["deletionTimestamp"] = rfc3339(core.clock.now())
    meta["deletionGracePeriodSeconds"] = 0
    if rtype.counts_generation:
        meta["generation"] = meta.get("generation", 0) + 1
    if rtype.kind == "Namespace":
        obj["status"] = {**obj.get("status", {}), "phase": "Terminating"}
    return core.stored.save(rtype, record.key, obj)


def _empty(core: Core, cluster: str, namespace: str) -> bool:
    """Delete what is in the namespace; True where something with finalizers is left."""
    for rtype, record in Namespaces(core).contents(cluster, namespace):
        remove(core, rtype, record)
    return bool(Namespaces(core).contents(cluster, namespace))


def _options(call: Call) -> DeleteOptions:
    body: Any = decode_body(call.request.body, yaml_allowed=False) if call.request.body else {}
    try:
        options = msgspec.convert(body, DeleteOptions)
    except msgspec.ValidationError as problem:
        raise bad_request(f"invalid DeleteOptions: {problem}") from None
    policy = call.query.get("propagationPolicy", "") or options.propagation_policy or ""
    if policy not in PROPAGATIONS:
        raise bad_request(f'invalid propagationPolicy: "{policy}": supported values: {", ".join(PROPAGATIONS[1:])}')
    return options


def _check(call: Call, wanted: Preconditions | None, record: Record, obj: Object) -> None:
    if wanted is None:
        return
    uid = obj["metadata"]["uid"]
    problem = ""
    if wanted.uid is not None and wanted.uid != uid:
        problem = f"Precondition failed: UID in precondition: {wanted.uid}, UID in object meta: {uid}"
    if wanted.resource_version is not None and wanted.resource_version != str(record.version):
        problem = (
            f"Precondition failed: ResourceVersion in precondition: {wanted.resource_version}, "
            f"ResourceVersion in object meta: {record.version}"
        )
    if problem:
        raise conflict(call.type.plural, call.type.group, call.name, problem)


def _gone(call: Call, obj: Object) -> Response:
    rtype = call.type
    status = success(name=call.name, group=rtype.group, plural=rtype.plural, uid=obj["metadata"]["uid"])
    return Response(200, encode(status), JSON_HEADERS)
