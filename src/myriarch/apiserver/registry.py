"""Which types are served where: the hub serves built-ins and CRDs, simulated clusters the built-ins only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from myriarch.apiserver.kinds import ResourceType, builtin_types, type_from_crd
from myriarch.apiserver.routes import HUB
from myriarch.apiserver.schema import Schema
from myriarch.apiserver.status import qualified

REGISTRIES_KEPT = 4


def registry_of(crds: Sequence[dict[str, Any]]) -> Registry:
    """The registry for these CRDs: the same one for the same definitions, so that schemas are compiled once."""
    return _registry_of(msgspec.json.encode(crds))


@lru_cache(maxsize=REGISTRIES_KEPT)
def _registry_of(encoded: bytes) -> Registry:
    return Registry(msgspec.json.decode(encoded))


class Registry:
    """Never changes."""

    def __init__(self, crds: Sequence[dict[str, Any]]) -> None:
        self._simulated = builtin_types()
        self._hub = [*self._simulated, *(type_from_crd(crd) for crd in crds)]
        self._by_path = {(t.group, t.version, t.plural): t for t in self._hub}
        self._builtin = frozenset((t.group, t.version, t.plural) for t in self._simulated)
        self._status_schemas: dict[ResourceType, Schema] = {}

    def is_hub(self, cluster: str) -> bool:
        return cluster == HUB

    def types(self, cluster: str) -> list[ResourceType]:
        return self._hub if cluster == HUB else self._simulated

    def find(self, cluster: str, group: str, version: str, plural: str) -> ResourceType | None:
        path = (group, version, plural)
        if cluster != HUB and path not in self._builtin:
            return None
        return self._by_path.get(path)

    def namespaced_storages(self, cluster: str) -> list[ResourceType]:
        """One type for each storage that lies in namespaces, for emptying one."""
        found = {storage_name(t): t for t in self.types(cluster) if t.namespaced}
        return [found[name] for name in sorted(found)]

    def status_schema(self, rtype: ResourceType) -> Schema:
        """The schema of ``{"status": ...}`` alone, so that a status write doesn't check the rest again."""
        schema = self._status_schemas.get(rtype)
        if schema is None:
            part = rtype.schema.get("properties", {}).get("status", {"type": "object"})
            schema = Schema({"type": "object", "properties": {"status": part}})
            self._status_schemas[rtype] = schema
        return schema


def storage_name(rtype: ResourceType) -> str:
    """``resource`` of the bucket that holds objects of this type."""
    group, plural = rtype.storage
    return qualified(plural, group)


def is_custom(rtype: ResourceType) -> bool:
    """Made from a CRD: updates must name the version that they build on, and status isn't given at creation."""
    return not rtype.strategic_merge
