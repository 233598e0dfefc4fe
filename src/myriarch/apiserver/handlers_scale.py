"""The ``scale`` subresource: how many there are and how many are wanted, alike for every kind that has it."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.cells import at, selector_text
from myriarch.apiserver.call import APPLY_PATCH, Call, Reply
from myriarch.apiserver.columns import NONE
from myriarch.apiserver.core import Core
from myriarch.apiserver.errors import invalid_value, required
from myriarch.apiserver.handlers_patch import merged, patched_document, stated
from myriarch.apiserver.handlers_write import Object, live, replace
from myriarch.apiserver.kinds import ResourceType, Scale
from myriarch.apiserver.negotiate import object_response
from myriarch.apiserver.record import Record, encode
from myriarch.apiserver.registry import is_custom
from myriarch.apiserver.status import ApiError, bad_request, conflict, invalid, no_such_path

API_VERSION = "autoscaling/v1"
_KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def get_scale(core: Core, call: Call) -> Reply:
    _, obj = live(core, call)
    return _reply(core, call, scale_of(call.type, obj))


def update_scale(core: Core, call: Call) -> Reply:
    scale = call.body_object()
    if scale.get("kind", "Scale") != "Scale":
        raise bad_request(f"the kind in the data ({scale['kind']}) does not match the expected kind (Scale)")
    return _set(core, call, scale)


def patch_scale(core: Core, call: Call) -> Reply:
    record, obj = live(core, call)
    if call.media_type != APPLY_PATCH:
        return _set(core, call, patched_document(call, scale_of(call.type, obj)))
    scale = stated(call)
    group_version, kind = scale.get("apiVersion", ""), scale.get("kind", "")
    if (group_version, kind) != (API_VERSION, "Scale"):
        raise bad_request(f"invalid object type: {group_version or '/'}, Kind={kind}")
    wanted = _wanted(call, record, scale)
    parent: Object = {"apiVersion": call.type.group_version, "kind": call.type.kind, "metadata": {"name": call.name}}
    _put(parent, _paths(call.type).replicas.split("."), wanted)
    try:
        new = merged(core, call, call.type.outward(record.decode()), parent)
    except ApiError as refusal:
        raise _as_of_scale(call, refusal) from None
    written = replace(core, call, record, obj, new, operation="Apply")
    return _reply(core, call, scale_of(call.type, written.obj))


def _as_of_scale(call: Call, refusal: ApiError) -> ApiError:
    """A conflict over the object's field, told as one over the scale's."""

    def told(text: str) -> str:
        return text.replace(f"using {call.type.group_version}", f"using {API_VERSION}").replace(
            f".{_paths(call.type).replicas}", ".spec.replicas"
        )

    details = dict(refusal.details or {})
    causes = details.get("causes", ())
    details["causes"] = [{key: told(value) for key, value in cause.items()} for cause in causes]
    return ApiError(refusal.code, refusal.reason, told(refusal.message), details)


def scale_of(rtype: ResourceType, obj: Object) -> Object:
    """The ``Scale`` of an object."""
    paths = _paths(rtype)
    meta = obj["metadata"]
    status: Object = {"replicas": _at(obj, paths.status_replicas) or 0}
    selector = _at(obj, paths.selector) if paths.selector else None
    text = selector if isinstance(selector, str) else selector_text(selector)
    if text and text != NONE:
        status["selector"] = text
    return {
        "kind": "Scale",
        "apiVersion": API_VERSION,
        "metadata": {key: meta[key] for key in _KEPT if key in meta},
        "spec": {"replicas": wanted} if (wanted := _at(obj, paths.replicas)) else {},
        "status": status,
    }


def _set(core: Core, call: Call, scale: Object) -> Reply:
    record, old = live(core, call)
    wanted = _wanted(call, record, scale)
    new = record.decode()
    _put(new, _paths(call.type).replicas.split("."), wanted)
    written = replace(core, call, record, old, call.type.outward(new), operation="Update")
    return _reply(core, call, scale_of(call.type, written.obj))


def _wanted(call: Call, record: Record, scale: Object) -> int:
    """How many the scale asks for. Raises ApiError where it isn't one of this object."""
    wanted = at(scale, "spec", "replicas") or 0
    if type(wanted) is not int or (wanted < 0 and not is_custom(call.type)):
        raise _invalid(call, wanted)
    version = at(scale, "metadata", "resourceVersion")
    if version and version != str(record.version):
        raise conflict(call.type.plural, call.type.group, call.name)
    name = at(scale, "metadata", "name")
    if name and name != call.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({call.name})")
    return wanted


def _invalid(call: Call, wanted: Any) -> ApiError:
    if wanted is None:
        return invalid("Scale", "autoscaling", call.name, [required("spec.replicas")])
    error = invalid_value("spec.replicas", wanted, "must be greater than or equal to 0")
    return invalid("Scale", "autoscaling", call.name, [error])


def _paths(rtype: ResourceType) -> Scale:
    if rtype.scale is None:
        raise no_such_path()
    return rtype.scale


def _at(obj: Object, path: str) -> Any:
    return at(obj, *path.split("."))


def _put(obj: Object, keys: list[str], value: int) -> None:
    for key in keys[:-1]:
        obj = obj.setdefault(key, {})
    obj[keys[-1]] = value


def _reply(core: Core, call: Call, scale: Object) -> Reply:
    return Reply(object_response(call, encode(scale), core.clock.now()), wait=call.request.method != "GET")
