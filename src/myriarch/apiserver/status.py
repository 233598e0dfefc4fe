"""What the server says when it refuses: ``Status`` bodies, worded as Kubernetes words them.

Clients read these by machine (``reason``, ``code``, ``details.causes``) and people read them through
kubectl, so both the fields and the sentences follow the Kubernetes conventions. Every refusal inside the
server is an ``ApiError`` made by one of the functions here; ``server.py`` turns it into a response.

Nothing here knows of requests or storage. A resource is named by its plural (``configmaps``) and group,
the pair that Kubernetes prints as ``releases.myriarch.io``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from myriarch.apiserver.errors import FieldError
from myriarch.base.errors import MyriarchError

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"
NO_RESOURCE = "the server could not find the requested resource"


class ApiError(MyriarchError):
    """A refusal: HTTP ``code``, machine-readable ``reason``, a sentence, and optional ``details``.

    ``token`` says from where a list may go on all the same.
    """

    def __init__(
        self, code: int, reason: str, message: str, details: dict[str, Any] | None = None, *, token: str = ""
    ) -> None:
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.token = token
        super().__init__(message)

    def body(self) -> dict[str, Any]:
        """The ``Status`` object to send."""
        out: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {"continue": self.token} if self.token else {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            out["reason"] = self.reason
        if self.details is not None:
            out["details"] = self.details
        out["code"] = self.code
        return out


def success(*, name: str, group: str, plural: str, uid: str | None = None) -> dict[str, Any]:
    """The ``Status`` that answers a DELETE which removed the object at once."""
    details = _details(plural, group, name)
    if uid:
        details["uid"] = uid
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def qualified(plural: str, group: str) -> str:
    """``configmaps`` in the core group, ``releases.myriarch.io`` elsewhere."""
    return f"{plural}.{group}" if group else plural


def _details(kind: str, group: str, name: str, causes: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if name:
        out["name"] = name
    if group:
        out["group"] = group
    if kind:
        out["kind"] = kind
    if causes:
        out["causes"] = list(causes)
    return out


def not_found(plural: str, group: str, name: str) -> ApiError:
    message = f'{qualified(plural, group)} "{name}" not found'
    return ApiError(404, "NotFound", message, _details(plural, group, name))


class NoSuchPath(ApiError):
    """Nothing is served at this URL."""


def no_such_path() -> NoSuchPath:
    return NoSuchPath(404, "NotFound", NO_RESOURCE, {})


def already_exists(plural: str, group: str, name: str) -> ApiError:
    message = f'{qualified(plural, group)} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, _details(plural, group, name))


def conflict(plural: str, group: str, name: str, problem: str = MODIFIED) -> ApiError:
    """The object changed since it was read (or a precondition on uid or resourceVersion failed)."""
    message = f'Operation cannot be fulfilled on {qualified(plural, group)} "{name}": {problem}'
    return ApiError(409, "Conflict", message, _details(plural, group, name))


def apply_conflict(conflicts: Sequence[tuple[str, str]], message: str) -> ApiError:
    """Other managers own what an apply wants to change: ``conflicts`` are (whose, dotted path)."""
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": path} for who, path in conflicts
    ]
    return ApiError(409, "Conflict", message, {"causes": causes})


def invalid(kind: str, group: str, name: str, errors: Iterable[FieldError]) -> ApiError:
    """The object breaks its schema or rules (422); each error becomes a cause. ``kind``, not plural."""
    listed = list(errors)
    texts = list(dict.fromkeys(str(each) for each in listed))
    summary = texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"
    message = f'{qualified(kind, group)} "{name}" is invalid: {summary}'
    causes = [{"reason": e.reason, "message": e.message, "field": e.field} for e in listed]
    return ApiError(422, "Invalid", message, _details(kind, group, name, causes))


def invalid_options(kind: str, errors: Iterable[FieldError]) -> ApiError:
    """The query's or body's options are wrong (422): ``kind`` is ListOptions, PatchOptions, DeleteOptions ..."""
    return invalid(kind, "meta.k8s.io", "", errors)


def unprocessable(message: str) -> ApiError:
    """422: the request is well formed but can't be done to this object (a patch that doesn't fit it)."""
    return ApiError(422, "Invalid", message, {})


def gone(message: str, *, token: str = "") -> ApiError:
    """410 ``Expired``: the resource version or continue token is too old."""
    return ApiError(410, "Expired", message, token=token)


def too_old_to_watch(asked: int, oldest: int) -> ApiError:
    return gone(f"too old resource version: {asked} ({oldest})")


def too_old_to_list() -> ApiError:
    return gone("The resourceVersion for the provided list is too old.")


def continue_expired(token: str) -> ApiError:
    """``token`` leads to the rest of the list as it is now."""
    return gone(
        "The provided continue parameter is too old to display a consistent list result. You can start a new list "
        "without the continue parameter, or use the continue token in this response to retrieve the remainder of the "
        "results. Continuing with the provided token results in an inconsistent list - objects that were created, "
        "modified, or deleted between the time the first chunk was returned and now may show up in the list.",
        token=token,
    )


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def unreadable(kind: str, version: str, problem: str) -> ApiError:
    """The body can't be understood as this kind (400)."""
    return bad_request(f'{kind} in version "{version}" cannot be handled as a {kind}: {problem}')


