"""PATCH in its four forms, by content type: JSON patch, merge patch, strategic merge, server-side apply.

The first three compute the new object from the live one and go on as an update. Apply also computes who
owns which field, creates what isn't there, and refuses to take over fields of others unless forced.

Patches share what they leave alone with what they patch, and defaults are filled in place: so the object is
decoded twice, once to stay as it was and once to be patched. Decoding is far cheaper than a copy in Python.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.admission import UNCHECKED_FIELD, check_identity, require_name
from myriarch.apiserver.apply import ApplyConflict, apply
from myriarch.apiserver.call import APPLY_PATCH, Call, Reply, as_object, decode_body, truth
from myriarch.apiserver.core import Core
from myriarch.apiserver.errors import FieldError, forbidden_field, invalid_value
from myriarch.apiserver.handlers_write import Object, create_object, live, replace, reply
from myriarch.apiserver.negotiate import served
from myriarch.apiserver.patch import PatchError, json_patch, merge_patch
from myriarch.apiserver.status import (
    ApiError,
    apply_conflict,
    bad_request,
    conflict,
    invalid,
    invalid_options,
    not_found,
    patch_misfit,
    unprocessable,
    unsupported_media_type,
    untyped_patch,
)
from myriarch.apiserver.strategic import strategic_merge
from myriarch.base.clock import rfc3339

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
_UNTYPED = ("FieldValueTypeInvalid", "FieldValueDuplicate")


def patch(core: Core, call: Call) -> Reply:
    if call.media_type == APPLY_PATCH:
        return _apply(core, call)
    change = _change(call)
    record, old = live(core, call)
    new = _changed(call, served(call.type, record), change)
    require_name(call, new)
    _check_kept(call, old, new)
    check_identity(call, new)
    return reply(core, call, replace(core, call, record, old, new, operation="Update"))


def _check_kept(call: Call, old: Object, new: Object) -> None:
    """A patch can't make another object of it. Raises ApiError 422."""
    if (new.get("kind"), new.get("apiVersion")) != (call.type.kind, call.type.group_version):
        raise patch_misfit(f"{new.get('apiVersion')} {new.get('kind')} is not {call.type.kind}")
    uid = new["metadata"].get("uid")
    if uid and uid != old["metadata"].get("uid"):
        error = invalid_value("metadata.uid", uid, "field is immutable")
        raise invalid(call.type.kind, call.type.group, call.name, [error])


def patched_document(call: Call, old: Object) -> Object:
    """``old`` as the request's patch makes it, for what isn't stored as it is shown. Raises ApiError."""
    return _changed(call, old, _change(call))


def _change(call: Call) -> Any:
    """The body of a patch that is no apply. Raises ApiError 400 or 415."""
    media = call.media_type
    accepted = (JSON_PATCH, MERGE_PATCH, *((STRATEGIC_PATCH,) if call.type.strategic_merge else ()), APPLY_PATCH)
    if media not in accepted:
        raise unsupported_media_type(accepted)
    if "force" in call.query:
        raise invalid_options("PatchOptions", [forbidden_field("force", "may not be specified for non-apply patch")])
    return decode_body(call.request.body, yaml_allowed=False)


def _changed(call: Call, old: Object, change: Any) -> Object:
    try:
        return as_object(_patched(call, call.media_type, old, change))
    except PatchError as problem:
        raise _patch_fault(problem) from None


def _patched(call: Call, media: str, old: Object, change: Any) -> Any:
    if media == JSON_PATCH:
        return json_patch(old, change)
    if media == STRATEGIC_PATCH:
        return strategic_merge(old, as_object(change), call.type.schema)
    return merge_patch(old, as_object(change))


def _patch_fault(problem: PatchError) -> ApiError:
    if problem.malformed:
        return bad_request(str(problem))
    return unprocessable(str(problem))


def _apply(core: Core, call: Call) -> Reply:
    applied = stated(call)
    _check_applied(call, applied)
    check_identity(call, applied)
    if applied["metadata"].get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    try:
        return _applied(core, call, applied)
    except ApiError as refusal:
        causes = [each for each in (refusal.details or {}).get("causes", ()) if each["field"] != UNCHECKED_FIELD]
        if causes and all(cause.get("reason") in _UNTYPED for cause in causes):
            raise _untyped(call, applied, [f".{cause['field']}: {cause['message']}" for cause in causes]) from None
        raise


def stated(call: Call) -> Object:
    """The body of an apply. Raises ApiError 400, or 422 where nobody says that they apply."""
    if not call.query.get("fieldManager"):
        error = FieldError("fieldManager", "FieldValueRequired", "Required value: is required for apply patch")
        raise invalid_options("PatchOptions", [error])
    return as_object(decode_body(call.request.body, yaml_allowed=True))


def _applied(core: Core, call: Call, applied: Object) -> Reply:
    record = core.backend(call).head(call.key)
    if record is None:
        return _create_by_apply(core, call, applied)
    _, old = live(core, call)
    wanted = applied["metadata"].pop("resourceVersion", None)
    new = merged(core, call, served(call.type, record), applied)
    if wanted:
        new["metadata"]["resourceVersion"] = wanted
    return reply(core, call, replace(core, call, record, old, new, operation="Apply"))


def _check_applied(call: Call, applied: Object) -> None:
    """An applied configuration says what it is: kind, version and name. Raises ApiError 400."""
    kind, version = applied.get("kind", ""), applied.get("apiVersion", "")
    if kind != call.type.kind or not version:
        group_version = version if "/" in str(version) or not version else f"/{version}"
        raise bad_request(f"invalid object type: {group_version or '/'}, Kind={kind}")
    require_name(call, applied)
    unknown = call.type.compiled.prune(applied)
    if unknown and call.query.get("fieldValidation") != "Ignore":
        raise _untyped(call, applied, [f".{path}: field not declared in schema" for path in sorted(unknown)])


def _untyped(call: Call, applied: Object, problems: list[str]) -> ApiError:
    place = f"{applied['metadata'].get('namespace', '')}/{applied['metadata']['name']}"
    return untyped_patch(call.type.kind, call.type.group_version, place, problems)


def _create_by_apply(core: Core, call: Call, applied: Object) -> Reply:
    if call.subresource:
        raise not_found(call.type.plural, call.type.group, call.name)
    uid = applied["metadata"].get("uid")
    if uid:
        problem = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise conflict(call.type.plural, call.type.group, call.name, problem)
    new = merged(core, call, None, applied)
    return reply(core, call, create_object(core, call, new, operation="Apply"))


def merged(core: Core, call: Call, old: Object | None, applied: Object) -> Object:
    """``old`` as the request's manager applies to it. Raises ApiError 409 where others own what would change."""
    try:
        return apply(
            old,
            applied,
            manager=call.manager,
            force=truth(call, "force"),
            schema=call.type.compiled,
            subresource=call.subresource,
            now_text=rfc3339(core.clock.now()),
            reset=call.type.reset_fields(call.subresource),
            adopts=core.backend(call) is not core.stored,
        )
    except ApplyConflict as problem:
        raise apply_conflict(problem.conflicts, str(problem)) from None
