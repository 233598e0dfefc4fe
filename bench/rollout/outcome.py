"""What one run showed: the measures of one scenario, seed and policy."""

from __future__ import annotations

import msgspec

from rollout.scenario import Kind


class Outcome(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Shares are of production's nodes; times in hours; None where the measure means nothing.

    exposed: ever begun. harmed: ever harmed by the release. caught: the policy itself stopped or rolled back.
    to_decision: from the first harm anywhere until then. recovery: from the first harm in production until the last
    harmed node there was well. duration: until the policy called it done. right_release, right_attribute: whether the
    first blamed is right. why: the policy's own words for its decision. by_person: a person had to take it back.
    """

    scenario: str
    kind: Kind
    policy: str
    seed: int
    observable: bool
    exposed: float
    harmed: float
    node_hours: float
    caught: bool
    rolled_back: bool
    by_person: bool
    to_decision: float | None
    recovery: float | None
    duration: float | None
    right_release: bool | None
    right_attribute: bool | None
    blamed: dict[str, str]
    why: str
    symptom_after: float | None
    looks: int
    seconds: float
