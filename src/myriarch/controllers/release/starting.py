"""Before a release moves anything: is what it names there and sound, and is it its turn?

A component has one active release. A newer one supersedes it; ``Component.status.activeRelease`` says which
one holds the component, and is written with the object's resourceVersion, so that two can't.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component, DriverName
from myriarch.api.environment import EnvironmentClass
from myriarch.api.meta import Condition
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Order, Phase, Release
from myriarch.api.strata import pair_name, told_by_agents
from myriarch.base.clock import parse_rfc3339, rfc3339
from myriarch.base.conditions import CONNECTED, ConditionType
from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.objects import Raw
from myriarch.client.refs import COMPONENTS
from myriarch.controllers.caches import Caches
from myriarch.controllers.cluster.liveness import CHECK_SECONDS, SILENT_SECONDS
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.dependencies import dependency_fault
from myriarch.controllers.release.pacing import pace_fault
from myriarch.controllers.release.planning import empty_stage_faults
from myriarch.engine.phases import ENDED
from myriarch.engine.policy_check import policy_faults
from myriarch.runtime.fence import current_term

FIELD_MANAGER = "myriarch-release"
RELEASING = ConditionType("Releasing", "A release holds the component.")
ALL_NODES = "100%"
UNTOLD_SECONDS = SILENT_SECONDS + CHECK_SECONDS
"""A cluster that tells nothing for so long is not waited for: a silent one would be called so by now."""

WAITING = "Waiting"
"""Reason of a sound release that waits for its turn."""


def key_of(release: Release) -> str:
    """namespace/name."""
    return f"{release.metadata.namespace}/{release.name}"


def is_over(release: Release) -> bool:
    """Whether the release has ended and nobody asks for more of it."""
    began = release.status.attempt > 0
    reopened = began and release.status.phase is Phase.ABORTED and release.spec.order is Order.ROLL_BACK
    return release.status.phase in ENDED and not reopened


def newer_release(caches: Caches, release: Release) -> Release | None:
    """The release of the same component that takes its place, or None."""
    mine = _age(release)
    later = [
        other
        for other in caches.releases.cache.values()
        if other.spec.component == release.spec.component and _age(other) > mine and not _unable(other)
    ]
    return min(later, key=_age, default=None)


def _unable(release: Release) -> bool:
    """A release takes nobody's place unless it began, or is known to be sound and waits only for its turn."""
    status = release.status
    return status.attempt == 0 and (status.phase in ENDED or status.reason != WAITING)


def _age(release: Release) -> tuple[str, bool, int, str, str]:
    """Creation is told in whole seconds: within one, those that began come before those that did not."""
    attempt, metadata = release.status.attempt, release.metadata
    return metadata.creation_timestamp or "", attempt == 0, attempt, release.name, metadata.namespace or ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a release can't start: a reason (one CamelCase word) and a sentence."""

    reason: str
    message: str


def earlier_release(caches: Caches, release: Release) -> Release | None:
    """The release that ``release`` says it fixes, where there is one."""
    return caches.releases.get(release.spec.fixes, release.metadata.namespace or "") if release.spec.fixes else None


def find_fault(caches: Caches, table: FleetTable, release: Release, now: float) -> Fault | None:
    """What is wrong with what the release names at ``now`` (Unix seconds), or None."""
    spec = release.spec
    revision = caches.revisions.get(spec.revision)
    policy = caches.policies.get(spec.policy)
    component = caches.components.get(spec.component)
    if component is None:
        return Fault("InvalidComponent", _missing("spec.component", spec.component, "component"))
    if revision is None:
        return Fault("InvalidRevision", _missing("spec.revision", spec.revision, "revision"))
    if revision.spec.component != spec.component:
        fault = UserFault(
            "spec.revision",
            spec.revision,
            f"is a revision of component {revision.spec.component}",
            f"Name a revision of {spec.component}.",
        )
        return Fault("InvalidRevision", fault.message)
    if policy is None:
        return Fault("InvalidPolicy", _missing("spec.policy", spec.policy, "releasepolicy"))
    if depends := dependency_fault(caches, table, release):
        return Fault(*depends)
    faults = policy_faults(policy.spec) or empty_stage_faults(table, policy.spec, spec.selector)
    faults = faults or rehearsal_faults(caches, policy.spec)
    if not faults and component.spec.driver is DriverName.BUNDLE:
        faults = partial_faults(policy.spec)
    if faults:
        more = f" And {len(faults) - 1} more: 'myriarch release plan' says all." if len(faults) > 1 else ""
        return Fault("InvalidPolicy", faults[0].message + more)
    hurry = pace_fault(release, earlier_release(caches, release), policy.spec, policy.name, now)
    return Fault("InvalidPace", hurry.message) if hurry is not None else None


