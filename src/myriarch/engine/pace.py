"""The policy that a release goes by, where it is quicker than its policy says (``api/pace.py``).

The answer is a policy again: soaks are shorter, and of several waves one after another only the last is left, which
is the largest. Everything else reads it as it reads any policy, and the release's status shows it.

What never changes: the first wave of a stage and so what it covers; every gate, and the waves up to the last that one
names by number; a wave after which a person must approve, and waves of groups; and what a stage comes to in the end: if
its last wave is not everything, waves whose sizes can't be compared (a count with a percentage) go out by themselves.
Waves that become one soak as long as the longest of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from myriarch.api.pace import ProvenWaves, UrgentRule
from myriarch.api.policy import COVER, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import ReleaseStatus
from myriarch.base.durations import format_duration, parse_duration
from myriarch.engine.amounts import parse_amount

Joined = Callable[[int], bool]
"""Whether the wave with this index may go out as one with the next."""

WHOLE = "100%"
ALL_WAVES = 65_536
MOST_GROWTH = 100.0
NAME_LIMIT = 63


def passed_waves(status: ReleaseStatus, policy: ReleasePolicySpec) -> list[ProvenWaves]:
    """How far a release that ended with ``status`` had come in the stages of ``policy``; a stage that chose other
    clusters or other waves then proves nothing now."""
    if status.policy is None:
        return []
    found = []
    for index, then in enumerate(status.policy.stages[: status.stage + 1]):
        passed = status.wave if index == status.stage else ALL_WAVES
        if passed and any(_alike(then, stage) for stage in policy.stages):
            found.append(ProvenWaves(stage=then.name, waves=passed))
    return found


def _alike(then: Stage, now: Stage) -> bool:
    def of(stage: Stage) -> tuple[object, ...]:
        return stage.name, stage.environment, stage.selector, stage.waves, stage.exponential

    return of(then) == of(now)


def with_proven(policy: ReleasePolicySpec, proven: Sequence[ProvenWaves]) -> ReleasePolicySpec:
    """``policy``, where the waves that are ``proven`` go out as one after the first of their stage."""
    waves = {each.stage: each.waves for each in proven}
    return _merged(policy, lambda stage: _before(waves.get(stage.name, 0)), waves)


def _before(waves: int) -> Joined:
    return lambda index: index + 1 < waves


def hastened(policy: ReleasePolicySpec, rule: UrgentRule) -> ReleasePolicySpec:
    """``policy`` as an urgent release goes by it."""
    together = rule.waves_together
    merged = _merged(policy, lambda _: lambda index: index % together != 0, {})
    concurrency = merged.concurrency
    if rule.clusters is not None:
        concurrency = msgspec.structs.replace(concurrency, clusters=rule.clusters)
    stages = [_quicker(_steeper(stage, together, policy), rule) for stage in merged.stages]
    return msgspec.structs.replace(merged, stages=stages, concurrency=concurrency)


def _quicker(stage: Stage, rule: UrgentRule) -> Stage:
    def shorter(soak: str) -> str:
        seconds = parse_duration(soak)
        least = min(seconds, parse_duration(rule.minimum_soak))
        return format_duration(max(seconds * rule.soak_factor, least))

    waves = [
        wave if wave.soak is None else msgspec.structs.replace(wave, soak=shorter(wave.soak)) for wave in stage.waves
    ]
    return msgspec.structs.replace(stage, soak=shorter(stage.soak), waves=waves)


def _steeper(stage: Stage, together: int, policy: ReleasePolicySpec) -> Stage:
    grows = stage.exponential
    if grows is None or _numbered(stage, policy) > 1:
        return stage
    factor = min(grows.factor**together, max(MOST_GROWTH, grows.factor))
    return msgspec.structs.replace(stage, exponential=msgspec.structs.replace(grows, factor=factor))


def _merged(
    policy: ReleasePolicySpec, joins: Callable[[Stage], Joined], proven: Mapping[str, int]
) -> ReleasePolicySpec:
    stages = []
    for stage in policy.stages:
        first = max(_numbered(stage, policy), 1)
        waves = proven.get(stage.name, 0)
        if stage.exponential is not None and waves > 1 and first <= 1:
            grows = msgspec.structs.replace(stage.exponential, proven=waves)
            stages.append(msgspec.structs.replace(stage, exponential=grows))
        else:
            stages.append(msgspec.structs.replace(stage, waves=_waves(stage, first, joins(stage))))
    return msgspec.structs.replace(policy, stages=stages)


def _numbered(stage: Stage, policy: ReleasePolicySpec) -> int:
    """The last wave of the stage, from 1, that a gate names by its number: up to it all keep theirs."""
    gates = [gate for gate in policy.gates if not gate.stages or stage.name in gate.stages]
    return max((number for gate in gates for number in gate.waves), default=0)


def _waves(stage: Stage, first: int, joined: Joined) -> list[Wave]:
    """The waves of the stage; from the index ``first`` on those that are ``joined`` to the next become one with it."""
    merged: list[Wave] = []
    group: list[Wave] = []
    whole = bool(stage.waves) and _is_whole(stage.waves[-1])
    for index, wave in enumerate(stage.waves):
        group.append(wave)
        following = stage.waves[index + 1 : index + 2]
        wanted = index >= first and bool(following) and joined(index)
        if wanted and _may_join(wave, following[0]) and (whole or _contains(following[0], wave)):
            continue
        merged.append(_one(group, stage))
        group = []
    return merged


def _one(group: Sequence[Wave], stage: Stage) -> Wave:
    last = group[-1]
    if len(group) == 1:
        return last
    soak = max((wave.soak or stage.soak for wave in group), key=parse_duration)
    name = " + ".join(wave.name for wave in group if wave.name)[:NAME_LIMIT]
    return msgspec.structs.replace(last, name=name, soak=soak)


def _may_join(wave: Wave, following: Wave) -> bool:
    """Whether nobody is asked in between, and neither is of a group or covers."""
    sizes = (wave.clusters, wave.nodes, following.clusters, following.nodes)
    return not wave.approval and wave.group is None and following.group is None and COVER not in sizes


def _is_whole(wave: Wave) -> bool:
    return wave.clusters == wave.nodes == WHOLE and wave.exposure in (None, WHOLE) and wave.group is None


def _contains(later: Wave, wave: Wave) -> bool:
    """Whether ``later`` alone comes to what both one after the other do."""
    exposed = later.exposure is None or (wave.exposure is not None and _at_least(later.exposure, wave.exposure))
    return exposed and _at_least(later.clusters, wave.clusters) and _at_least(later.nodes, wave.nodes)


def _at_least(later: int | str, size: int | str) -> bool:
    if later == WHOLE:
        return True
    a, b = parse_amount(later, ""), parse_amount(size, "")
    return (a.count is None) == (b.count is None) and a.floor(1) >= b.floor(1)
