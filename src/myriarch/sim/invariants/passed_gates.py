"""Whether the gates of a policy had passed when a release went on, by what its status says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myriarch.api.gates import Gate, Verdict, When
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Release
from myriarch.engine.gate_rules import PROMQL_SAMPLES
from myriarch.gates.promql import KEEPS

Place = tuple[str, int]


def unpassed_gates(release: Release, left: Place, entered: Place | None) -> Iterator[str]:
    """Gates of the wave that was ``left`` (stage, wave from 0), and before the one ``entered``, that had not passed.

    What a person approved, of a gate or of the wave's harm, counts as passed.
    """
    verdicts = {(each.name, each.place): each.verdict for each in release.status.gates}
    for gate, place in _counting(release, left, entered):
        if verdicts.get((gate.name, place)) is not Verdict.PASS:
            yield f"{gate.name} at {place}"


def unheard_metrics(release: Release, left: Place, heard: Sequence[float]) -> Iterator[str]:
    """Gates of the wave that was ``left`` whose source did not say, since it was entered, what their passing takes;
    ``heard`` are all its answers of that time."""
    for gate, place in _counting(release, left, None):
        if gate.promql is not None:
            good = sum(KEEPS[gate.promql.operator](value, gate.promql.threshold) for value in heard)
            if good < (gate.samples or PROMQL_SAMPLES):
                yield f"{gate.name} at {place}, of which the source said so {good} times,"


def _counting(release: Release, left: Place, entered: Place | None) -> Iterator[tuple[Gate, str]]:
    """The gates that count, and the places where they do, but for those that a person approved."""
    policy = release.status.policy or ReleasePolicySpec(stages=[])
    given = {approval.what for approval in release.spec.approvals}
    for gate in policy.gates:
        place = entered if gate.when is When.BEFORE else left
        if (
            place is None
            or (gate.stages and place[0] not in gate.stages)
            or (gate.waves and place[1] + 1 not in gate.waves)
        ):
            continue
        name = f"{place[0]}/{place[1] + 1}"
        if f"harm/{left[0]}/{left[1] + 1}" not in given and f"gate/{gate.name}/{name}" not in given:
            yield gate, name
