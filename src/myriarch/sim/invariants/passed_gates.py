"""Whether the gates of a policy had passed when a release went on, by what its status says of them."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.gates import Verdict, When
from myriarch.api.release import Release

Place = tuple[str, int]


def unpassed_gates(release: Release, left: Place, entered: Place | None) -> Iterator[str]:
    """Gates of the wave that was ``left`` (stage, wave from 0), and before the one ``entered``, that had not passed.

    What a person approved, of a gate or of the wave's harm, counts as passed.
    """
    policy = release.status.policy
    given = {approval.what for approval in release.spec.approvals}
    verdicts = {(each.name, each.place): each.verdict for each in release.status.gates}
    for gate in policy.gates if policy is not None else ():
        place = entered if gate.when is When.BEFORE else left
        if (
            place is None
            or (gate.stages and place[0] not in gate.stages)
            or (gate.waves and place[1] + 1 not in gate.waves)
        ):
            continue
        name = f"{place[0]}/{place[1] + 1}"
        if f"harm/{left[0]}/{left[1] + 1}" in given or f"gate/{gate.name}/{name}" in given:
            continue
        if verdicts.get((gate.name, name)) is not Verdict.PASS:
            yield f"{gate.name} at {name}"
