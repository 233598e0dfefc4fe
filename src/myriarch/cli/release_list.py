"""Releases as rows, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from myriarch.api.release import Release
from myriarch.cli.connect import Session
from myriarch.cli.output import Column, Table, percent
from myriarch.cli.release_view import whole_seconds
from myriarch.client.refs import RELEASES


async def list_releases(session: Session, component: str = "", everywhere: bool = False) -> list[Release]:
    """Releases of the namespace, or of all; newest first."""
    namespace = "" if everywhere else session.namespace
    found = (await session.client.list(RELEASES, Release, namespace)).items
    chosen = [release for release in found if component in ("", release.spec.component)]
    return sorted(chosen, key=lambda release: (_begun(release), release.name), reverse=True)


def _begun(release: Release) -> str:
    return release.status.started_at or release.metadata.creation_timestamp or ""


def table(releases: Sequence[Release], everywhere: bool = False) -> Table:
    """One row a release."""
    titles = ["name", "component", "revision", "phase", "stage", "exposure", "started", "ended"]
    columns = [*(Column(title) for title in titles), Column("policy", wide=True), Column("reason", wide=True)]
    if everywhere:
        columns.insert(0, Column("namespace"))
    return Table(tuple(columns), [_row(release, everywhere) for release in releases])


def _row(release: Release, everywhere: bool) -> list[object]:
    spec, status = release.spec, release.status
    exposures = [f"{each.environment} {percent(each.exposure)}" for each in status.environments]
    row: list[object] = [
        release.name,
        spec.component,
        spec.revision,
        status.phase,
        f"{status.stage_name}/{status.wave + 1}" if status.stage_name else "",
        ", ".join(exposures),
        whole_seconds(status.started_at) if status.started_at else "",
        whole_seconds(status.ended_at) if status.ended_at else "",
        spec.policy,
        status.message or status.reason,
    ]
    return [release.metadata.namespace, *row] if everywhere else row
