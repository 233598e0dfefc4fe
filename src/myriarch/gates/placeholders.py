"""What ``${clusters}`` and the like stand for: an expression that matches exactly the names meant, and no others.

Names come from objects that others write; whatever they hold, they can't break out of the expression, nor out of the
quotes that it stands in. A placeholder that stands for nothing is no expression at all: one that is empty would match
every series that lacks the label.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from myriarch.engine.promql import PLACEHOLDER, VALUES
from myriarch.gates.fetch import NoAnswer
from myriarch.gates.question import Question

FILLED_MAX_CHARS: Final = 512 * 1024
"""Longer texts are not sent: a fleet of ten thousand named clusters fits in half of it."""


def fill_promql(query: str, question: Question) -> str:
    """The query with its placeholders filled, each within double quotes. Raises NoAnswer where one has no names."""
    return _filled(query, question, lambda text: text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))


def fill_expression(expression: str, question: Question) -> str:
    """The same of an expression that is not quoted."""
    return _filled(expression, question, lambda text: text)


def _filled(text: str, question: Question, quoted: Callable[[str], str]) -> str:
    filled = PLACEHOLDER.sub(lambda found: quoted(_alternatives(found[1], names_of(found[1], question))), text)
    if len(filled) > FILLED_MAX_CHARS:
        raise NoAnswer(f"the placeholders make {len(filled)} characters: choose clusters by a label instead")
    return filled


def names_of(placeholder: str, question: Question) -> Sequence[str]:
    """What it stands for here."""
    if placeholder.startswith(VALUES):
        return question.values.get(placeholder.removeprefix(VALUES), ())
    known: dict[str, Sequence[str]] = {
        "clusters": question.clusters,
        "controls": question.controls,
        "revision": (question.revision,),
        "previous": question.previous,
        "component": (question.component,),
        "release": (question.release,),
        "stage": (question.stage,),
    }
    return known.get(placeholder, ())


def _alternatives(placeholder: str, names: Sequence[str]) -> str:
    if not any(names):
        raise NoAnswer(f"${{{placeholder}}} stands for nothing here")
    return "|".join(_literal(name) for name in names if name)


def _literal(name: str) -> str:
    """An expression of RE2 that matches this very name: every ASCII sign that may mean something is escaped."""
    return "".join(sign if sign.isalnum() or sign in "_-" or ord(sign) > _ASCII else f"\\{sign}" for sign in name)


_ASCII: Final = 127
