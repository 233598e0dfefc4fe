"""From any error to lines on stderr and an exit code: the one place where a command's failure is worded.

A user never sees a traceback, unless they ask for it with ``MYRIARCH_DEBUG=1``.
"""

from __future__ import annotations

import os
import traceback
from typing import Final

import click

from myriarch.base.errors import UserFault
from myriarch.cli.exits import ExitCode, Failed, Faults

DEBUG: Final = "MYRIARCH_DEBUG"
START_OR_NAME: Final = "Start it with 'myriarch hub', or give its --kubeconfig"


def debugging() -> bool:
    """Whether the user asked for tracebacks."""
    return os.environ.get(DEBUG, "") not in ("", "0")


def report(error: BaseException, program: str) -> ExitCode:
    """Say on stderr what went wrong and what to do, and return the code to exit with."""
    if debugging() and not isinstance(error, click.exceptions.Exit):
        traceback.print_exception(error)
    match error:
        case click.UsageError():
            _say(error.format_message())
            path = error.ctx.command_path if error.ctx else program
            click.echo(f"See '{path} --help'.", err=True)
            return ExitCode.USAGE
        case click.ClickException():
            _say(error.format_message())
            return ExitCode.USAGE
        case Faults():
            for fault in error.faults:
                _say(fault.message)
            return ExitCode.USAGE
        case Failed():
            if str(error):
                _say(str(error))
            return ExitCode.FAILED
        case KeyboardInterrupt() | click.Abort():
            return ExitCode.INTERRUPTED
    return _other(error)


def _other(error: BaseException) -> ExitCode:
    """Errors of the API, then of the machine, then ours. Imported late: a sound command needs none of them."""
    from myriarch.client.errors import UNREACHABLE, ApiError, Invalid, Unauthorized, Unreachable

    if isinstance(error, Unreachable):
        away = error.status.reason == UNREACHABLE
        cure = START_OR_NAME if away else "Give a kubeconfig that holds the hub's own certificate authority"
        _say(f"the hub can't be reached: {error}. {cure}")
        return ExitCode.UNREACHABLE
    if isinstance(error, Invalid) and error.status.details and error.status.details.causes:
        for cause in error.status.details.causes:
            _say(f"{cause.field}: {cause.message}. {error.cure}")
        return ExitCode.USAGE
    if isinstance(error, UserFault):
        _say(error.message)
        return ExitCode.USAGE
    if isinstance(error, Unauthorized):
        _say("the hub does not accept the credential: it has expired, or was taken back. Give another --kubeconfig")
        return ExitCode.FAILED
    if isinstance(error, ApiError):
        _say(f"the hub refuses: {error}")
        return ExitCode.FAILED
    if isinstance(error, OSError):
        _say(f"{error.filename or 'system'}: {error.strerror or error}")
        return ExitCode.FAILED
    _say(f"unexpected {type(error).__name__}: {error}. Run again with {DEBUG}=1 for where it happened")
    return ExitCode.FAILED


def _say(text: str) -> None:
    click.echo(f"error: {text}", err=True)