def rehearsal_faults(caches: Caches, policy: ReleasePolicySpec) -> list[UserFault]:
    """A first stage that would be tried again in production: there harm is never asked for twice."""
    stage = policy.stages[0]
    environment = caches.environments.get(stage.environment or "")
    if stage.attempts == 1 or environment is None or environment.spec.class_ is not EnvironmentClass.PRODUCTION:
        return []
    problem = f"would try again in {environment.name}, which is of class production"
    return [UserFault("spec.stages[0].attempts", stage.attempts, problem, "Leave it out, or rehearse elsewhere.")]


def partial_faults(policy: ReleasePolicySpec) -> list[UserFault]:
    """Waves that would move a part of a cluster's nodes, for a component that moves clusters as a whole."""
    faults = []
    for i, stage in enumerate(policy.stages):
        for j, wave in enumerate(stage.waves):
            where = f"spec.stages[{i}].waves[{j}]"
            problem = "moves a part of a cluster's nodes, but the component's driver moves whole clusters"
            if wave.nodes != ALL_NODES:
                faults.append(UserFault(f"{where}.nodes", wave.nodes, problem, "Write '100%' or leave it out."))
            if wave.exposure is not None:
                cure = "Limit the wave's clusters instead."
                faults.append(UserFault(f"{where}.exposure", wave.exposure, problem, cure))
    return faults


def _missing(field: str, name: str, kind: str) -> str:
    return UserFault(field, name, "doesn't exist", f"Create the {kind} first, or name another.").message


def unreported(table: FleetTable, now: float) -> list[str]:
    """Connected clusters whose agent has not told of its nodes yet, as long as that is no worse than silence."""
    return [
        cluster.name
        for row, cluster in enumerate(table.clusters)
        if table.present[row]
        and not cluster.status.kubernetes_version
        and table.silent_since[row] == float("inf")
        and now - _expected_since(cluster, now) <= UNTOLD_SECONDS
    ]


def uncounted(table: FleetTable, policy: ReleasePolicySpec, release: Release, now: float) -> list[str]:
    """Connected clusters that have not told how many nodes have the pairs of attributes that the policy names. After a
    while nobody waits: an older agent never tells, and the release says so when its first wave has settled."""
    names = [pair_name(pair) for pair in told_by_agents(policy.coverage.pairs)]
    made = release.metadata.creation_timestamp
    if not names or (made is not None and now - parse_rfc3339(made) > UNTOLD_SECONDS):
        return []
    return [
        cluster.name
        for row, cluster in enumerate(table.clusters)
        if table.present[row]
        and cluster.status.nodes
        and table.silent_since[row] == float("inf")
        and any(name not in cluster.status.strata for name in names)
    ]


def _expected_since(cluster: Cluster, now: float) -> float:
    """When the cluster was first connected as far as that is known, else when it was made."""
    conditions = cluster.status.conditions
    known = next((each.last_transition_time for each in conditions if each.type == CONNECTED.type), None)
    since = known or cluster.metadata.creation_timestamp
    return parse_rfc3339(since) if since else now


def holder(component: Component, release: Release) -> str:
    """The other release that holds the component, or ''."""
    active = component.status.active_release
    return "" if active == key_of(release) else active


async def claim(client: Client, component: Component, release: Release, now: float) -> int:
    """Take the component for the release; the attempt it is given. Raises Conflict where another was quicker.

    Every claim of a release that has not begun gets an attempt of its own: the release may have been deleted and
    made anew under its name, and what the clusters say of the old one must not count for it.
    """
    began = release.status.attempt
    attempt = began or component.status.last_attempt + 1
    status = {"lastAttempt": max(attempt, component.status.last_attempt), "activeRelease": key_of(release)}
    await patch_status(client, component, status | releasing(component, key_of(release), now))
    return attempt


async def another_attempt(client: Client, component: Component) -> int:
    """A new attempt for the release that holds the component. A crash before it is used wastes a number, no more."""
    attempt = component.status.last_attempt + 1
    await patch_status(client, component, {"lastAttempt": attempt})
    return attempt


def releasing(component: Component, key: str, now: float) -> dict[str, object]:
    """The component's conditions, with Releasing as it is now: of the release ``key``, or of none where empty."""
    known = next((each for each in component.status.conditions if each.type == RELEASING.type), None)
    status = "True" if key else "False"
    changed = known is None or known.status != status
    condition = Condition(
        type=RELEASING.type,
        status=status,
        reason="Released" if key else "AtRest",
        message=f"Release {key} holds the component." if key else "No release holds the component.",
        last_transition_time=rfc3339(now) if changed or known is None else known.last_transition_time,
    )
    return {"conditions": [*(each for each in component.status.conditions if each is not known), condition]}


async def patch_status(client: Client, component: Component, status: dict[str, object]) -> None:
    """Write ``status``, unless the component has changed meanwhile (Conflict)."""
    term = current_term()
    stamp = {"term": term} if term else {}
    patch = {"metadata": {"resourceVersion": component.metadata.resource_version}, "status": {**status, **stamp}}
    await client.patch(
        COMPONENTS,
        Raw,
        component.name,
        msgspec.to_builtins(patch),
        subresource="status",
        field_manager=FIELD_MANAGER,
    )
