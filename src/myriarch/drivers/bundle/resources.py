"""Where kinds are served: an object names its kind, a request needs the resource's path.

Discovery answers, one group version at a time, and is kept; a kind that it doesn't know is asked for again each
time, because the bundle's own CustomResourceDefinitions may just be coming up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.resource import ResourceRef
from myriarch.drivers.bundle.objects import BundleObject

CRDS: Final = ResourceRef("apiextensions.k8s.io", "v1", "customresourcedefinitions")
CONFIG_MAPS: Final = ResourceRef("", "v1", "configmaps", namespaced=True)

_Known = dict[tuple[str, str, str], ResourceRef]


class _Resource(Struct, frozen=True):
    name: str
    kind: str
    namespaced: bool = False


class _Resources(Struct, frozen=True):
    resources: list[_Resource] = []


class _Version(Struct, frozen=True, rename="camel"):
    git_version: str = ""


class Resources:
    """Of the cluster behind ``client``."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: _Known = {}

    async def find(self, group: str, version: str, kind: str) -> ResourceRef | None:
        """The resource, or None where the cluster serves no such kind."""
        key = (group, version, kind)
        if key not in self._known:
            await self._ask(group, version)
        return self._known.get(key)

    def forget(self, group: str, version: str, kind: str) -> None:
        """A request said that the kind isn't served (any more)."""
        self._known.pop((group, version, kind), None)

    async def kube_version(self) -> str:
        """As ``v1.34.2``."""
        return (await self._client.read("/version", _Version)).git_version

    async def _ask(self, group: str, version: str) -> None:
        path = f"/apis/{group}/{version}" if group else f"/api/{version}"
        if self._client.cluster != "hub":
            path = f"/clusters/{self._client.cluster}{path}"
        try:
            found = await self._client.read(path, _Resources)
        except NotFound:
            return
        for each in found.resources:
            if "/" not in each.name:
                self._known[(group, version, each.kind)] = ResourceRef(group, version, each.name, each.namespaced)


def defined_by(objects: Iterable[BundleObject]) -> _Known:
    """Resources that CustomResourceDefinitions among ``objects`` will serve, by group, version and kind."""
    known: _Known = {}
    for made in objects:
        spec = made.body.get("spec")
        if made.id.kind != "CustomResourceDefinition" or not isinstance(spec, dict):
            continue
        names, group = spec.get("names") or {}, str(spec.get("group", ""))
        for version in spec.get("versions") or ():
            key = (group, str(version.get("name", "")), str(names.get("kind", "")))
            namespaced = spec.get("scope") == "Namespaced"
            known[key] = ResourceRef(group, key[1], str(names.get("plural", "")), namespaced)
    return known
