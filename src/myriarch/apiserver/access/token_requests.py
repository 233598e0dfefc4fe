"""``serviceaccounts/token`` and TokenReview: making tokens of service accounts, and telling whose one is."""

from __future__ import annotations

from typing import Final

import msgspec

from myriarch.apiserver.access.access import Access
from myriarch.apiserver.access.reviews import Object, answer, spec_of
from myriarch.apiserver.access.tokens import TokenIssuer
from myriarch.apiserver.access.user import issuer_of
from myriarch.apiserver.auth import Authenticator, Credentials
from myriarch.apiserver.call import Call, Reply
from myriarch.apiserver.core import Core
from myriarch.apiserver.errors import FieldError, forbidden_field, invalid_value
from myriarch.apiserver.negotiate import JSON_HEADERS
from myriarch.apiserver.record import encode
from myriarch.apiserver.status import ApiError, bad_request, invalid, not_found
from myriarch.base.clock import rfc3339
from myriarch.client.http import Response

DEFAULT_SECONDS: Final = 3_600
MIN_SECONDS: Final = 600
MAX_SECONDS: Final = 366 * 24 * 3_600
MAX_AUDIENCES: Final = 16
_AUTHENTICATION: Final = "authentication.k8s.io"
_BAD_TOKEN: Final = "[invalid bearer token, token lookup failed]"  # noqa: S105


class _RequestSpec(msgspec.Struct, rename="camel"):
    audiences: list[str] = []
    expiration_seconds: int | None = None
    bound_object_ref: Object | None = None


class _ReviewSpec(msgspec.Struct):
    token: str = ""
    audiences: list[str] = []


def make_token(access: Access, issuer: TokenIssuer, core: Core, call: Call) -> Reply:
    """A token for the service account that the path names. Raises ApiError 404 or 422."""
    body = call.body_object() if call.request.body else {}
    try:
        spec = msgspec.convert(body.get("spec") or {}, _RequestSpec)
    except msgspec.ValidationError as problem:
        raise bad_request(f"TokenRequest: {problem}") from None
    uid = access.account_uid(call.cluster, call.namespace, call.name)
    if uid is None:
        raise not_found("serviceaccounts", "", call.name)
    seconds = DEFAULT_SECONDS if spec.expiration_seconds is None else spec.expiration_seconds
    faults = _faults(spec, seconds)
    if faults:
        raise invalid("TokenRequest", _AUTHENTICATION, "", faults)
    seconds = min(seconds, MAX_SECONDS)
    audiences = spec.audiences or [issuer_of(call.cluster)]
    token, ends = issuer.issue(call.cluster, call.namespace, call.name, uid, audiences=audiences, seconds=seconds)
    meta = {"name": call.name, "namespace": call.namespace, "creationTimestamp": rfc3339(core.clock.now())}
    out = {
        "kind": "TokenRequest",
        "apiVersion": f"{_AUTHENTICATION}/v1",
        "metadata": meta,
        "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": None},
        "status": {"token": token, "expirationTimestamp": rfc3339(ends)},
    }
    return Reply(Response(201, encode(out), JSON_HEADERS))


def _faults(spec: _RequestSpec, seconds: int) -> list[FieldError]:
    faults = []
    if seconds < MIN_SECONDS:
        problem = "may not specify a duration less than 10 minutes"
        faults.append(invalid_value("spec.expirationSeconds", seconds, problem))
    if spec.bound_object_ref is not None:
        faults.append(forbidden_field("spec.boundObjectRef", "tokens are bound to their service account only"))
    if len(spec.audiences) > MAX_AUDIENCES:
        faults.append(invalid_value("spec.audiences", len(spec.audiences), f"must be no more than {MAX_AUDIENCES}"))
    return faults


def whose_token(access: Access, authenticator: Authenticator, core: Core, call: Call) -> Reply:
    """TokenReview. The token itself is not given back."""
    body, spec = call.body_object(), spec_of(call, _ReviewSpec)
    if not spec.token:
        raise invalid(
            call.type.kind, _AUTHENTICATION, "", [FieldError("spec.token", "FieldValueRequired", "Required value")]
        )
    audiences = tuple(spec.audiences) or (issuer_of(call.cluster),)
    found = authenticator.identify(Credentials(f"Bearer {spec.token}"), audiences)
    try:
        if found is None:
            raise ApiError(401, "Unauthorized", "")
        access.authenticate(found.user, call.cluster)
    except ApiError:
        return answer(core, call, {**body, "spec": {}}, {"user": {}, "error": _BAD_TOKEN})
    shared = [each for each in audiences if each in found.audiences] if found.audiences else list(audiences)
    status = {"authenticated": True, "user": found.user.info(), "audiences": shared}
    return answer(core, call, {**body, "spec": {}}, status)
