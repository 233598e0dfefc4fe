"""``myriarch credentials``: kubeconfigs for people and programs, made beside the embedded hub that they are for."""

from __future__ import annotations

from typing import Final

import click

from myriarch.cli.lazy import Entry, LazyGroup

COMMANDS: Final[dict[str, Entry]] = {
    "create": Entry("myriarch.cli.credentials_create:create", "Write a kubeconfig for a user and their groups."),
    "list": Entry("myriarch.cli.credentials_list:list_credentials", "List the tokens that were given."),
    "revoke": Entry("myriarch.cli.credentials_revoke:revoke", "Let the tokens of a user end now."),
}


@click.command(cls=LazyGroup, entries=COMMANDS)
def credentials() -> None:
    """Give people and programs credentials of an embedded hub, and take them back.

    They say who somebody is. What they may do is said by roles: bind them with kubectl, for example
    'kubectl create clusterrolebinding ann-starts --clusterrole myriarch-starter --user ann'.
    """
