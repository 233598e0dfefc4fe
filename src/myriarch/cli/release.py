"""``myriarch release``: plan, start, watch and steer releases."""

from __future__ import annotations

from typing import Final

import click

from myriarch.cli.lazy import Entry, LazyGroup

ENTRIES: Final[dict[str, Entry]] = {
    "plan": Entry("myriarch.cli.release_plan:plan", "Show what a release would do, before anything moves."),
    "start": Entry("myriarch.cli.release_start:start", "Start a release."),
    "status": Entry("myriarch.cli.release_status:status", "Tell where releases stand, and why."),
    "explain": Entry("myriarch.cli.release_explain:explain_release", "Say why a release is not moving."),
    "watch": Entry("myriarch.cli.release_watch:watch", "Follow a release until it ends."),
    "pause": Entry("myriarch.cli.release_pause:pause", "Hold the forward steps of a release."),
    "resume": Entry("myriarch.cli.release_resume:resume", "Let a paused release go on."),
    "approve": Entry("myriarch.cli.release_approve:approve", "Give the approval that a release waits for."),
    "abort": Entry("myriarch.cli.release_abort:abort", "End a release and leave nodes where they are."),
    "rollback": Entry("myriarch.cli.release_rollback:rollback", "Bring nodes back to where they came from."),
    "history": Entry("myriarch.cli.release_history:history", "List releases, newest first, or one's timeline."),
}


@click.command(cls=LazyGroup, entries=ENTRIES)
def release() -> None:
    """Plan, start, watch and steer releases."""
