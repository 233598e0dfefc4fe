"""Exit codes of every command, and the errors that only the command line has.

Scripts rely on the codes: they tell a release that came back from a typing error, and both from a hub that
doesn't answer. ``faults.py`` turns any error into a line on stderr and one of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from myriarch.base.errors import MyriarchError, UserFault


class ExitCode(IntEnum):
    """What the process returns."""

    OK = 0
    FAILED = 1
    """The operation failed, or what was watched ended otherwise than wanted."""
    USAGE = 2
    """The input is wrong: the message says where and how to mend it."""
    UNREACHABLE = 3
    """The hub doesn't answer."""
    INTERRUPTED = 130
    """Ctrl-C, by the shell's convention: 128 and the signal's number."""


class Failed(MyriarchError):
    """The operation did not succeed; the message says why. Empty where everything has been said already."""


class Faults(MyriarchError):
    """Several faults of one input, each with its field, value and cure."""

    def __init__(self, faults: Sequence[UserFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in faults))


def refuse(faults: Sequence[UserFault]) -> None:
    """Raise what there is to raise: nothing, the one fault, or all of them together."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)
