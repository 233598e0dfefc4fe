"""``myriarch``: the command line, in the manner of kubectl.

Each command lives in a file of its own and is imported when it runs. This file names them, runs one, and
makes an exit code of how it ended. Installed as ``kubectl-myriarch`` the same program is a kubectl plugin.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from myriarch import __version__
from myriarch.cli.exits import ExitCode
from myriarch.cli.faults import report
from myriarch.cli.lazy import Entry, LazyGroup

PROGRAM: Final = "myriarch"
PLUGIN: Final = "kubectl-myriarch"
COMPLETE: Final = "_MYRIARCH_COMPLETE"

COMMANDS: Final[dict[str, Entry]] = {
    "demo": Entry("myriarch.cli.demo:demo", "Tell three stories of releases over a simulated fleet."),
    "hub": Entry("myriarch.cli.hub:hub", "Run a hub with a simulated fleet until it is stopped."),
    "install": Entry("myriarch.cli.install:install_hub", "Make a hub of an API server."),
    "controllers": Entry("myriarch.cli.controllers:controllers", "Run the controllers of a hub until stopped."),
    "fleet": Entry("myriarch.cli.fleet:fleet", "Make fleets of inventories, and show them."),
    "agent": Entry("myriarch.cli.agent:agent", "Run the agent of one cluster, or print what it needs there."),
    "clusters": Entry("myriarch.cli.clusters:clusters", "List the clusters of the hub."),
    "release": Entry("myriarch.cli.release:release", "Plan, start, watch and steer releases."),
    "policy": Entry("myriarch.cli.policy:policy", "Show ready policies; check policies of one's own."),
    "train": Entry("myriarch.cli.train:train", "Start, show and stop release trains."),
    "evidence": Entry("myriarch.cli.evidence:evidence", "Weigh samples as a release does; tell what it can find."),
    "credentials": Entry("myriarch.cli.credentials:credentials", "Give people credentials of an embedded hub."),
    "stop": Entry("myriarch.cli.stop:stop", "Stop all forward motion of the fleet, or lift the stop."),
    "simulate": Entry("myriarch.cli.simulate:simulate", "Run a scenario on virtual time and check it."),
    "blame": Entry("myriarch.cli.blame:blame", "Say what failures have in common, and which release caused them."),
    "crds": Entry("myriarch.cli.crds:crds", "Print the CustomResourceDefinitions of Myriarch's kinds."),
    "version": Entry("myriarch.cli.version:version", "Print the version."),
    "completion": Entry("myriarch.cli.completion:completion", "Print a completion script for a shell."),
}

EPILOG: Final = (
    "Exit codes: 0 done; 1 the operation failed, or the release watched did not succeed; "
    "2 wrong usage or input; 3 the hub can't be reached."
)


@click.version_option(__version__, "--version", message="myriarch %(version)s")
@click.command(cls=LazyGroup, entries=COMMANDS, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Run a fleet of Kubernetes clusters: releases go out in phases by rule and come back by themselves."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments, program_name(sys.argv[0])))


def run(arguments: Sequence[str], program: str = PROGRAM) -> int:
    """Run one command; the exit code. Never raises for anything that input or the hub can cause."""
    try:
        code = cli.main(list(arguments), prog_name=program, complete_var=COMPLETE, standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else ExitCode.OK
    except BrokenPipeError:
        _forget_stdout()
        return ExitCode.OK
    except (Exception, KeyboardInterrupt) as error:
        return report(error, program)


def program_name(path: str) -> str:
    """How the user called us: as a program, or as a plugin of kubectl."""
    return "kubectl myriarch" if Path(path).stem == PLUGIN else PROGRAM


def _forget_stdout() -> None:
    """The reader of our output has gone: nothing more is written, also not at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