def patch_misfit(problem: str) -> ApiError:
    """What a patch makes of the object can't be understood (422)."""
    error = FieldError("patch", "FieldValueInvalid", f"Invalid value: {problem}")
    return invalid("", "", "", [error])


def untyped_patch(kind: str, group_version: str, place: str, problems: Sequence[str]) -> ApiError:
    """An applied configuration doesn't fit its schema: a fault of the client, which Kubernetes answers with 500."""
    listed = problems[0] if len(problems) == 1 else "errors:" + "".join(f"\n  {each}" for each in problems)
    version = group_version if "/" in group_version else f"/{group_version}"
    return ApiError(500, "", f"failed to create typed patch object ({place}; {version}, Kind={kind}): {listed}")


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized", "Unauthorized")


def forbidden(plural: str, group: str, name: str, problem: str) -> ApiError:
    shown = f'{qualified(plural, group)} "{name}"' if name else qualified(plural, group)
    message = f"{shown} is forbidden: {problem}"
    return ApiError(403, "Forbidden", message, _details(plural, group, name))


def method_not_allowed() -> ApiError:
    """The resource is served, but not by this method."""
    return ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def verb_not_supported(plural: str, group: str, verb: str) -> ApiError:
    """The subresource of a custom resource knows no such verb."""
    message = f'{verb} is not supported on resources of kind "{qualified(plural, group)}"'
    return ApiError(405, "MethodNotAllowed", message, _details(plural, group, ""))


def not_acceptable(accepted: Sequence[str]) -> ApiError:
    message = f"only the following media types are accepted: {', '.join(accepted)}"
    return ApiError(406, "NotAcceptable", message)


def not_acceptable_form(wanted: str, *, listing: bool) -> ApiError:
    what = "a list" if listing else "not a list"
    return ApiError(406, "NotAcceptable", f"you requested {wanted}, but the requested object is {what}")


def unsupported_media_type(accepted: Sequence[str]) -> ApiError:
    listed = ", ".join(accepted)
    message = f"the body of the request was in an unknown format - accepted media types include: {listed}"
    return ApiError(415, "UnsupportedMediaType", message)


def too_large(limit_bytes: int) -> ApiError:
    return too_much(f"limit is {limit_bytes}")


def too_much(problem: str) -> ApiError:
    """413: the request asks for more than is done at once."""
    return ApiError(413, "RequestEntityTooLarge", f"Request entity too large: {problem}")


def unavailable(message: str) -> ApiError:
    return ApiError(503, "ServiceUnavailable", message)


def internal(problem: str) -> ApiError:
    return ApiError(500, "InternalError", f"Internal error occurred: {problem}", {"causes": [{"message": problem}]})
