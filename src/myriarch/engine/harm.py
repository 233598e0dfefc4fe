"""When failures are harm, and what the failed nodes have in common.

Harm is judged for a stage as a whole and for each attribute value by itself, because "1 % of all nodes" hides
"all of the A10s". One failed node is never harm unless the policy's minimum says so: any node may die.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.api.analysis import Analysis
from myriarch.engine.alone import beyond, limit_of, tail_bound
from myriarch.engine.blaming import in_common
from myriarch.engine.evidence import NO_EVIDENCE, Evidence
from myriarch.engine.late import Late, late_text, worst
from myriarch.engine.metric_evidence import most_harmful
from myriarch.engine.observed import TOLD_REVERT, FailureNote, Observed, Tally
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Ints, some
from myriarch.engine.rules import Rules
from myriarch.engine.standing import name_units
from myriarch.engine.watching import outage_text

NAMED_NODES = 5
NO_MODEL = "none"
"""How nodes without a GPU are written in the strata."""


@dataclass(frozen=True, slots=True)
class Harm:
    """``message`` says which nodes failed, with which symptom, and what they share (``blame``)."""

    message: str
    blame: dict[str, str]


def find_harm(
    plan: ReleasePlan, observed: Observed, rules: Rules, last_stage: int, evidence: Evidence = NO_EVIDENCE
) -> Harm | None:
    """Harm in any stage up to ``last_stage``, or None. ``evidence`` counts where the rules have an analysis."""
    if rules.analysis is not None and evidence.shows_harm(rules.analysis.alpha):
        name = most_harmful(evidence.metrics, evidence.failures)
        if name:
            return Harm(metric_text(name, rules.analysis, evidence), {})
        if evidence.of_late and evidence.late is not None:
            return _late(evidence.late, rules.analysis, evidence)
        if evidence.of_clusters:
            return Harm(*outage_text(plan, rules, observed, evidence, rules.analysis))
        return _shown(plan, observed, rules, last_stage, evidence)
    if not _anything_to_judge(observed):
        return None
    judged, failures = _judged(observed, rules)
    for index in range(last_stage + 1):
        stage = plan.stages[index]
        here = stage.members & judged
        failed = int(failures[here].sum())
        if failed < rules.minimum:
            continue
        begun = int(observed.begun[here].sum())
        tally = observed.tallies[index] if index < len(observed.tallies) else None
        if rules.analysis is not None:
            basis = _beyond_history(plan, observed, rules, here, failures, evidence.late)
            if basis is not None:
                harm = _told(plan, observed, index, here, failures)
                return Harm(f"{harm.message}; {basis}" if basis else harm.message, harm.blame)
        elif failed > rules.tolerance.floor(begun) or (tally is not None and _value_harmed(tally, rules)):
            return _told(plan, observed, index, here, failures)
    return None


def _told(plan: ReleasePlan, observed: Observed, index: int, here: Bools, failures: Ints) -> Harm:
    """Who failed in the units ``here`` of one stage, and what they share."""
    failed, begun = int(failures[here].sum()), int(observed.begun[here].sum())
    taken_back = here & observed.self_reverted
    struck = failed - int((failures - observed.failed)[taken_back].sum()) or failed
    blame = in_common(plan, observed, index, struck)
    notes = tuple(note for note in observed.failures if note.stage == index)
    message = _message(plan.stages[index].name, struck, begun, notes, blame)
    if taken_back.any():
        message += f"; taken back by themselves: {name_units(plan, taken_back)}"
    return Harm(message, blame)


def _shown(plan: ReleasePlan, observed: Observed, rules: Rules, last_stage: int, evidence: Evidence) -> Harm:
    """Harm that the comparison with the nodes beside them shows, told of the stage that it shows in: the last, if any
    updated node failed there, for the ones before have passed their gates; else the one where most nodes fail."""
    assert rules.analysis is not None
    judged, failures = _judged(observed, rules)
    counts = [int(failures[plan.stages[index].members & judged].sum()) for index in range(last_stage + 1)]
    worst = int(np.argmax(counts)) if any(counts) else last_stage
    compared = observed.compared
    if compared is not None and compared.by_stage is not None and compared.of_stage(last_stage)[-1, 1]:
        worst = last_stage
    harm = _told(plan, observed, worst, plan.stages[worst].members & judged, failures)
    return Harm(f"{harm.message}; {compared_text(observed, rules.analysis, evidence)}", harm.blame)


def _late(late: Late, analysis: Analysis, evidence: Evidence) -> Harm:
    """Harm that failures show since the release is everywhere; the stratum that shows most is what they share."""
    name = worst(late, analysis.tolerated_ratio)
    attribute, _, value = name.partition("=")
    return Harm(f"{late_text(late, name)}; {_times_text(analysis, evidence)}", {attribute: value} if value else {})


def _times_text(analysis: Analysis, evidence: Evidence) -> str:
    return f"{evidence.times():,.3g} times likelier with harm than without it (harm at {1 / analysis.alpha:,.0f})"


def metric_text(name: str, analysis: Analysis, evidence: Evidence) -> str:
    """What a metric shows, in a sentence that a person can check."""
    return f"metric {name}: {evidence.metrics[name].message}; {_times_text(analysis, evidence)}"


def compared_text(observed: Observed, analysis: Analysis, evidence: Evidence) -> str:
    """The comparison in a sentence that a person can check."""
    text = _times_text(analysis, evidence)
    if observed.compared is None:
        return text
    treated, struck, control, ambient = (int(number) for number in observed.compared.counts[-1])
    return f"{text}: failed {struck} of {treated} updated nodes and {ambient} of {control} beside them"


def _beyond_history(
    plan: ReleasePlan, observed: Observed, rules: Rules, here: Bools, failures: Ints, late: Late | None
) -> str | None:
    """What the units ``here`` without a node left to compare with are judged by, where more failed than that; else
    None."""
    analysis = rules.analysis
    assert analysis is not None
    if rules.tolerance.count is not None:
        return "" if int(failures[here].sum()) > rules.tolerance.count else None
    alone = here if observed.compared is None else here & (observed.begun >= plan.population.weight)
    limit = limit_of(observed, rules.tolerance, analysis.alpha, late)
    harmful = beyond(failures, observed.begun, alone, limit, rules.minimum, analysis.alpha)
    return limit.basis if harmful else None


def _anything_to_judge(observed: Observed) -> bool:
    """Whether anything failed or went back: in most turns nothing did."""
    back = some(observed.self_reverted) or some(observed.asserted == TOLD_REVERT)
    return back or some(observed.failed > 0)


def _judged(observed: Observed, rules: Rules) -> tuple[Bools, Ints]:
    """Which units are judged, bool[n], and how many nodes of each have failed, int64[n].

    Being well again after going back is no proof: the nodes of a unit that took the attempt back by itself have
    failed, and so has a unit that was taken back because it stayed failed. What a wave's revert took back is left
    out: a person was asked about it.
    """
    failed = np.where(observed.self_reverted, observed.begun, observed.failed)
    told_back = observed.asserted == TOLD_REVERT
    present = observed.present if observed.excused is None else observed.present & ~observed.excused
    if np.isfinite(rules.revert_failed_after_seconds):
        return present, np.where(told_back, observed.begun, failed)
    return present & ~told_back, failed


def _value_harmed(tally: Tally, rules: Rules) -> bool:
    """Whether one attribute value alone shows harm: more failures than it bears, and than chance would give.

    A fleet has many values, and most have few nodes: among them two ordinary failures are no rarity.
    """
    at_risk = np.maximum(tally.updated, tally.failed)
    if rules.tolerance.count is not None:
        return bool(((tally.failed >= rules.minimum) & (tally.failed > rules.tolerance.count)).any())
    share = rules.tolerance.share or 0.0
    suspect = (tally.failed >= rules.minimum) & (tally.failed > share * at_risk)
    if not suspect.any():
        return False
    chance = tail_bound(tally.failed[suspect], at_risk[suspect], share)
    return bool((chance < CHANCE_BORNE).any())


CHANCE_BORNE = 0.05
"""Failures of one value that chance would give more often than this are no evidence of harm."""


def _message(stage: str, failed: int, begun: int, notes: tuple[FailureNote, ...], blame: dict[str, str]) -> str:
    symptoms: dict[str, int] = {}
    models: dict[str, int] = {}
    nodes: list[str] = []
    for note in notes:
        symptoms[note.symptom] = symptoms.get(note.symptom, 0) + note.count
        model = note.attributes.get("gpuModel", "")
        if model and model != NO_MODEL:
            models[model] = models.get(model, 0) + note.count
        nodes += note.nodes
    text = f"{failed} of {begun} nodes begun in stage {stage} failed"
    if symptoms:
        text += ": " + ", ".join(f"{count} {name}" for name, count in sorted(symptoms.items(), key=_most_first))
    if models:
        text += "; GPU model " + ", ".join(
            f"{name} ({count})" for name, count in sorted(models.items(), key=_most_first)
        )
    if blame:
        text += "; in common: " + ", ".join(f"{key}={value}" for key, value in blame.items())
    if nodes:
        more = "" if failed <= NAMED_NODES else ", …"
        text += "; nodes " + ", ".join(nodes[:NAMED_NODES]) + more
    return text


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return (-item[1], item[0])
