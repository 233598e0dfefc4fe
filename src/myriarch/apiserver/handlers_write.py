"""Creating and replacing objects: POST and PUT, and the common end of every kind of write.

``replace`` is where PUT, PATCH and apply meet: status and the rest are kept apart, the server's own
metadata is restored, a write that changes nothing is answered without a new version, and an object whose
last finalizer goes while it is being deleted is removed.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from myriarch.apiserver import namespaces
from myriarch.apiserver.admission import admit, admit_status, check_identity, require_name
from myriarch.apiserver.apply import update_managed
from myriarch.apiserver.call import Call, Reply
from myriarch.apiserver.core import Core
from myriarch.apiserver.errors import invalid_value
from myriarch.apiserver.kinds import unchanged
from myriarch.apiserver.namespaces import Namespaces
from myriarch.apiserver.negotiate import object_response, served, served_bytes
from myriarch.apiserver.record import Key, Record, encode
from myriarch.apiserver.registry import is_custom
from myriarch.apiserver.removal import gone
from myriarch.apiserver.status import ApiError, already_exists, conflict, invalid, not_found
from myriarch.apiserver.zero_values import drop_empty, fill, ownable, zero_of
from myriarch.base.clock import rfc3339

GENERATE_ATTEMPTS = 8
SERVER_METADATA = ("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds")

_NEVER_BLINDLY = frozenset({"Lease", "PodDisruptionBudget"})  # a PUT of these names the version that it replaces
_MADE_BY_PUT = frozenset({"ClusterRole", "ClusterRoleBinding", "Event", "Lease", "Role", "RoleBinding", "Service"})

Object = dict[str, Any]
Operation = Literal["Update", "Apply"]


@dataclass(frozen=True, slots=True)
class Written:
    """``record`` is None for a dry run; ``obj`` is the object as served."""

    obj: Object
    record: Record | None
    created: bool = False


def create(core: Core, call: Call) -> Reply:
    obj = call.body_object()
    check_identity(call, obj)
    if obj["metadata"].get("resourceVersion"):
        raise ApiError(500, "", "resourceVersion should not be set on objects to be created")
    return reply(core, call, create_object(core, call, obj, operation="Update"))


def create_object(core: Core, call: Call, obj: Object, *, operation: Operation) -> Written:
    """Store a new object. For Apply its managedFields are already in it."""
    meta = obj["metadata"]
    version = core.store.next_version
    if core.guard is not None and call.request.method != "POST" and not call.user.privileged:
        core.guard.creation(call)
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = _generated_name(core, call, meta["generateName"])
    name = meta.get("name") or ""
    if call.type.namespaced:
        Namespaces(core).require(call.type, call.cluster, call.namespace, name)
    now_text = rfc3339(core.clock.now())
    _begin(call, obj, core.uids.uid(version), now_text)
    stated = frozenset(obj["spec"]) if isinstance(obj.get("spec"), dict) else frozenset()
    admit(core, call, obj, None)
    key = Key(call.bucket, call.namespace, name)
    if core.backend(call).head(key) is not None:
        raise already_exists(call.type.plural, call.type.group, name)
    if call.type.kind == "Namespace":
        namespaces.complete(obj)
    _complete(core, call, obj)
    if operation == "Update":
        meta.pop("managedFields", None)
        owned = {name: value for name, value in ownable(call.type.kind, obj, stated).items() if _is_own(call, name)}
        _manage(core, call, None, owned, now_text)
    if call.dry_run:
        return Written(obj, None, created=True)
    record = core.backend(call).save(call.type, key, call.type.inward(obj))
    return Written(obj, record, created=True)


def _begin(call: Call, obj: Object, uid: str, now_text: str) -> None:
    """What the server, and not the creator, says of a new object."""
    rtype, meta = call.type, obj["metadata"]
    for field in (*SERVER_METADATA, "resourceVersion", "selfLink"):
        if field != "generation" or rtype.counts_generation or is_custom(rtype):
            meta.pop(field, None)
    meta["uid"] = uid
    meta["creationTimestamp"] = now_text
    if rtype.counts_generation:
        meta["generation"] = 1
    if "status" in rtype.subresources and (is_custom(rtype) or rtype.counts_generation):
        obj.pop("status", None)
    if rtype.initial_status is not None:
        obj["status"] = deepcopy(rtype.initial_status)


def _complete(core: Core, call: Call, obj: Object) -> None:
    """Write out what a built-in kind always says; rendered Nodes say what the fleet says."""
    if not is_custom(call.type) and core.backend(call) is core.stored:
        fill(obj, zero_of(call.type.kind))
        drop_empty(obj)


def _is_own(call: Call, field: str) -> bool:
    """Whether a write of the object itself may own this field of it."""
    return field != "status" or "status" not in call.type.subresources


def _generated_name(core: Core, call: Call, prefix: str) -> str:
    backend = core.backend(call)
    for attempt in range(GENERATE_ATTEMPTS):
        name = prefix + core.uids.suffix(core.store.next_version, attempt)
        if backend.head(Key(call.bucket, call.namespace, name)) is None:
            return name
    raise already_exists(call.type.plural, call.type.group, prefix)


def update(core: Core, call: Call) -> Reply:
    obj = call.body_object()
    require_name(call, obj)
    check_identity(call, obj)
    if call.type.kind in _MADE_BY_PUT and not call.subresource and core.backend(call).head(call.key) is None:
        obj["metadata"].pop("resourceVersion", None)
        return reply(core, call, create_object(core, call, obj, operation="Update"))
    record, old = live(core, call)
    return reply(core, call, replace(core, call, record, old, obj, operation="Update"))


def finalize(core: Core, call: Call) -> Reply:
    """PUT of a namespace's ``finalize``: who must still let go of it."""
    obj = call.body_object()
    check_identity(call, obj)
    record, old = live(core, call)
    _check_preconditions(call, record, old, obj["metadata"])
    new = {**old, "metadata": dict(old["metadata"]), "spec": obj.get("spec") or {}}
    if call.dry_run or new == old:
        return reply(core, call, Written(new, None))
    record = core.backend(call).save(call.type, call.key, new)
    Namespaces(core).settle(call.cluster, call.name)
    return reply(core, call, Written(new, record))


