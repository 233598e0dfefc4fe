"""Rules of roles: their shape, and whether one allows a request.

Shapes and matching follow rbac.authorization.k8s.io/v1. Who holds which rules is in ``rbac.py``; whether rules
cover other rules, which keeps people from granting what they don't have, in ``rbac_covers.py``.
"""

from __future__ import annotations

import msgspec

from myriarch.api.meta import LabelSelector
from myriarch.apiserver.access.attributes import Attributes

ALL = "*"


class Rule(msgspec.Struct, rename={"api_groups": "apiGroups", "names": "resourceNames", "urls": "nonResourceURLs"}):
    """``PolicyRule``: every list is a set of alternatives; an empty ``names`` means every name."""

    verbs: list[str] = []
    api_groups: list[str] = []
    resources: list[str] = []
    names: list[str] = []
    urls: list[str] = []

    def allows(self, wanted: Attributes) -> bool:
        if ALL not in self.verbs and wanted.verb not in self.verbs:
            return False
        if wanted.path:
            return any(covers_url(url, wanted.path) for url in self.urls)
        if ALL not in self.api_groups and wanted.group not in self.api_groups:
            return False
        if self.names and wanted.name not in self.names:
            return False
        return any(covers_resource(each, wanted.combined, wanted.subresource) for each in self.resources)


def covers_resource(ruled: str, combined: str, subresource: str) -> bool:
    """Whether ``ruled`` (``pods``, ``pods/status``, ``*/scale``, ``*``) names the resource."""
    return ruled in (ALL, combined) or (bool(subresource) and ruled == f"*/{subresource}")


def covers_url(ruled: str, path: str) -> bool:
    """Whether ``ruled`` (``/version``, ``/openapi/*``, ``*``) names the path."""
    return ruled in (ALL, path) or (ruled.endswith(ALL) and path.startswith(ruled.rstrip(ALL)))


class _RoleMeta(msgspec.Struct):
    labels: dict[str, str] = {}


class _Aggregation(msgspec.Struct, rename="camel"):
    cluster_role_selectors: list[LabelSelector] = []


class RoleObject(msgspec.Struct, rename="camel"):
    """A Role or ClusterRole, as far as it says what is allowed."""

    metadata: _RoleMeta = msgspec.field(default_factory=_RoleMeta)
    rules: list[Rule] | None = None
    aggregation_rule: _Aggregation | None = None


class Subject(msgspec.Struct):
    """Whom a binding names."""

    kind: str
    name: str
    namespace: str = ""


class RoleRef(msgspec.Struct):
    """The role that a binding grants."""

    kind: str
    name: str


class BindingObject(msgspec.Struct, rename="camel"):
    """A RoleBinding or ClusterRoleBinding, as far as it says who gets what."""

    role_ref: RoleRef
    subjects: list[Subject] | None = None
