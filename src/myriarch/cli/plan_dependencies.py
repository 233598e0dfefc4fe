"""What a plan would wait for: components that come first, and versions that clusters don't have yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myriarch.api.component import Component
from myriarch.api.release import Release
from myriarch.api.revision import Revision
from myriarch.cli.connect import Session
from myriarch.cli.release_wish import Checked
from myriarch.client.errors import Forbidden
from myriarch.client.refs import COMPONENTS, RELEASES, REVISIONS
from myriarch.controllers.release.requiring import Requirements, wording
from myriarch.engine.after import final_ceilings
from myriarch.engine.phases import ENDED

NAMED_CLUSTERS = 3


async def dependency_warnings(session: Session, checked: Checked) -> list[str]:
    """A sentence for each requirement that clusters of the plan lack, and each release that goes first."""
    components = {each.name: each for each in (await session.client.list(COMPONENTS, Component)).items}
    component = components.get(checked.spec.component)
    revision = await session.client.get(REVISIONS, Revision, checked.spec.revision)
    found: list[str] = []
    if revision.spec.requires:
        revisions = {each.name: each for each in (await session.client.list(REVISIONS, Revision)).items}
        found += _lacking(checked, revision, Requirements(components, revisions))
    if component is not None and component.spec.after:
        found += _first(component.spec.after, await _releases(session))
    return found


def _lacking(checked: Checked, revision: Revision, requirements: Requirements) -> Iterator[str]:
    rows = final_ceilings(checked.plan) > 0
    clusters = [each for each, moved in zip(checked.clusters, rows, strict=True) if moved]
    for requirement in revision.spec.requires:
        names = [each.name for each in clusters if requirements.lacks(requirement, each)]
        if names:
            named = ", ".join([*names[:NAMED_CLUSTERS], *(["…"] if len(names) > NAMED_CLUSTERS else [])])
            held = f"{len(names)} of {len(clusters)} clusters are held until it is so: {named}"
            yield f"{revision.name} requires {wording(requirement)}; {held}"


def _first(after: Sequence[str], releases: Sequence[Release]) -> Iterator[str]:
    for release in releases:
        if release.spec.component in after and release.status.phase not in ENDED:
            key = f"{release.metadata.namespace}/{release.name}"
            yield f"release {key} of {release.spec.component} goes first: clusters are held until it has settled there"


async def _releases(session: Session) -> Sequence[Release]:
    try:
        return (await session.client.list(RELEASES, Release)).items
    except Forbidden:
        return (await session.client.list(RELEASES, Release, session.namespace)).items
