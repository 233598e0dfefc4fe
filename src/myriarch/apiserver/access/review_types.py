"""The types of reviews and token requests: they can be created, and nothing else; nothing is kept of them."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.columns import NAME
from myriarch.apiserver.kinds import ResourceType, whole_schema
from myriarch.apiserver.objectmeta import array, string, struct

AUTHORIZATION = "authorization.k8s.io"
AUTHENTICATION = "authentication.k8s.io"

_STRINGS = {"type": "string"}
_EXTRA = {
    "type": "object",
    "description": "More that the authenticator knows.",
    "additionalProperties": {"type": "array", "items": _STRINGS},
}
_RESOURCE = struct(
    "A request for a resource.",
    {
        "namespace": string("Empty: all, or none for what is cluster-scoped."),
        "verb": string("get, list, watch, create, update, patch, delete, or another."),
        "group": string("API group; * means all."),
        "version": string("API version; * means all."),
        "resource": string("Plural; * means all."),
        "subresource": string("Empty: the object itself."),
        "name": string("Empty: all."),
    },
)
_PATH = struct("A request for a path.", {"path": string("The path."), "verb": string("The method, in lower case.")})
_ASKED = {"resourceAttributes": _RESOURCE, "nonResourceAttributes": _PATH}
_WHO = {
    "user": string("Who."),
    "groups": array("Their groups.", _STRINGS, kind="atomic"),
    "uid": string("Their uid."),
    "extra": _EXTRA,
}
_USER_INFO = struct(
    "A user.",
    {
        "username": string("Who."),
        "uid": string("Uid."),
        "groups": array("Groups.", _STRINGS, kind="atomic"),
        "extra": _EXTRA,
    },
)
_DECISION = struct(
    "The answer.",
    {
        "allowed": {"type": "boolean", "description": "Whether it is allowed."},
        "denied": {"type": "boolean", "description": "Whether it is refused for certain."},
        "reason": string("Why."),
        "evaluationError": string("What went wrong on the way."),
    },
    ("allowed",),
)
_RULE = {"type": "object", "description": "A rule.", "x-kubernetes-preserve-unknown-fields": True}
_RULES = struct(
    "The answer.",
    {
        "resourceRules": array("Rules for resources.", _RULE, kind="atomic"),
        "nonResourceRules": array("Rules for paths.", _RULE, kind="atomic"),
        "incomplete": {"type": "boolean", "description": "Whether rules may be missing."},
        "evaluationError": string("What went wrong on the way."),
    },
)


def _type(
    group: str, kind: str, description: str, *, namespaced: bool = False, **parts: dict[str, Any]
) -> ResourceType:
    return ResourceType(
        group=group,
        version="v1",
        kind=kind,
        plural=f"{kind.lower()}s",
        singular=kind.lower(),
        namespaced=namespaced,
        verbs=("create",),
        strategic_merge=True,
        columns=(NAME,),
        schema=whole_schema(kind, description, dict(parts)),
    )


SELF_ACCESS = _type(
    AUTHORIZATION,
    "SelfSubjectAccessReview",
    "Asks whether the caller may do something.",
    spec=struct("The question.", _ASKED),
    status=_DECISION,
)
ACCESS = _type(
    AUTHORIZATION,
    "SubjectAccessReview",
    "Asks whether somebody may do something.",
    spec=struct("The question.", {**_ASKED, **_WHO}),
    status=_DECISION,
)
LOCAL_ACCESS = _type(
    AUTHORIZATION,
    "LocalSubjectAccessReview",
    "Asks whether somebody may do something in one namespace.",
    namespaced=True,
    spec=struct("The question.", {**_ASKED, **_WHO}),
    status=_DECISION,
)
SELF_RULES = _type(
    AUTHORIZATION,
    "SelfSubjectRulesReview",
    "Asks what the caller may do in a namespace.",
    spec=struct("The question.", {"namespace": string("The namespace.")}),
    status=_RULES,
)
SELF = _type(
    AUTHENTICATION,
    "SelfSubjectReview",
    "Asks who the caller is.",
    status=struct("The answer.", {"userInfo": _USER_INFO}),
)
TOKEN = _type(
    AUTHENTICATION,
    "TokenReview",
    "Asks whose token it is.",
    spec=struct(
        "The question.",
        {"token": string("The token."), "audiences": array("Who reads it.", _STRINGS, kind="atomic")},
    ),
    status=struct(
        "The answer.",
        {
            "authenticated": {"type": "boolean", "description": "Whether the token is good."},
            "user": _USER_INFO,
            "audiences": array("Audiences that token and reader share.", _STRINGS, kind="atomic"),
            "error": string("Why it isn't."),
        },
    ),
)

REVIEW_TYPES = (SELF, TOKEN, LOCAL_ACCESS, SELF_ACCESS, SELF_RULES, ACCESS)
