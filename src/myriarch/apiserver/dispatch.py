"""Which function answers a request for a resource: by method, and by what the path names."""

from __future__ import annotations

from collections.abc import Callable

from myriarch.apiserver import (
    handlers_delete,
    handlers_patch,
    handlers_pod,
    handlers_read,
    handlers_scale,
    handlers_write,
)
from myriarch.apiserver.call import Call, Reply
from myriarch.apiserver.core import Core
from myriarch.apiserver.registry import is_custom
from myriarch.apiserver.status import method_not_allowed, no_such_path, verb_not_supported

Handler = Callable[[Core, Call], Reply]

_VERBS = {"GET": ("get", "list"), "PUT": ("update", "update"), "PATCH": ("patch", "patch")}
_VERBS |= {"DELETE": ("delete", "deletecollection"), "POST": ("create", "create")}

_ON_OBJECT: dict[str, Handler] = {
    "GET": handlers_read.get,
    "PUT": handlers_write.update,
    "PATCH": handlers_patch.patch,
    "DELETE": handlers_delete.delete,
}
_ON_PART: dict[str, Handler] = {key: value for key, value in _ON_OBJECT.items() if key != "DELETE"}
_ON_COLLECTION: dict[str, Handler] = {
    "GET": handlers_read.list_objects,
    "POST": handlers_write.create,
    "DELETE": handlers_delete.delete_collection,
}
_REFUSED: dict[str, Handler] = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), handlers_pod.refuse_stream)
_ON_SUBRESOURCE: dict[str, dict[str, Handler]] = {
    "scale": {
        "GET": handlers_scale.get_scale,
        "PUT": handlers_scale.update_scale,
        "PATCH": handlers_scale.patch_scale,
    },
    "binding": {"POST": handlers_pod.bind},
    "eviction": {"POST": handlers_pod.evict},
    "finalize": {"PUT": handlers_write.finalize},
    "attach": _REFUSED,
    "exec": _REFUSED,
    "log": _REFUSED,
    "portforward": _REFUSED,
    "proxy": _REFUSED,
    "token": {},
}


def handler_of(call: Call) -> Handler:
    """Raises ApiError 405, also for a creation without the namespace that its kind needs."""
    method, rtype = call.request.method, call.type
    if call.subresource:
        found = _ON_SUBRESOURCE.get(call.subresource, _ON_PART).get(method)
        if found is None and is_custom(rtype):
            raise verb_not_supported(rtype.plural, rtype.group, _VERBS.get(method, (method.lower(),))[0])
        if found is None:
            raise method_not_allowed()
        return found
    if call.name:
        found = _ON_OBJECT.get(method)
    else:
        found = _ON_COLLECTION.get(method)
        if method in ("DELETE", "POST") and rtype.namespaced and not call.namespace:
            if is_custom(rtype):
                raise no_such_path()
            found = None
    verb = _VERBS.get(method, ("", ""))[not call.name]
    if found is None or verb not in rtype.verbs:
        raise method_not_allowed()
    return found
