"""Errors, sorted by who must act on them.

::

    MyriarchError
    ├── Retryable        the machine: try again later (conflict, timeout, connection lost)
    ├── Terminal         nobody can: this attempt is over, say why and stop
    ├── UserFault        the user: names the field, the value and the cure
    └── ProgrammerError  us: a broken promise inside the program

Errors of the Kubernetes API itself are in ``client/errors.py`` and derive from these.
"""

from __future__ import annotations


class MyriarchError(Exception):
    """Root of every error that Myriarch raises on purpose."""


class Retryable(MyriarchError):
    """Trying again later may succeed."""


class Terminal(MyriarchError):
    """Trying again can't succeed."""


class ProgrammerError(MyriarchError):
    """A promise inside the program was broken; never caused by input."""


class UserFault(MyriarchError):
    """Input that the user must mend.

    ``field`` is a dotted path (``spec.stages[0].waves[1].clusters``), ``value`` what was given,
    ``problem`` one clause, ``cure`` one imperative sentence.
    """

    def __init__(self, field: str, value: object, problem: str, cure: str) -> None:
        self.field = field
        self.value = value
        self.problem = problem
        self.cure = cure
        super().__init__(self.message)

    @property
    def message(self) -> str:
        shown = repr(self.value)
        if len(shown) > 120:
            shown = shown[:117] + "..."
        return f"{self.field}: {shown}: {self.problem}. {self.cure}"
