"""What a policy's rules for quicker releases must obey beyond their schema, and what a release may ask of them."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.pace import RereleaseRule, Urgent, UrgentRule
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Phase, Release
from myriarch.base.clock import parse_rfc3339
from myriarch.base.durations import format_duration, parse_duration
from myriarch.base.errors import UserFault
from myriarch.engine.amounts import parse_amount


def pace_faults(urgent: UrgentRule | None, rerelease: RereleaseRule | None, root: str) -> Iterator[UserFault]:
    """Every fault of the two rules of a policy."""
    if urgent is not None:
        yield from _duration_faults(urgent.minimum_soak, f"{root}.urgent.minimumSoak")
        field = f"{root}.urgent.clusters"
        if urgent.clusters in (0, "0%"):
            yield UserFault(field, urgent.clusters, "is zero", "Give at least 1, or the release can never move.")
        elif urgent.clusters is not None:
            try:
                parse_amount(urgent.clusters, field)
            except UserFault as fault:
                yield fault
    if rerelease is not None:
        yield from _duration_faults(rerelease.within, f"{root}.rerelease.within")


def _duration_faults(text: str, field: str) -> Iterator[UserFault]:
    try:
        parse_duration(text)
    except ValueError:
        yield UserFault(field, text, "is not a length of time", "Write one such as 30s, 10m, 2h or 1d.")


def urgent_fault(urgent: Urgent | None, policy: ReleasePolicySpec, name: str) -> UserFault | None:
    """Why a release under the policy ``name`` can't be urgent, or None."""
    if urgent is None:
        return None
    if not urgent.reason.strip():
        return UserFault("spec.urgent.reason", urgent.reason, "says nothing", "Say why the release can't wait.")
    if policy.urgent is None:
        cure = "Leave it out, name another policy, or let the policy say under spec.urgent what urgent releases get."
        return UserFault("spec.urgent", urgent.reason, f"is nothing that policy {name} allows", cure)
    return None


FIXED = frozenset({Phase.ROLLED_BACK, Phase.SUPERSEDED, Phase.ABORTED})
"""How an earlier release ended that may be fixed."""


def fixes_fault(
    release: Release, earlier: Release | None, policy: ReleasePolicySpec, policy_name: str, now: float
) -> UserFault | None:
    """Why ``release`` can't be the fix of what it names, or None; at ``now`` (Unix seconds). An ``earlier`` release
    that has not ended yet will have been superseded when this one begins."""
    name = release.spec.fixes
    if not name:
        return None
    if earlier is None:
        cure = "Name an earlier release of the component, in the same namespace, or leave spec.fixes out."
        return UserFault("spec.fixes", name, "doesn't exist", cure)
    if earlier.spec.component != release.spec.component:
        cure = f"Name an earlier release of {release.spec.component}, or leave spec.fixes out."
        return UserFault("spec.fixes", name, f"is a release of component {earlier.spec.component}", cure)
    if earlier.spec.revision == release.spec.revision:
        cure = "Release a revision that mends it, or leave spec.fixes out."
        return UserFault("spec.fixes", name, "released the very same revision", cure)
    if earlier.status.phase is Phase.WATCHING:
        cure = "Roll it back first, or leave spec.fixes out: then this one goes out over it."
        return UserFault("spec.fixes", name, "is everywhere, and watched", cure)
    if earlier.status.phase is Phase.SUCCEEDED:
        return UserFault("spec.fixes", name, "has succeeded", "Leave spec.fixes out: it left nothing to go back to.")
    rule = policy.rerelease
    if rule is None:
        cure = "Leave it out, or let the policy say under spec.rerelease what the fix of a release gets."
        return UserFault("spec.fixes", name, f"is nothing that policy {policy_name} allows", cure)
    ended = earlier.status.ended_at
    if earlier.status.phase not in FIXED or ended is None:
        return None
    age = now - parse_rfc3339(ended)
    if age > parse_duration(rule.within):
        problem = f"ended {format_duration(round(age))} ago, more than {rule.within}"
        return UserFault("spec.fixes", name, problem, "Leave spec.fixes out: what it showed is too old.")
    return None
