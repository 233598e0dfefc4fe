"""Which kinds are read from protobuf, and the numbers of their fields, as Kubernetes publishes its messages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """``form``: string, bool, int, bytes, strings (repeated), map, byte-map, or or messages by their fields."""

    name: str
    form: str = "string"
    message: dict[int, Field] | None = None


Fields = dict[int, Field]

_META = Field(
    "metadata",
    "message",
    {
        1: Field("name"),
        2: Field("generateName"),
        3: Field("namespace"),
        5: Field("uid"),
        6: Field("resourceVersion"),
        11: Field("labels", "map"),
        12: Field("annotations", "map"),
        14: Field("finalizers", "strings"),
    },
)
_RULES = Field(
    "rules",
    "messages",
    {
        1: Field("verbs", "strings"),
        2: Field("apiGroups", "strings"),
        3: Field("resources", "strings"),
        4: Field("resourceNames", "strings"),
        5: Field("nonResourceURLs", "strings"),
    },
)
_SELECTOR = {1: Field("matchLabels", "map")}
_AGGREGATION = Field("aggregationRule", "message", {1: Field("clusterRoleSelectors", "messages", _SELECTOR)})
_BINDING = {
    1: _META,
    2: Field("subjects", "messages", {1: Field("kind"), 2: Field("apiGroup"), 3: Field("name"), 4: Field("namespace")}),
    3: Field("roleRef", "message", {1: Field("apiGroup"), 2: Field("kind"), 3: Field("name")}),
}
_RESOURCE = {
    number: Field(name)
    for number, name in enumerate(("namespace", "verb", "group", "version", "resource", "subresource", "name"), 1)
}
_ASKED = {
    1: Field("resourceAttributes", "message", _RESOURCE),
    2: Field("nonResourceAttributes", "message", {1: Field("path"), 2: Field("verb")}),
}
_TOKEN = {
    1: Field("audiences", "strings"),
    3: Field(
        "boundObjectRef", "message", {1: Field("kind"), 2: Field("apiVersion"), 3: Field("name"), 4: Field("uid")}
    ),
    4: Field("expirationSeconds", "int"),
}


def _with_spec(fields: Fields) -> Fields:
    return {1: _META, 2: Field("spec", "message", fields)}


_AUTHORIZATION = "authorization.k8s.io/v1"
_AUTHENTICATION = "authentication.k8s.io/v1"
_RBAC = "rbac.authorization.k8s.io/v1"

KINDS: dict[tuple[str, str], Fields] = {
    ("v1", "Namespace"): _with_spec({1: Field("finalizers", "strings")}),
    ("v1", "ConfigMap"): {
        1: _META,
        2: Field("data", "map"),
        3: Field("binaryData", "byte-map"),
        4: Field("immutable", "bool"),
    },
    ("v1", "Secret"): {
        1: _META,
        2: Field("data", "byte-map"),
        3: Field("type"),
        4: Field("stringData", "map"),
        5: Field("immutable", "bool"),
    },
    ("v1", "ServiceAccount"): {1: _META, 4: Field("automountServiceAccountToken", "bool")},
    (_RBAC, "Role"): {1: _META, 2: _RULES},
    (_RBAC, "ClusterRole"): {1: _META, 2: _RULES, 3: _AGGREGATION},
    (_RBAC, "RoleBinding"): _BINDING,
    (_RBAC, "ClusterRoleBinding"): _BINDING,
    (_AUTHORIZATION, "SelfSubjectAccessReview"): _with_spec(_ASKED),
    (_AUTHORIZATION, "SelfSubjectRulesReview"): _with_spec({1: Field("namespace")}),
    (_AUTHENTICATION, "SelfSubjectReview"): {1: _META},
    (_AUTHENTICATION, "TokenRequest"): _with_spec(_TOKEN),
}
"""By apiVersion and kind."""
