"""Which resource a request is for, and the path that names it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote

from myriarch.base.errors import ProgrammerError

HUB: Final = "hub"
"""The logical cluster served at the bare root as well."""

WORDS_KEPT: Final = 65_536


@lru_cache(maxsize=WORDS_KEPT)
def _quoted(word: str) -> str:
    """Names come again and again, and quoting is slow."""
    return quote(word, safe="")


class ObjectKey(NamedTuple):
    """Names an object among those of its resource; ``namespace`` is empty for cluster-scoped ones."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class ResourceRef:
    """``group`` is empty for the core API."""

    group: str
    version: str
    plural: str
    namespaced: bool = False

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def __str__(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, cluster: str, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """Quoted path from the server's root. Without ``namespace``, a namespaced collection means all of
        them.

        Raises ProgrammerError where the namespace does not fit the scope, or a subresource has no name.
        """
        if namespace and not self.namespaced:
            raise ProgrammerError(f"{self} is not namespaced, but namespace {namespace!r} is given")
        if (name and self.namespaced and not namespace) or (subresource and not name):
            raise ProgrammerError(f"{self}: a part of the path is missing")
        parts = [] if cluster == HUB else ["clusters", cluster]
        parts += ["apis", self.group, self.version] if self.group else ["api", self.version]
        if namespace:
            parts += ["namespaces", namespace]
        parts.append(self.plural)
        parts += [part for part in (name, subresource) if part]
        return "/" + "/".join(_quoted(part) for part in parts)


NODES: Final = ResourceRef("", "v1", "nodes")
EVENTS: Final = ResourceRef("", "v1", "events", namespaced=True)
PODS: Final = ResourceRef("", "v1", "pods", namespaced=True)
NAMESPACES: Final = ResourceRef("", "v1", "namespaces")
SECRETS: Final = ResourceRef("", "v1", "secrets", namespaced=True)
SERVICE_ACCOUNTS: Final = ResourceRef("", "v1", "serviceaccounts", namespaced=True)
LEASES: Final = ResourceRef("coordination.k8s.io", "v1", "leases", namespaced=True)
ROLE_BINDINGS: Final = ResourceRef("rbac.authorization.k8s.io", "v1", "rolebindings", namespaced=True)
