"""DELETE of one object and of a selection.

The request is read and checked here; how an object then goes, or stays a while, is in ``removal.py``.
"""

from __future__ import annotations

from typing import Any

import msgspec

from myriarch.apiserver import namespaces
from myriarch.apiserver.call import Call, Reply, decode_body, number
from myriarch.apiserver.core import Core
from myriarch.apiserver.errors import invalid_value, unsupported
from myriarch.apiserver.handlers_read import scope_namespace, selection
from myriarch.apiserver.handlers_write import Object
from myriarch.apiserver.negotiate import JSON_HEADERS, ListMeta, list_response, object_response
from myriarch.apiserver.protobuf import MEDIA_TYPE as PROTOBUF
from myriarch.apiserver.protobuf import read_object
from myriarch.apiserver.record import Record, encode
from myriarch.apiserver.removal import Manner, remove
from myriarch.apiserver.status import (
    ApiError,
    bad_request,
    conflict,
    forbidden,
    invalid_options,
    method_not_allowed,
    not_found,
    success,
)
from myriarch.base.clock import rfc3339
from myriarch.client.http import Response

_IMMORTAL = (namespaces.DEFAULT, "kube-public", "kube-system")
_SHOWN_WHEN_GONE = frozenset({"Pod", "Service", "ServiceAccount"})
_OPTIONS = "DeleteOptions"
PROPAGATIONS = ("", "Orphan", "Background", "Foreground")


class Preconditions(msgspec.Struct, rename="camel"):
    uid: str | None = None
    resource_version: str | None = None


class DeleteOptions(msgspec.Struct, rename="camel"):
    """What of ``DeleteOptions`` is heeded; the rest is accepted."""

    preconditions: Preconditions | None = None
    propagation_policy: str | None = None
    orphan_dependents: bool | None = None
    grace_period_seconds: int | None = None
    dry_run: list[str] | None = None

    @property
    def manner(self) -> Manner:
        policy = self.propagation_policy or ""
        if not policy and self.orphan_dependents is not None:
            policy = "Orphan" if self.orphan_dependents else "Background"
        return Manner(policy, self.grace_period_seconds)


def delete(core: Core, call: Call) -> Reply:
    options = read_options(call, _body(call))
    record = core.backend(call).head(call.key)
    rtype = call.type
    if rtype.kind == "Namespace" and call.name in _IMMORTAL:
        raise forbidden(rtype.plural, rtype.group, call.name, "this namespace may not be deleted")
    if record is None:
        raise not_found(rtype.plural, rtype.group, call.name)
    _require_stored(core, call)
    obj = record.decode()
    check_preconditions(call, options.preconditions, record, obj)
    _guarded(core, call, obj)
    if call.dry_run or options.dry_run:
        return Reply(_gone(core, call, obj))
    left = remove(core, rtype, record, options.manner)
    if left is None:
        return Reply(_gone(core, call, obj), wait=True)
    data = encode(rtype.outward(left.decode()))
    return Reply(object_response(call, data, core.clock.now()), wait=True)


def delete_collection(core: Core, call: Call) -> Reply:
    options = read_options(call, _body(call))
    _require_stored(core, call)
    backend = core.backend(call)
    matches = selection(call)
    records = [r for r in backend.records(call.bucket, scope_namespace(call)) if matches is None or matches(r)]
    heads = [head for record in records if (head := backend.head(record.key)) is not None]
    for record in heads if not call.user.privileged else ():
        _guarded(core, call, record.decode())
    if not (call.dry_run or options.dry_run):
        for record in heads:
            remove(core, call.type, record, options.manner)
    return Reply(list_response(call, heads, ListMeta(core.store.version), core.clock.now()), wait=True)


def _guarded(core: Core, call: Call, obj: Object) -> None:
    if core.guard is not None and not call.user.privileged:
        core.guard.check(call, obj, None)


def _require_stored(core: Core, call: Call) -> None:
    """Rendered objects come and go with the fleet alone. Raises ApiError 405."""
    if core.backend(call) is not core.stored:
        raise method_not_allowed()


def _body(call: Call) -> Any:
    """The options as sent: what is no options at all is answered with 500, as Kubernetes does."""
    if not call.request.body:
        return {}
    try:
        binary = call.media_type == PROTOBUF
        body = read_object(call.request.body) if binary else decode_body(call.request.body, yaml_allowed=False)
    except ApiError as problem:
        raise ApiError(500, "", problem.message) if problem.code == 400 else problem from None
    kind = body.get("kind", _OPTIONS) if isinstance(body, dict) else _OPTIONS
    if kind != _OPTIONS and not call.subresource:
        raise ApiError(500, "", f"the body of a deletion is {_OPTIONS}, not {kind}")
    return body


def read_options(call: Call, body: Any) -> DeleteOptions:
    """``DeleteOptions`` of a body, with what the query says above them. Raises ApiError 400."""
    try:
        options = msgspec.convert(body, DeleteOptions)
    except msgspec.ValidationError as problem:
        raise bad_request(f"invalid DeleteOptions: {problem}") from None
    policy = call.query.get("propagationPolicy", "") or options.propagation_policy or ""
    _check_policy(options, policy)
    options.propagation_policy = policy
    grace = number(call, "gracePeriodSeconds")
    if grace is not None:
        options.grace_period_seconds = grace
    if options.dry_run not in (None, [], ["All"]):
        raise invalid_options("DeleteOptions", [unsupported("dryRun", options.dry_run, ("All",))])
    return options


def _check_policy(options: DeleteOptions, policy: str) -> None:
    """Raises ApiError 422."""
    errors = []
    if policy not in PROPAGATIONS:
        errors.append(unsupported("propagationPolicy", policy, ("Foreground", "Background", "Orphan", "nil")))
    if policy and options.orphan_dependents is not None:
        problem = "orphanDependents and deletionPropagation cannot be both set"
        errors.append(invalid_value("propagationPolicy", policy, problem))
    if errors:
        raise invalid_options("DeleteOptions", errors)


def check_preconditions(call: Call, wanted: Preconditions | None, record: Record, obj: Object) -> None:
    """Raises ApiError 409 where uid or resourceVersion are not those that the deletion names."""
    if wanted is None:
        return
    uid = obj["metadata"]["uid"]
    problem = ""
    if wanted.uid is not None and wanted.uid != uid:
        problem = (
            f"the UID in the precondition ({wanted.uid}) does not match the UID in record ({uid}). "
            "The object might have been deleted and then recreated"
        )
    if wanted.resource_version is not None and wanted.resource_version != str(record.version):
        problem = (
            f"the ResourceVersion in the precondition ({wanted.resource_version}) does not match the "
            f"ResourceVersion in record ({record.version}). The object might have been modified"
        )
    if problem:  # Kubernetes names the kind here, not the resource
        raise conflict(call.type.kind, call.type.group, call.name, problem)


def _gone(core: Core, call: Call, obj: Object) -> Response:
    """What a DELETE answers that took the object away: the object as it was, or that it worked."""
    rtype = call.type
    if rtype.kind == "Pod":
        meta = obj["metadata"]
        meta |= {"deletionTimestamp": rfc3339(core.clock.now()), "deletionGracePeriodSeconds": 0}
        meta |= {"generation": meta.get("generation", 0) + 1, "resourceVersion": str(core.store.next_version - 1)}
    if rtype.kind in _SHOWN_WHEN_GONE:
        return object_response(call, encode(obj), core.clock.now())
    status = success(name=call.name, group=rtype.group, plural=rtype.plural, uid=obj["metadata"]["uid"])
    return Response(200, encode(status), JSON_HEADERS)