def live(core: Core, call: Call) -> tuple[Record, Object]:
    """The object to change, as the last writer left it. Raises ApiError 404."""
    record = core.backend(call).head(call.key)
    if record is None:
        raise not_found(call.type.plural, call.type.group, call.name)
    return record, served(call.type, record)


def replace(core: Core, call: Call, record: Record, old: Object, new: Object, *, operation: Operation) -> Written:
    """Make ``new`` of ``old`` as far as this request may. ``new`` belongs to the caller, ``old`` isn't changed."""
    _check_preconditions(call, record, old, new["metadata"])
    now_text = rfc3339(core.clock.now())
    if call.subresource == "status":
        new = _with_status(old, new, operation)
        admit_status(core, call, new, old)
    else:
        _check_times(call, old, new)
        _restore(call, old, new)
        admit(core, call, new, old)
    _complete(core, call, new)
    if operation == "Update":
        _manage(core, call, old, new, now_text)
    dry_run = call.dry_run
    if new == old:
        return Written(old, record)
    if call.subresource != "status" and call.type.counts_generation and _desired_changed(call, old, new):
        new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1
    if dry_run:
        return Written(new, None)
    backend = core.backend(call)
    meta = new["metadata"]
    if _let_go(meta) and call.type.kind != "Namespace":
        backend.remove(call.type, call.key)
        gone(core, call.key)
        meta["resourceVersion"] = str(record.version)
        return Written(new, None)
    return Written(new, backend.save(call.type, call.key, call.type.inward(new)))


