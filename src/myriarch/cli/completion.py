"""``myriarch completion``: scripts that let a shell complete commands and options."""

from __future__ import annotations

import click

from myriarch.cli.exits import ExitCode

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """Print a completion script for SHELL.

    \b
    bash:  source <(myriarch completion bash)
    zsh:   source <(myriarch completion zsh)
    fish:  myriarch completion fish | source
    """
    from click.shell_completion import ShellComplete, get_completion_class

    from myriarch.cli.main import COMPLETE, PROGRAM, cli

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(cli, {}, PROGRAM, COMPLETE)
    # Bash's own method runs bash to see how old it is; the script is the same whatever the answer.
    click.echo(ShellComplete.source(script))
    return ExitCode.OK
