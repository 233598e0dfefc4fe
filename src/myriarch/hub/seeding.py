"""Makes the Environment and Cluster objects of a simulated fleet, where they are missing."""

from __future__ import annotations

import asyncio

from myriarch.api.cluster import Access, Cluster, ClusterSpec
from myriarch.api.environment import Environment, EnvironmentClass, EnvironmentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists
from myriarch.client.refs import CLUSTERS, ENVIRONMENTS
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.plan import ClusterPlan

WRITES_AT_ONCE = 64
PRODUCTION_ORDER = 10
FIELD_MANAGER = "myriarch-fleet"


async def seed_objects(client: Client, fleet: Fleet, access: Access = Access.EMBEDDED) -> int:
    """Create what is missing; how many clusters were created. A cluster that a person deleted stays deleted only
    until the next start: the fleet says which clusters there are."""
    await _seed_environments(client, fleet)
    known = {cluster.name for cluster in (await client.list(CLUSTERS, Cluster)).items}
    missing = [plan for plan in fleet.plans if plan.name not in known]
    for start in range(0, len(missing), WRITES_AT_ONCE):
        chunk = missing[start : start + WRITES_AT_ONCE]
        await asyncio.gather(*(_create_cluster(client, plan, access) for plan in chunk))
    return len(missing)


async def _seed_environments(client: Client, fleet: Fleet) -> None:
    for environment in fleet.spec.environments:
        simulated = environment.class_.value == EnvironmentClass.SIMULATED.value
        wanted = Environment(
            metadata=ObjectMeta(name=environment.name),
            spec=EnvironmentSpec(
                class_=EnvironmentClass(environment.class_.value),
                order=0 if simulated else PRODUCTION_ORDER,
                mirror_of=environment.mirror_of or None,
            ),
        )
        try:
            await client.create(ENVIRONMENTS, wanted, field_manager=FIELD_MANAGER)
        except AlreadyExists:
            continue


async def _create_cluster(client: Client, plan: ClusterPlan, access: Access) -> None:
    cluster = Cluster(
        metadata=ObjectMeta(name=plan.name, labels=dict(plan.labels)),
        spec=ClusterSpec(environment=plan.environment, access=access, mirror_of=plan.mirror_of or None),
    )
    try:
        await client.create(CLUSTERS, cluster, field_manager=FIELD_MANAGER)
    except AlreadyExists:
        return
