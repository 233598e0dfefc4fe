"""Which types are served where: built-ins everywhere, the hub's own kinds in the hub, others where they are defined.

What is known when a server starts never changes and is shared by all servers with the same definitions
(``KnownTypes``), so that schemas are compiled once. Definitions made at run time belong to one logical cluster of
one server; a cluster without any costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from myriarch.apiserver.builtin.catalogue import builtin_types
from myriarch.apiserver.definition_types import type_from_crd, types_from_crd
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.routes import HUB

REGISTRIES_KEPT = 4

Path = tuple[str, str, str]
"""(group, version, plural)."""


class KnownTypes:
    """The types of every server with these definitions."""

    def __init__(self, crds: Sequence[dict[str, Any]]) -> None:
        self.names = frozenset(crd["metadata"]["name"] for crd in crds)
        self.simulated = builtin_types()
        self.hub = [*self.simulated, *(type_from_crd(crd) for crd in crds)]
        self.builtin_paths = {path_of(rtype): rtype for rtype in self.simulated}
        self.hub_paths = {path_of(rtype): rtype for rtype in self.hub}


@lru_cache(maxsize=REGISTRIES_KEPT)
def _known(encoded: bytes) -> KnownTypes:
    return KnownTypes(msgspec.json.decode(encoded))


class _Defined:
    """What was defined at run time in one logical cluster: types by the definition's name."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[ResourceType]] = {}
        self.paths: dict[Path, ResourceType] = {}
        self.all: list[ResourceType] = []

    def update(self, base: list[ResourceType]) -> None:
        types = [rtype for name in sorted(self.by_name) for rtype in self.by_name[name]]
        self.paths = {path_of(rtype): rtype for rtype in types}
        self.all = [*base, *types]


class Registry:
    """``crds`` are the hub's own definitions."""

    def __init__(self, crds: Sequence[dict[str, Any]]) -> None:
        self._known = _known(msgspec.json.encode(crds))
        self._defined: dict[str, _Defined] = {}
        self._epoch = 0

    def is_own(self, cluster: str, definition: str) -> bool:
        """Whether the definition is one of the hub's own kinds, which can't go while the hub runs."""
        return cluster == HUB and definition in self._known.names

    def kind_of(self, cluster: str) -> str:
        """Equal for clusters that serve the same types; changes with them."""
        if cluster in self._defined:
            return f"{cluster}/{self._epoch}"
        return "hub" if cluster == HUB else "simulated"

    def types(self, cluster: str) -> list[ResourceType]:
        defined = self._defined.get(cluster)
        return self._base(cluster) if defined is None else defined.all

    def find(self, cluster: str, group: str, version: str, plural: str) -> ResourceType | None:
        path = (group, version, plural)
        found = (self._known.hub_paths if cluster == HUB else self._known.builtin_paths).get(path)
        if found is None and cluster in self._defined:
            return self._defined[cluster].paths.get(path)
        return found

    def define(self, cluster: str, crd: dict[str, Any]) -> None:
        """Serve what the definition says from now on, instead of what it said before."""
        defined = self._defined.setdefault(cluster, _Defined())
        defined.by_name[crd["metadata"]["name"]] = types_from_crd(crd)
        self._changed(cluster, defined)

    def forget(self, cluster: str, definition: str) -> None:
        """Serve its types no longer."""
        defined = self._defined.get(cluster)
        if defined is not None and defined.by_name.pop(definition, None) is not None:
            self._changed(cluster, defined)

    def defined_types(self, cluster: str, definition: str) -> list[ResourceType]:
        """The types that a definition made at run time brings."""
        defined = self._defined.get(cluster)
        return [] if defined is None else defined.by_name.get(definition, [])

    def definitions(self, cluster: str) -> list[str]:
        """The names of what was defined at run time."""
        defined = self._defined.get(cluster)
        return [] if defined is None else list(defined.by_name)

    def _changed(self, cluster: str, defined: _Defined) -> None:
        defined.update(self._base(cluster))
        self._epoch += 1

    def _base(self, cluster: str) -> list[ResourceType]:
        return self._known.hub if cluster == HUB else self._known.simulated

    def namespaced_storages(self, cluster: str) -> list[ResourceType]:
        """One type for each storage that lies in namespaces, for emptying one."""
        found = {storage_name(t): t for t in self.types(cluster) if t.namespaced and "delete" in t.verbs}
        return [found[name] for name in sorted(found)]


def path_of(rtype: ResourceType) -> Path:
    return (rtype.group, rtype.version, rtype.plural)


def storage_name(rtype: ResourceType) -> str:
    """``resource`` of the bucket that holds objects of this type."""
    return rtype.bucket_name


def is_custom(rtype: ResourceType) -> bool:
    """Made from a CRD: updates must name the version that they build on, and status isn't given at creation."""
    return not rtype.strategic_merge
