"""The engine's evidence as a release's status holds it, and back."""

from __future__ import annotations

from myriarch.api.release import Evidence as Told
from myriarch.api.release import EvidenceRow, ReleaseStatus
from myriarch.engine.evidence import NO_EVIDENCE, Evidence, Row

TIMES_DIGITS = 3


def evidence_of(status: ReleaseStatus) -> Evidence:
    """What the engine remembers."""
    if status.evidence is None:
        return NO_EVIDENCE
    rows = {row.stratum: Row(tuple(row.saved), tuple(row.staked)) for row in status.evidence.rows}
    return Evidence(rows, status.evidence.log_value)


def told_evidence(evidence: Evidence) -> Told | None:
    """None where nothing was compared."""
    if not evidence.rows:
        return None
    rows = [
        EvidenceRow(stratum=name, saved=list(row.saved), staked=list(row.staked))
        for name, row in sorted(evidence.rows.items())
    ]
    return Told(times=round(evidence.times(), TIMES_DIGITS), log_value=evidence.log_value, rows=rows)
