"""Strikes as a release hears and remembers them (``engine/strikes.py``)."""

from __future__ import annotations

from functools import partial

from myriarch.api.release import Release
from myriarch.api.strike import StrikeEvidence, StrikeRow
from myriarch.base.clock import parse_rfc3339, rfc3339_micro
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.columns import ReleaseColumns
from myriarch.engine.late import REPEAT_SECONDS
from myriarch.engine.population import Population
from myriarch.engine.strikes import Strikes, Told


def heard_strikes(table: FleetTable, release: Release, columns: ReleaseColumns, population: Population) -> Told | None:
    """What the release has not counted yet; None where its policy has no analysis."""
    status = release.status
    if status.policy is None or status.policy.analysis is None:
        return None
    known = status.evidence.strikes if status.evidence is not None else None
    since = known.until if known is not None else status.started_at
    after = parse_rfc3339(since) if since else float("-inf")
    before = REPEAT_SECONDS if status.policy.watch is not None else 0.0  # which of a cluster come again so soon
    strikes = table.strikes.after(after - before, release.spec.component)
    return Told(strikes, table.strikes.tellers, partial(columns.at_most_begun, population))


def strikes_of(told: StrikeEvidence | None) -> Strikes | None:
    """What the engine remembers."""
    if told is None:
        return None
    rows = {row.stratum: tuple(row.saved) for row in told.rows}
    return Strikes(parse_rfc3339(told.until), tuple(told.counted), told.updated, told.others, rows, told.strata)


def told_strikes(known: Strikes | None) -> StrikeEvidence | None:
    """As the status holds it."""
    if known is None:
        return None
    return StrikeEvidence(
        log_value=known.log_value,
        until=rfc3339_micro(known.until),
        updated=known.updated,
        others=known.others,
        counted=list(known.counted),
        strata=known.strata,
        rows=[StrikeRow(stratum=name, saved=list(saved)) for name, saved in sorted(known.rows.items())],
    )
