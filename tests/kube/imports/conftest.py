"""A real API server that is a hub, and the management cluster of every source: they share nothing but the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.imports.stage import (
    CRDS,
    NAMESPACES,
    Put,
    argocd_fleet,
    capi_fleet,
    definition,
    namespace,
    ocm_fleet,
    profile_definition,
    profile_fleet,
)
from tests.kube.agent.house import eventually, install_hub
from tests.kube.control_plane import ControlPlane

from myriarch.client.inventory import PROFILES
from myriarch.client.objects import Raw
from myriarch.client.resource import HUB, ResourceRef
from myriarch.imports import capi, ocm

FLEETS = {"capi": capi_fleet, "argocd": argocd_fleet, "ocm": ocm_fleet, "clusterprofile": profile_fleet}


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with ControlPlane.start(tmp_path_factory.mktemp("imports")) as plane:
        install_hub(plane)
        put = put_into(plane)
        for name in ("fleet", "argocd", "inventory"):
            put(NAMESPACES, namespace(name))
        definitions = {ref: definition(ref) for ref in (capi.REFS[0], ocm.REFS[0])}
        for ref, made in {**definitions, PROFILES[0]: profile_definition()}.items():
            put(CRDS, made)
            eventually(lambda ref=ref: plane.admin.is_ok(ref.path(HUB)), lambda ref=ref: str(ref))
        for fleet in FLEETS.values():
            fleet(put)
        yield plane


def put_into(plane: ControlPlane) -> Put:
    def put(ref: ResourceRef, obj: Raw) -> None:
        where, name = obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
        plane.admin.create(ref.path(HUB, where), obj)
        if "status" in obj:
            eventually(lambda: plane.admin.is_ok(ref.path(HUB, where, name)), lambda: f"{ref} {name}")
            plane.admin.merge(ref.path(HUB, where, name, "status"), {"status": obj["status"]})

    return put
