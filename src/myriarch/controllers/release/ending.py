"""After a release: what it proved, what its revision is told, and that nothing of it goes forward any more.

A release holds its component until its last grants are written. Only then is the component given back, so that a
crash in between is made good by whoever comes next, and no other release begins while an older one still goes
forward. A release that was deleted can't say how it ended: its clusters hold, as after an abort.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from myriarch.api.cluster import Cluster, Direction, Grant
from myriarch.api.component import Component
from myriarch.api.hold import HeldStratum
from myriarch.api.release import Phase, Release
from myriarch.api.revision import Proof, Revision
from myriarch.base.clock import rfc3339
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.client.refs import REVISIONS
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.granting import apply_grants
from myriarch.controllers.release.starting import FIELD_MANAGER, key_of, patch_status, releasing
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Value
from myriarch.engine.strata_hold import with_held

MOST_PROOFS = 64
PASS, FAIL, HOLD = "Pass", "Fail", "Hold"


async def hold_all(client: Client, table: FleetTable, component: str, key: str, now: float) -> int:
    """Hold every grant of the release ``key`` that goes forward; how many there were."""
    due: list[tuple[Cluster, Grant]] = []
    for row, cluster in enumerate(table.clusters):
        held = cluster.grant(component)
        if held is not None and held.release == key and held.direction is Direction.FORWARD and table.present[row]:
            due.append((cluster, msgspec.structs.replace(held, direction=Direction.HOLD, forward_until=rfc3339(now))))
    await apply_grants(client, due)
    return len(due)


async def give_back(client: Client, component: Component, release: Release, whole: set[str], now: float) -> None:
    """Write what the release proved in the environments that it has wholly moved, and let the component go."""
    status: dict[str, object] = {"activeRelease": "", **releasing(component, "", now)}
    if release.status.phase is Phase.SUCCEEDED and whole:
        proven = {entry.environment: entry.revision for entry in component.status.proven}
        proven.update(dict.fromkeys(sorted(whole), release.spec.revision))
        status["proven"] = [{"environment": name, "revision": revision} for name, revision in sorted(proven.items())]
    await patch_status(client, component, status)


def whole_environments(table: FleetTable, plan: ReleasePlan, held: Sequence[HeldStratum] = ()) -> set[str]:
    """Environments of which the plan, in the end, moves every node: none that has nodes which the release holds."""
    left_out = with_held(plan, tuple(Value(each.attribute, each.value) for each in held))
    moved: set[str] = set()
    left: set[str] = set()
    for row, cluster in enumerate(table.clusters):
        if not table.present[row] or not table.weight[row]:
            continue
        ceiling = max(int(stage.waves[-1].ceiling[row]) for stage in plan.stages)
        everything = ceiling >= table.weight[row] and not left_out[row]
        (moved if everything else left).add(cluster.spec.environment)
    return moved - left


async def record_proof(client: Client, revision: Revision | None, release: Release) -> None:
    """Tell the revision how the release ended in every environment where a node began. Repeating is harmless."""
    if revision is None:
        return
    key, at = key_of(release), release.status.ended_at or ""
    told = [
        Proof(release=key, environment=tally.environment, verdict=verdict_of(release), at=at)
        for tally in release.status.environments
        if tally.begun
    ]
    kept = [proof for proof in revision.status.proof if not (proof.release == key and proof.at == at)]
    proofs = [*kept, *told][-MOST_PROOFS:]
    if proofs == revision.status.proof:
        return
    patch: dict[str, Any] = {
        "metadata": {"resourceVersion": revision.metadata.resource_version},
        "status": {"proof": msgspec.to_builtins(proofs)},
    }
    try:
        await client.patch(REVISIONS, Raw, revision.name, patch, subresource="status", field_manager=FIELD_MANAGER)
    except NotFound:
        return


def verdict_of(release: Release) -> str:
    """Pass where the release reached its end, Fail where it harmed, Hold where it ended for another reason."""
    if release.status.phase is Phase.SUCCEEDED:
        return PASS
    return FAIL if release.status.harm_at is not None else HOLD
