"""What an approval of a gate must be: of a gate that waits for people, by whom and with the reason that it asks for."""

from __future__ import annotations

import re
from typing import Final

from myriarch.api.gates import Gate
from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.errors import UserFault

GATE: Final = re.compile(r"gate/(?P<name>[a-z0-9][-a-z0-9]*)/(?P<place>.+/[1-9][0-9]*)")
"""How the approval of a gate is named: gate/NAME/STAGE/WAVE."""


def check_gate_approval(policy: ReleasePolicySpec, what: str, by: str, reason: str) -> None:
    """Raises UserFault for an approval that would not count."""
    found = GATE.fullmatch(what)
    people = [gate for gate in policy.gates if gate.approval or gate.diff or gate.metric]
    gate = next((each for each in people if found is not None and each.name == found["name"]), None)
    if found is None or gate is None:
        named = ", ".join(each.name for each in people) or "none does"
        raise UserFault("what", what, "no such gate waits for people", f"Write gate/NAME/STAGE/WAVE; gates: {named}.")
    _check_place(policy, gate, what, found["place"])
    if gate.approval is None:
        return
    if gate.approval.reason_required and not reason.strip():
        raise UserFault("--reason", reason, f"gate {gate.name} asks for a reason", "Say why, with --reason TEXT.")
    if gate.approval.by and by not in gate.approval.by:
        named = ", ".join(gate.approval.by)
        raise UserFault("--by", by, f"gate {gate.name} asks for somebody else", f"Have one of {named} approve it.")


def _check_place(policy: ReleasePolicySpec, gate: Gate, what: str, place: str) -> None:
    stage = place.rpartition("/")[0]
    names = gate.stages or [each.name for each in policy.stages]
    if stage not in names:
        raise UserFault("what", what, "the gate does not count there", f"Name one of the stages {', '.join(names)}.")
