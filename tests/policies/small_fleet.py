"""A small fleet that has a bit of everything, and plans of policies over it, without a hub."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from myriarch.api.cluster import Cluster
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import ReleaseSpec
from myriarch.cli.plan_offline import clusters_of_file
from myriarch.controllers.release.planning import plan_for
from myriarch.engine.plan import ReleasePlan
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.load import dump_fleet

CLUSTERS, SEED = 40, 7


@cache
def small_clusters(pairs: tuple[tuple[str, ...], ...] = ()) -> list[Cluster]:
    """Clusters of the environments sim and prod; nodes by ``pairs`` of attributes are counted too."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.yaml"
        path.write_text(dump_fleet(default_spec(CLUSTERS, SEED)), encoding="utf-8")
        return clusters_of_file(path, pairs)


def small_plan(spec: ReleasePolicySpec) -> ReleasePlan:
    """Raises UserFault where a stage matches no cluster."""
    clusters = small_clusters(tuple(tuple(pair) for pair in spec.coverage.pairs))
    return plan_for(clusters, spec, ReleaseSpec(component="agent", revision="v2", policy="p"))
