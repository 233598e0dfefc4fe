"""Questions about access: who am I, may I, may they, what may I. Each is a POST whose answer is its status.

Nothing is stored. The shapes are those of authorization.k8s.io/v1 and authentication.k8s.io/v1.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from myriarch.apiserver.access.access import Access
from myriarch.apiserver.access.attributes import Attributes
from myriarch.apiserver.access.rbac_rules import Rule
from myriarch.apiserver.access.user import AUTHENTICATED, Extra, User
from myriarch.apiserver.apply import update_managed
from myriarch.apiserver.call import Call, Reply
from myriarch.apiserver.core import Core
from myriarch.apiserver.errors import invalid_value
from myriarch.apiserver.negotiate import object_response
from myriarch.apiserver.record import encode
from myriarch.apiserver.status import bad_request, invalid
from myriarch.base.clock import rfc3339

Object = dict[str, Any]
T = TypeVar("T")


class _Resource(msgspec.Struct):
    namespace: str = ""
    verb: str = ""
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    name: str = ""


class _Path(msgspec.Struct):
    path: str = ""
    verb: str = ""


class _Spec(msgspec.Struct, rename="camel"):
    resource_attributes: _Resource | None = None
    non_resource_attributes: _Path | None = None
    user: str = ""
    groups: list[str] = []
    uid: str = ""
    extra: dict[str, list[str]] = {}


class _RulesSpec(msgspec.Struct):
    namespace: str = ""


def may_i(access: Access, core: Core, call: Call) -> Reply:
    """SelfSubjectAccessReview."""
    body, spec = _read(call, _Spec)
    return _decision(access, core, call, body, spec, call.user)


def may_they(access: Access, core: Core, call: Call) -> Reply:
    """SubjectAccessReview and LocalSubjectAccessReview: about any user."""
    body, spec = _read(call, _Spec)
    if not spec.user and not spec.groups:
        raise _faulty(call, "spec.user", spec.user, "at least one of user or group must be specified")
    extra: Extra = tuple((key, tuple(values)) for key, values in sorted(spec.extra.items()))
    return _decision(access, core, call, body, spec, User(spec.user, tuple(spec.groups), spec.uid, extra))


def _decision(access: Access, core: Core, call: Call, body: Object, spec: _Spec, user: User) -> Reply:
    """These reviews say, as stored objects do, who wrote their fields."""
    decision = access.decide(_wanted(call, spec, user))
    update_managed(
        None,
        body,
        manager=call.manager,
        operation="Update",
        subresource="",
        now_text=rfc3339(core.clock.now()),
        schema=call.type.compiled,
        zero={"spec": {}},
    )
    reason = {"reason": decision.reason} if decision.reason else {}
    return answer(core, call, body, {"allowed": decision.allowed, **reason})


def _wanted(call: Call, spec: _Spec, user: User) -> Attributes:
    resource, path = spec.resource_attributes, spec.non_resource_attributes
    if (resource is None) == (path is None):
        problem = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise _faulty(call, "spec.resourceAttributes", None, problem)
    if path is not None:
        return Attributes(user, path.verb, call.cluster, path=path.path or "/")
    assert resource is not None
    if call.namespace and resource.namespace != call.namespace:
        problem = "must match metadata.namespace"
        raise _faulty(call, "spec.resourceAttributes.namespace", resource.namespace, problem)
    return Attributes(
        user,
        resource.verb,
        call.cluster,
        resource.group,
        resource.version,
        resource.resource,
        resource.subresource,
        resource.namespace,
        resource.name,
    )


def what_may_i(access: Access, core: Core, call: Call) -> Reply:
    """SelfSubjectRulesReview: the rules held in one namespace."""
    body, spec = _read(call, _RulesSpec)
    if not spec.namespace:
        raise bad_request("no namespace on request")
    rules = access.rules(call.user, call.cluster, spec.namespace)
    status = {
        "resourceRules": [_resource_rule(rule) for rule in rules if rule.resources],
        "nonResourceRules": [{"verbs": rule.verbs, "nonResourceURLs": rule.urls} for rule in rules if rule.urls],
        "incomplete": False,
    }
    return answer(core, call, {**body, "spec": {}}, status)


def _resource_rule(rule: Rule) -> Object:
    out: Object = {"verbs": rule.verbs, "apiGroups": rule.api_groups, "resources": rule.resources}
    return {**out, "resourceNames": rule.names} if rule.names else out


def who_am_i(access: Access, core: Core, call: Call) -> Reply:
    """SelfSubjectReview."""
    body = call.body_object()
    user = call.user
    if not user.groups:
        user = User(user.name, (AUTHENTICATED,))
    body.setdefault("metadata", {})
    body["metadata"] = {**body["metadata"], "creationTimestamp": rfc3339(core.clock.now())}
    return answer(core, call, body, {"userInfo": user.info()})


def answer(core: Core, call: Call, body: Object, status: Object) -> Reply:
    """The question with its answer, 201."""
    rtype = call.type
    named = {"kind": rtype.kind, "apiVersion": rtype.group_version, "metadata": body.get("metadata") or {}}
    spec = {"spec": body["spec"]} if "spec" in body else {}
    data = encode({**named, **spec, "status": status})
    return Reply(object_response(call, data, core.clock.now(), status=201))


def _read(call: Call, kind: type[T]) -> tuple[Object, T]:
    """The body, and its spec as ``kind``. Raises ApiError 400."""
    body, spec = call.body_object(), spec_of(call, kind)
    body.setdefault("metadata", {})
    body.pop("status", None)
    return body, spec


def spec_of(call: Call, kind: type[T]) -> T:
    """The spec of the body. Raises ApiError 400."""
    body = call.body_object()
    rtype = call.type
    for key, served in (("kind", rtype.kind), ("apiVersion", rtype.group_version)):
        if body.get(key, served) != served:
            raise bad_request(f"the {key} in the data ({body[key]}) does not match the expected {key} ({served})")
    try:
        return msgspec.convert(body.get("spec") or {}, kind)
    except msgspec.ValidationError as problem:
        raise bad_request(f"{rtype.kind}: {problem}") from None


def _faulty(call: Call, field: str, value: object, problem: str) -> Exception:
    """422, without a kind, as the real server words it here."""
    return invalid("", call.type.group, "", [invalid_value(field, value, problem)])
