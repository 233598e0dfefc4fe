"""Before a release moves anything: is what it names there and sound, and is it its turn?

A component has one active release. A newer one supersedes it; ``Component.status.activeRelease`` says which
one holds the component, and is written with the object's resourceVersion, so that two can't.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from myriarch.api.component import Component
from myriarch.api.release import Order, Phase, Release
from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.objects import Raw
from myriarch.client.refs import COMPONENTS
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.planning import empty_stage_faults
from myriarch.engine.phases import ENDED
from myriarch.engine.policy_check import policy_faults

FIELD_MANAGER = "myriarch-release"


def key_of(release: Release) -> str:
    """namespace/name."""
    return f"{release.metadata.namespace}/{release.name}"


def is_over(release: Release) -> bool:
    """Whether the release has ended and nobody asks for more of it."""
    reopened = release.status.phase is Phase.ABORTED and release.spec.order is Order.ROLL_BACK
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
    """A release that never began and can't, or that ended before it began, takes nobody's place."""
    never_began = release.status.attempt == 0
    return never_began and (release.status.phase in ENDED or release.status.reason.startswith("Invalid"))


def _age(release: Release) -> tuple[str, str, str]:
    return (release.metadata.creation_timestamp or "", release.name, release.metadata.namespace or "")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a release can't start: a reason (one CamelCase word) and a sentence."""

    reason: str
    message: str


def find_fault(caches: Caches, table: FleetTable, release: Release) -> Fault | None:
    """What is wrong with what the release names, or None."""
    spec = release.spec
    revision = caches.revisions.get(spec.revision)
    policy = caches.policies.get(spec.policy)
    if caches.components.get(spec.component) is None:
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
    faults = policy_faults(policy.spec) or empty_stage_faults(table, policy.spec, spec.selector)
    return Fault("InvalidPolicy", faults[0].message) if faults else None


def _missing(field: str, name: str, kind: str) -> str:
    return UserFault(field, name, "doesn't exist", f"Create the {kind} first, or name another.").message


def unreported(table: FleetTable) -> int:
    """Connected clusters whose agent has not told of its nodes yet."""
    return sum(
        1
        for row, cluster in enumerate(table.clusters)
        if table.present[row] and not cluster.status.kubernetes_version and table.silent_since[row] == float("inf")
    )


def blocking_release(caches: Caches, release: Release, component: Component) -> Release | None:
    """The release that still holds the component, or None where this one may take it."""
    for other in caches.releases.cache.values():
        mine = key_of(other) == key_of(release)
        if other.spec.component == component.name and not mine and not is_over(other) and other.status.attempt:
            return other
    return None


async def claim(client: Client, component: Component, release: Release) -> int:
    """Take the component for the release; the attempt it is given. Raises Conflict where another was quicker."""
    if component.status.active_release == key_of(release) and component.status.last_attempt:
        return component.status.last_attempt
    attempt = component.status.last_attempt + 1
    status = {"lastAttempt": attempt, "activeRelease": key_of(release)}
    await _patch_status(client, component, status)
    return attempt


async def give_back(client: Client, component: Component, release: Release) -> None:
    """The release has ended: write what it proved and let the component go. Repeating is harmless."""
    if component.status.active_release != key_of(release):
        return
    status: dict[str, object] = {"activeRelease": ""}
    if release.status.phase is Phase.SUCCEEDED:
        proven = {entry.environment: entry.revision for entry in component.status.proven}
        proven.update({tally.environment: release.spec.revision for tally in release.status.environments})
        status["proven"] = [{"environment": name, "revision": revision} for name, revision in sorted(proven.items())]
    await _patch_status(client, component, status)


async def _patch_status(client: Client, component: Component, status: dict[str, object]) -> None:
    patch = {"metadata": {"resourceVersion": component.metadata.resource_version}, "status": status}
    await client.patch(
        COMPONENTS,
        Raw,
        component.name,
        msgspec.to_builtins(patch),
        subresource="status",
        field_manager=FIELD_MANAGER,
    )
