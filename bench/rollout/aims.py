"""What Myriarch must show in RolloutBench, each aim with what was measured; None where the runs can't tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from rollout.delays import symptom_seconds
from rollout.outcome import Outcome
from rollout.policies.myriarch_policies import longest_soak
from rollout.register import is_own
from rollout.scenario import Kind, Level, Scenario
from rollout.summary import Summary, middle

STAGED = "kubefleet"
MEDIAN_EXPOSED, WORST_EXPOSED = 0.005, 0.05
FALSE_ROLLBACKS = 0.01
RIGHT_RELEASE, RIGHT_ATTRIBUTE = 0.99, 0.95
TIMES_STAGED = 1.5


class Aim(msgspec.Struct, frozen=True):
    """``measured`` as text; ``met`` None where it could not be measured; ``missed`` names scenarios at fault."""

    aim: str
    measured: str
    met: bool | None
    missed: tuple[str, ...] = ()


def aims(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome], summaries: Mapping[str, Summary]) -> list[Aim]:
    """Every aim, for the first of Myriarch's policies; none where there is none."""
    name = next((name for name in summaries if is_own(name)), None)
    if name is None:
        return []
    own = summaries[name]
    known = {scenario.name: scenario for scenario in scenarios}
    bad = [each for each in outcomes if each.policy == name and each.kind is Kind.INCIDENT and each.observable]
    within = [each for each in bad if _within_soak(name, known[each.scenario])]
    return [
        _caught(bad, "every observable incident is caught"),
        _caught(within, "every observable incident whose symptom shows within the longest soak is caught"),
        _median_exposed(within),
        _worst_exposed(within),
        _at_most("false rollbacks over harmless releases", own.false_rollbacks, FALSE_ROLLBACKS),
        _at_least("right release blamed", own.right_release, RIGHT_RELEASE),
        _at_least("right attribute first", own.right_attribute, RIGHT_ATTRIBUTE),
        _undominated(own, summaries),
        _as_fast(own, summaries.get(STAGED)),
    ]


def _within_soak(name: str, scenario: Scenario) -> bool:
    return symptom_seconds(scenario) <= longest_soak(name, scenario.level is Level.CLUSTER)


def _caught(outcomes: Sequence[Outcome], aim: str) -> Aim:
    missed = [each.scenario for each in outcomes if not each.caught]
    if not outcomes:
        return Aim(aim, "", None)
    share = 1 - len(missed) / len(outcomes)
    return Aim(aim, f"{share:.2%} of {len(outcomes)}", not missed, tuple(dict.fromkeys(missed)))


def _median_exposed(outcomes: Sequence[Outcome]) -> Aim:
    found = middle([each.exposed for each in outcomes])
    aim = f"median exposure of production at most {MEDIAN_EXPOSED:.1%} (symptom within the longest soak)"
    return Aim(aim, _percent(found), None if found is None else found <= MEDIAN_EXPOSED)


def _worst_exposed(outcomes: Sequence[Outcome]) -> Aim:
    aim = f"worst exposure of production at most {WORST_EXPOSED:.0%} (symptom within the longest soak)"
    if not outcomes:
        return Aim(aim, "", None)
    over = [each.scenario for each in outcomes if each.exposed > WORST_EXPOSED]
    worst = max(each.exposed for each in outcomes)
    return Aim(aim, f"{worst:.2%}; {len(over)} of {len(outcomes)} runs over", not over, tuple(dict.fromkeys(over)))


def _at_most(aim: str, found: float | None, limit: float) -> Aim:
    return Aim(f"{aim} at most {limit:.0%}", _percent(found), None if found is None else found <= limit)


def _at_least(aim: str, found: float | None, limit: float) -> Aim:
    return Aim(f"{aim} at least {limit:.0%}", _percent(found), None if found is None else found >= limit)


def _undominated(own: Summary, summaries: Mapping[str, Summary]) -> Aim:
    aim = "no other policy is better at once in exposure and in the duration of a harmless release"
    if own.exposed_mean is None or own.duration_median is None or len(summaries) < 2:
        return Aim(aim, "", None)
    better = []
    for name, other in summaries.items():
        if is_own(name) or other.exposed_mean is None or other.duration_median is None:
            continue
        if other.exposed_mean < own.exposed_mean and other.duration_median < own.duration_median:
            better.append(name)
    measured = f"mean exposure {own.exposed_mean:.2%}, duration {own.duration_median:.1f} h"
    return Aim(aim, measured, not better, tuple(better))


def _as_fast(own: Summary, staged: Summary | None) -> Aim:
    aim = f"a harmless release at most {TIMES_STAGED} times as long as KubeFleet's staged run with the same soak"
    if own.duration_median is None or staged is None or staged.duration_median is None:
        return Aim(aim, "", None)
    times = own.duration_median / staged.duration_median
    measured = f"{times:.2f} times ({own.duration_median:.1f} h to {staged.duration_median:.1f} h)"
    return Aim(aim, measured, times <= TIMES_STAGED)


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.2%}"
