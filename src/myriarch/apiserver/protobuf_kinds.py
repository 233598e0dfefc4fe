"""Which kinds are read from protobuf, and the numbers of their fields, as Kubernetes publishes its messages.

Those that kubectl's typed commands send, with the fields that those commands fill. What a program sends besides is
refused by ``protobuf.py``, never dropped.
"""

from __future__ import annotations

from myriarch.apiserver.protobuf_fields import META as _META
from myriarch.apiserver.protobuf_fields import SERVERS, Field, Fields
from myriarch.apiserver.protobuf_workloads import BUDGET, DEPLOYMENT, JOB, SERVICE

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
    return {1: _META, 2: Field("spec", "message", fields), 3: Field("status", SERVERS)}


_DELETE_OPTIONS = {
    1: Field("gracePeriodSeconds", "int"),
    2: Field("preconditions", "message", {1: Field("uid"), 2: Field("resourceVersion")}),
    3: Field("orphanDependents", "bool"),
    4: Field("propagationPolicy"),
    5: Field("dryRun", "strings"),
}
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
    ("v1", "Service"): _with_spec(SERVICE),
    ("apps/v1", "Deployment"): _with_spec(DEPLOYMENT),
    ("batch/v1", "Job"): _with_spec(JOB),
    ("policy/v1", "PodDisruptionBudget"): _with_spec(BUDGET),
    ("scheduling.k8s.io/v1", "PriorityClass"): {
        1: _META,
        2: Field("value", "int"),
        3: Field("globalDefault", "flag"),
        4: Field("description"),
        5: Field("preemptionPolicy"),
    },
    ("policy/v1", "Eviction"): {1: _META, 2: Field("deleteOptions", "message", _DELETE_OPTIONS)},
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

IN_EVERY_GROUP: dict[str, Fields] = {"DeleteOptions": _DELETE_OPTIONS}
"""By kind alone: written under the version of whatever they are sent for."""
