"""``myriarch evidence``: the tests that judge releases, for samples of one's own and before anything moves."""

from __future__ import annotations

from typing import Final

import click

from myriarch.cli.lazy import Entry, LazyGroup

ENTRIES: Final[dict[str, Entry]] = {
    "smallest": Entry("myriarch.cli.evidence_smallest:smallest", "Tell the smallest harm that a wave can show."),
    "weigh": Entry("myriarch.cli.evidence_weigh:weigh", "Weigh samples of updated units against their controls."),
}


@click.command(cls=LazyGroup, entries=ENTRIES)
def evidence() -> None:
    """Weigh samples as a release does, and tell what a wave could show."""
