"""What a release's component and revision say of other components, looked at before the release begins.

An embedded hub refuses what can't be meant when it is written (``hub/admission.py``). Another API server admits it, and
components may be deleted after others have named them: then the release says what is wrong, and doesn't begin. Nor does
it begin where no cluster meets what its revision requires, and no other release is there that brings it.
"""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.component import Component
from myriarch.api.release import Release
from myriarch.api.revision import KUBERNETES, Requirement, Revision
from myriarch.base.errors import UserFault
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.planning import stage_members
from myriarch.controllers.release.requiring import Requirements, wording
from myriarch.engine.ordering_check import after_faults
from myriarch.engine.phases import ENDED
from myriarch.engine.requirement_check import requirement_faults


def dependency_fault(caches: Caches, table: FleetTable, release: Release) -> tuple[str, str] | None:
    """Why ``release`` can't begin for other components' sake: a reason in one word, and a sentence."""
    component = caches.components.get(release.spec.component)
    revision = caches.revisions.get(release.spec.revision)
    if component is None or revision is None:
        return None
    found = ((reason, fault) for reason, fault in _faults(caches, table, release, component, revision))
    return next(((reason, fault.message) for reason, fault in found), None)


def _faults(
    caches: Caches, table: FleetTable, release: Release, component: Component, revision: Revision
) -> Iterator[tuple[str, UserFault]]:
    every = {each.name: each.spec.after for each in caches.components.cache.values()}
    others = {name: after for name, after in every.items() if name != component.name}
    for fault in after_faults(component.name, component.spec.after, others, f"component {component.name}: spec"):
        yield "InvalidComponent", fault
    root = f"revision {revision.name}: spec"
    for fault in requirement_faults(component.name, revision.spec.requires, every, root):
        yield "InvalidRevision", fault
    for index, requirement in enumerate(revision.spec.requires):
        if not _ever_met(caches, table, release, requirement):
            problem = "is met by no cluster of the release, and no release is there that brings it"
            cure = f"Release a revision of {requirement.component} that is first, or choose other clusters."
            if requirement.component == KUBERNETES:
                cure = "Upgrade clusters first, or choose others."
            yield "RequirementUnmet", UserFault(f"{root}.requires[{index}]", wording(requirement), problem, cure)


def _ever_met(caches: Caches, table: FleetTable, release: Release, requirement: Requirement) -> bool:
    requirements = Requirements(caches.components, caches.revisions)
    for other in caches.releases.cache.values():
        brings = other.spec.component == requirement.component and other.status.phase not in ENDED
        if brings and requirements.meets(requirement, other.spec.revision):
            return True
    policy = caches.policies.get(release.spec.policy)
    members = stage_members(table, policy.spec, release.spec.selector) if policy is not None else []
    rows = [row for row, cluster in enumerate(table.clusters) if any(each[row] for each in members)]
    return not rows or any(requirements.met(requirement, table.clusters[row]) for row in rows)
