"""The release that ``members.py`` measures: three environments, a stage each, short soaks, and a fleet to play it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from myriarch.api.component import Component, ComponentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import NodeRules, ReleasePolicy, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Release, ReleaseSpec
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.client import refs
from myriarch.client.client import Client
from myriarch.fleet.defaults import uniform_spec
from myriarch.fleet.load import dump_fleet
from myriarch.fleet.spec import Environment, EnvironmentClass, Failures, Updates

NODES = 10
SEED = 7
COMPONENT = "node-agent"
RELEASE = "three-stages"
SHARES = {"rehearsal": 0.1, "early": 0.3, "late": 0.6}
SOAK_SECONDS = 2
SOAKS_SECONDS = SOAK_SECONDS * len(SHARES)


def fleet_file(path: Path, clusters: int) -> Path:
    """``clusters`` of ``NODES`` nodes in three environments; nodes move in a second and never fail."""
    environments = tuple(
        Environment(
            name=name,
            class_=EnvironmentClass.SIMULATED if name == "rehearsal" else EnvironmentClass.PRODUCTION,
            share=share,
        )
        for name, share in SHARES.items()
    )
    spec = msgspec.structs.replace(
        uniform_spec(clusters, NODES, SEED),
        environments=environments,
        updates=Updates(median_seconds=1.0, spread=0.1, tick_seconds=0.5),
        failures=Failures(mean_days_between=0.0),
    )
    path.write_text(dump_fleet(spec), encoding="utf-8")
    return path


async def prepare(client: Client) -> None:
    """The component, two revisions and the policy."""
    made = Component(metadata=ObjectMeta(name=COMPONENT), spec=ComponentSpec(initial_revision="v1"))
    await client.create(refs.COMPONENTS, made)
    for name in ("v1", "v2"):
        spec = RevisionSpec(component=COMPONENT)
        await client.create(refs.REVISIONS, Revision(metadata=ObjectMeta(name=name), spec=spec))
    soak = f"{SOAK_SECONDS}s"
    stages = [Stage(name=name, environment=name, soak=soak, waves=[Wave()]) for name in SHARES]
    nodes = NodeRules(max_unavailable="100%", soak="0s", failure_grace="5s")
    policy = ReleasePolicy(metadata=ObjectMeta(name="quick"), spec=ReleasePolicySpec(stages=stages, nodes=nodes))
    await client.create(refs.POLICIES, policy)


def release() -> Release:
    meta = ObjectMeta(name=RELEASE, namespace="default")
    return Release(metadata=meta, spec=ReleaseSpec(component=COMPONENT, revision="v2", policy="quick"))
