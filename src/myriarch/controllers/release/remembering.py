"""The engine's evidence as a release's status holds it, and back."""

from __future__ import annotations

from myriarch.api.metrics import MESSAGE_MAX_CHARS, ArmTotals, MetricEvidence
from myriarch.api.release import Evidence as Told
from myriarch.api.release import EvidenceRow, ReleaseStatus
from myriarch.base.clock import parse_rfc3339, rfc3339_micro
from myriarch.controllers.release.late import late_of, told_late
from myriarch.controllers.release.outages import outages_of, told_outages
from myriarch.controllers.release.strikes import strikes_of, told_strikes
from myriarch.engine.evidence import NO_EVIDENCE, Evidence, Row
from myriarch.engine.metric_evidence import MetricState
from myriarch.engine.metric_telling import NOTHING_SEEN, Totals
from myriarch.gates.question import clean

TIMES_DIGITS = 3


def evidence_of(status: ReleaseStatus) -> Evidence:
    """What the engine remembers."""
    if status.evidence is None:
        return NO_EVIDENCE
    rows = {row.stratum: Row(tuple(row.saved), tuple(row.staked)) for row in status.evidence.rows}
    metrics = {told.name: _state(told) for told in status.evidence.metrics}
    told = status.evidence.outages
    outages, log_clusters = (None, 0.0) if told is None else (outages_of(told), told.log_value)
    strata, strikes = status.evidence.strata, strikes_of(status.evidence.strikes)
    late = late_of(status.evidence.late)
    return Evidence(rows, status.evidence.log_value, metrics, outages, log_clusters, strata, strikes, late)


def told_evidence(evidence: Evidence) -> Told | None:
    """None where nothing was compared."""
    if not evidence.rows and not evidence.metrics and evidence.outages is None and evidence.strikes is None:
        return None
    rows = [
        EvidenceRow(stratum=name, saved=list(row.saved), staked=list(row.staked))
        for name, row in sorted(evidence.rows.items())
    ]
    metrics = [_metric(name, state) for name, state in sorted(evidence.metrics.items())]
    times = round(evidence.times(), TIMES_DIGITS)
    outages = None if evidence.outages is None else told_outages(evidence.outages, evidence.log_clusters)
    return Told(
        times=times,
        log_value=evidence.log_value,
        rows=rows,
        strata=evidence.strata,
        metrics=metrics,
        outages=outages,
        strikes=told_strikes(evidence.strikes),
        late=told_late(evidence.late),
    )


def _metric(name: str, state: MetricState) -> MetricEvidence:
    return MetricEvidence(
        name=name,
        times=round(state.times(), TIMES_DIGITS),
        log_value=state.log_harm,
        log_safe=state.log_safe,
        share=state.share,
        tried_at=rfc3339_micro(state.tried_at) if state.tried_at else None,
        looked_at=rfc3339_micro(state.looked_at) if state.looked_at else None,
        looks=state.looks,
        place=state.place,
        problem=clean(state.problem)[:MESSAGE_MAX_CHARS],
        rests=state.rests,
        message=state.message[:MESSAGE_MAX_CHARS],
        updated=_told(state.updated),
        controls=_told(state.controls),
        strata=list(state.strata),
        harm=[list(row) for row in state.harm],
        safe=[list(row) for row in state.safe],
        seen=state.seen,
        unchanged=state.unchanged,
    )


def _state(told: MetricEvidence) -> MetricState:
    return MetricState(
        share=told.share,
        log_harm=told.log_value,
        log_safe=told.log_safe,
        tried_at=parse_rfc3339(told.tried_at) if told.tried_at else 0.0,
        looked_at=parse_rfc3339(told.looked_at) if told.looked_at else 0.0,
        looks=told.looks,
        place=told.place,
        problem=told.problem,
        rests=told.rests,
        message=told.message,
        updated=_totals(told.updated),
        controls=_totals(told.controls),
        strata=tuple(told.strata),
        harm=tuple(tuple(row) for row in told.harm),
        safe=tuple(tuple(row) for row in told.safe),
        seen=told.seen,
        unchanged=told.unchanged,
    )


def _told(totals: Totals) -> ArmTotals | None:
    if totals == NOTHING_SEEN:
        return None
    return ArmTotals(units=totals.units, samples=totals.samples, total=totals.total, misses=totals.misses)


def _totals(told: ArmTotals | None) -> Totals:
    if told is None:
        return NOTHING_SEEN
    return Totals(told.units, told.samples, told.total, told.misses)
