"""``myriarch policy show``: a ready policy as its file has it, comments and all, for the environments of one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import click

from myriarch.base.errors import UserFault
from myriarch.policies.shipped import shipped_names, shipped_policy, shipped_text

_ENVIRONMENT = re.compile(r"(?m)^(?P<before> *environment: )(?P<name>\S+)$")
_OBJECT_NAME = re.compile(r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")


def _names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[Any]:
    return [name for name in shipped_names() if name.startswith(incomplete)]


@click.command()
@click.argument("name", shell_complete=_names)
@click.option("--environment", "-e", "renamed", multiple=True, metavar="READY=OWN", help="Such as prod=production.")
@click.option("--name", "own_name", metavar="NAME", help="Name of the policy.  [default: the ready one's]")
def show(name: str, renamed: tuple[str, ...], own_name: str | None) -> None:
    """Print a ready policy as YAML: myriarch policy show standard | kubectl apply -f -

    Ready policies speak of the environments sim and prod; '-e' puts your own in their places.
    """
    text = shipped_text(name)
    environments = [stage.environment or "" for stage in shipped_policy(name).spec.stages]
    owns = _owns(renamed, environments)
    text = _ENVIRONMENT.sub(lambda found: found["before"] + owns.get(found["name"], found["name"]), text)
    if own_name is not None:
        check_name("--name", own_name)
        text = text.replace(f"  name: {name}\n", f"  name: {own_name}\n", 1)
    click.echo(text, nl=False)


def _owns(renamed: Sequence[str], known: Sequence[str]) -> Mapping[str, str]:
    """Names of environments of the user's by those of the policy. Raises UserFault."""
    owns: dict[str, str] = {}
    for text in renamed:
        ready, equals, own = text.partition("=")
        if not equals:
            raise UserFault("--environment", text, "is not READY=OWN", "Write one such as prod=production.")
        if ready not in known:
            cure = f"Rename one of: {', '.join(dict.fromkeys(known))}."
            raise UserFault("--environment", text, f"the policy has no environment {ready!r}", cure)
        check_name("--environment", own)
        owns[ready] = own
    return owns


def check_name(option: str, name: str) -> None:
    """Raises UserFault where ``name`` could name no object."""
    if not _OBJECT_NAME.match(name):
        cure = "Write lower-case letters, digits, '-' and '.', such as production."
        raise UserFault(option, name, "is no name of an object", cure)
