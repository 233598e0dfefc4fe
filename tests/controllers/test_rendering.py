"""Bundles as the clusters of a wave would get them: one rendering for each kind of cluster."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from tests.gates.people import asked

from myriarch.api.cluster import Cluster, ClusterSpec, ClusterStatus
from myriarch.api.component import Component, ComponentSpec, DriverName, Parameter
from myriarch.api.meta import ObjectMeta
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.base.errors import UserFault
from myriarch.controllers.release.rendering import KINDS_MAX, BundleRenderer
from myriarch.gates.diff import Rendered

MANIFEST = "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}, data: {{site: '${{site}}'}}}}"


def cluster(name: str, site: str, minor: int = 34) -> Cluster:
    status = ClusterStatus(kubernetes_version=f"v1.{minor}.1")
    return Cluster(
        metadata=ObjectMeta(name=name, labels={"site": site}), spec=ClusterSpec(environment="prod"), status=status
    )


def renderer(*clusters: Cluster, driver: DriverName = DriverName.BUNDLE) -> BundleRenderer:
    spec = ComponentSpec(driver=driver, initial_revision="v1", parameters=[Parameter(name="site", label="site")])
    revisions = {
        name: Revision(
            metadata=ObjectMeta(name=name),
            spec=RevisionSpec(component="os", payload={"manifests": MANIFEST.format(name=name), "namespace": "shop"}),
        )
        for name in ("v1", "v2")
    }
    component = Component(metadata=ObjectMeta(name="os"), spec=spec)
    caches: Any = SimpleNamespace(
        components={"os": component}, revisions=revisions, clusters={each.name: each for each in clusters}
    )
    return BundleRenderer(caches)


def rendered(made: BundleRenderer, *names: str) -> list[Rendered]:
    async def main() -> list[Rendered]:
        return list(await made(asked(clusters=names)))

    return asyncio.run(main())


def test_one_of_each_kind_is_rendered_as_it_would_get_it() -> None:
    made = renderer(cluster("c1", "a"), cluster("c2", "a"), cluster("c3", "b"), cluster("c4", "b", 33))
    found = rendered(made, "c1", "c2", "c3", "c4")
    assert sorted((each.cluster, each.minor) for each in found) == [("c1", 34), ("c3", 34), ("c4", 33)]
    first = next(each for each in found if each.cluster == "c1")
    assert first.before[0]["metadata"] == {"name": "v1", "namespace": "shop"}
    assert (first.after[0]["metadata"]["name"], first.after[0]["data"]) == ("v2", {"site": "a"})
    assert (first.prunes, first.prunes_dangerous) == (True, False)


def test_what_can_not_be_compared_says_so() -> None:
    with pytest.raises(UserFault, match="is no bundle"):
        rendered(renderer(cluster("c1", "a"), driver=DriverName.SIMULATED), "c1")
    many = [cluster(f"c{i}", f"s{i}") for i in range(KINDS_MAX + 1)]
    with pytest.raises(UserFault, match="more than the 8"):
        rendered(renderer(*many), *(each.name for each in many))
