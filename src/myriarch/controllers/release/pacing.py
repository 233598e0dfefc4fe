"""By which policy a release goes: its own, or a quicker one where it is urgent or fixes an earlier release.

Worked out once, when the release begins; what comes of it is kept in its status. The rules are the engine's
(``engine/pace.py``, ``engine/pace_check.py``); here the releases and policies are looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from myriarch.api.pace import ProvenWaves
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Release
from myriarch.base.errors import UserFault
from myriarch.engine.pace import ALL_WAVES, hastened, passed_waves, with_proven
from myriarch.engine.pace_check import fixes_fault, urgent_fault

URGENT = "Urgent"
RERELEASE = "Rerelease"


@dataclass(frozen=True, slots=True)
class Pace:
    """The ``policy`` to go by, the waves that were ``proven`` before, and why it is ``urgent`` (or '')."""

    policy: ReleasePolicySpec
    proven: list[ProvenWaves]
    urgent: str

    def notes(self, release: Release) -> Iterator[tuple[str, str]]:
        """What is to be told of it: reasons (one CamelCase word) and sentences."""
        if self.urgent:
            yield URGENT, f"urgent: {self.urgent}"
        if self.proven:
            yield RERELEASE, f"fixes {release.spec.fixes}, which had passed {proven_text(self.proven)}"
        elif release.spec.fixes:
            yield RERELEASE, f"fixes {release.spec.fixes}, which had passed no wave of the stages as they are now"


def pace_of(release: Release, earlier: Release | None, policy: ReleasePolicySpec) -> Pace:
    """How a sound release goes under ``policy``; ``earlier`` is the one that it fixes, if any."""
    proven: list[ProvenWaves] = []
    paced = policy
    if earlier is not None and policy.rerelease is not None and policy.rerelease.proven_waves:
        proven = passed_waves(earlier.status, policy)
        paced = with_proven(paced, proven)
    if release.spec.urgent is not None and policy.urgent is not None:
        paced = hastened(paced, policy.urgent)
    return Pace(paced, proven, release.spec.urgent.reason if release.spec.urgent is not None else "")


def pace_fault(
    release: Release, earlier: Release | None, policy: ReleasePolicySpec, policy_name: str, now: float
) -> UserFault | None:
    """Why the release may not be as quick as it asks to be, or None."""
    fault = urgent_fault(release.spec.urgent, policy, policy_name)
    return fault or fixes_fault(release, earlier, policy, policy_name, now)


def proven_text(proven: list[ProvenWaves]) -> str:
    """``2 waves of stage a, all of stage b``."""
    return ", ".join(
        f"all of stage {each.stage}" if each.waves >= ALL_WAVES else f"{each.waves} waves of stage {each.stage}"
        for each in proven
    )