def _let_go(meta: Object) -> bool:
    """Whether nothing keeps an object that is being deleted: no finalizer, no time to end."""
    return bool(meta.get("deletionTimestamp")) and not (
        meta.get("finalizers") or meta.get("deletionGracePeriodSeconds")
    )


def _check_preconditions(call: Call, record: Record, old: Object, meta: Object) -> None:
    """The body's resourceVersion and uid, where given, must be the live ones. Raises ApiError 409 or 422."""
    rtype = call.type
    wanted = meta.get("resourceVersion")
    if wanted and not (str(wanted).isascii() and str(wanted).isdigit()):
        raise ApiError(500, "", f'resourceVersion: "{wanted}" is no number')
    if wanted and wanted != str(record.version):
        raise conflict(rtype.plural, rtype.group, call.name)
    if not wanted and call.request.method == "PUT" and (is_custom(rtype) or rtype.kind in _NEVER_BLINDLY):
        error = invalid_value("metadata.resourceVersion", 0, "must be specified for an update")
        raise invalid(rtype.plural, rtype.group, call.name, [error])
    uid = meta.get("uid")
    if uid and uid != old["metadata"]["uid"]:
        problem = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {old['metadata']['uid']}"
        raise conflict(rtype.plural, rtype.group, call.name, problem)


def _with_status(old: Object, new: Object, operation: Operation) -> Object:
    """The old object with the new one's status, and its record of field owners where apply made one."""
    out = {**old, "metadata": dict(old["metadata"])}
    out.pop("status", None)
    if "status" in new:
        out["status"] = new["status"]
    if operation == "Apply" and "managedFields" in new["metadata"]:
        out["metadata"]["managedFields"] = new["metadata"]["managedFields"]
    return out


def _check_times(call: Call, old: Object, new: Object) -> None:
    """An update can't say when the object goes; leaving it out is no lifting. Raises ApiError 422."""
    given = new["metadata"].get("deletionTimestamp")
    if given and given != old["metadata"].get("deletionTimestamp"):
        error = invalid_value("metadata.deletionTimestamp", given, "field is immutable")
        raise invalid(call.type.kind, call.type.group, call.name, [error])


def _restore(call: Call, old: Object, new: Object) -> None:
    """Put back what a write of the object itself can't change."""
    if "status" in call.type.subresources:
        new.pop("status", None)
        if "status" in old:
            new["status"] = old["status"]
    if call.type.kind == "Namespace":
        new["spec"] = old.get("spec", {})
    meta, kept = new["metadata"], old["metadata"]
    for field in (*SERVER_METADATA, "resourceVersion"):
        if field in kept:
            meta[field] = kept[field]
        else:
            meta.pop(field, None)
    meta.pop("selfLink", None)


def _manage(core: Core, call: Call, old: Object | None, new: Object, now_text: str) -> None:
    """``old`` None: ``new`` was made of nothing, or of what its kind says by itself."""
    update_managed(
        old,
        new,
        zero=None if is_custom(call.type) else zero_of(call.type.kind),
        adopts=core.backend(call) is not core.stored,
        manager=call.manager,
        operation="Update",
        subresource=call.subresource,
        now_text=now_text,
        schema=call.type.compiled,
    )


def _desired_changed(call: Call, old: Object, new: Object) -> bool:
    ignored = ["metadata", "apiVersion", "kind", *(["status"] if "status" in call.type.subresources else ())]
    return {k: v for k, v in old.items() if k not in ignored} != {k: v for k, v in new.items() if k not in ignored}


def reply(core: Core, call: Call, written: Written) -> Reply:
    """201 for what was created, 200 otherwise; to be sent once the store has synced."""
    rtype, record = call.type, written.record
    if record is None:
        data = encode(written.obj)
    elif rtype.outward is unchanged:
        data = record.data
    else:
        data = served_bytes(rtype, record)
    status = 201 if written.created else 200
    return Reply(object_response(call, data, core.clock.now(), status=status), wait=True)
