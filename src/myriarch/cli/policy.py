"""``myriarch policy``: ready policies, and whether one's own are sound."""

from __future__ import annotations

from typing import Final

import click

from myriarch.cli.lazy import Entry, LazyGroup

ENTRIES: Final[dict[str, Entry]] = {
    "list": Entry("myriarch.cli.policy_list:list_policies", "List the ready policies, a line each."),
    "show": Entry("myriarch.cli.policy_show:show", "Print a ready policy, to pipe into kubectl apply."),
    "check": Entry("myriarch.cli.policy_check:check", "Say all that is wrong with policies in files, without a hub."),
    "new": Entry("myriarch.cli.policy_new:new", "Print a policy of three lines to start from."),
}


@click.command(cls=LazyGroup, entries=ENTRIES)
def policy() -> None:
    """Ready release policies, and checks of one's own. None of it needs a hub."""
