"""CEL as Kubernetes rules and gates use it: compiling, running, and the functions that Kubernetes adds.

The engine is the package ``cel``. What it lacks and is used in rules is added here: ``find``, ``findAll``,
``isSorted``, ``indexOf`` on lists, ``isURL``, ``quantity``. Field names that CEL reserves are escaped as in
Kubernetes (``self.__namespace__``). Not offered: optional field selection (``self.?a``), two-variable
comprehensions, ``cel.bind``, and the url, ip, cidr, format and semver libraries; a rule that uses one is
refused when its schema is compiled, or says so when it is run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import cel
from cel.stdlib import add_stdlib_to_context

from myriarch.base.errors import MyriarchError

MAX_SHOWN_PROBLEM_CHARS = 200


class CelProblem(MyriarchError):
    """An expression could not be evaluated on this value."""


class CelProgram:
    """One compiled expression. Raises ValueError where it does not parse."""

    def __init__(self, source: str) -> None:
        self.source = source
        try:
            self._program = cel.compile(_unescaped(source))
        except Exception as error:
            problem = str(error).splitlines()[0]
            raise ValueError(f"CEL rule {source!r} can't be compiled: {problem}") from None
        self._selected = {name: _selected(_unescaped(source), name) for name in sorted(self._program.variables())}

    def uses(self, variable: str) -> bool:
        return variable in self._selected

    def run(self, variables: dict[str, Any]) -> Any:
        """The value of the expression. Raises CelProblem."""
        context = _context()
        for name, value in variables.items():
            if name in self._selected:
                context.add_variable(name, _narrowed(value, self._selected[name]))
        try:
            return self._program.execute(context)
        except Exception as error:
            raise CelProblem(_worded(error)) from None


def _selected(expression: str, variable: str) -> tuple[str, ...] | None:
    """The fields of ``variable`` that the expression names; None where it may read anything of it."""
    mentions = re.findall(rf"(?<![\w.]){variable}\b", expression)
    fields = re.findall(rf"(?<![\w.]){variable}\.([A-Za-z_]\w*)\b(?!\s*\()", expression)
    return tuple(sorted(set(fields))) if len(fields) == len(mentions) else None


def _narrowed(value: Any, fields: tuple[str, ...] | None) -> Any:
    """Only what is read: handing a whole object to the engine costs more than most rules."""
    if fields is None or not isinstance(value, dict):
        return value
    return {name: value[name] for name in fields if name in value}


def _worded(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"no such key: {error.args[0]}"
    return (str(error).splitlines() or [type(error).__name__])[0][:MAX_SHOWN_PROBLEM_CHARS]


@cache
def _context() -> Any:
    """One context for all programs: functions are costly to add, and nothing here runs in parallel."""
    context = cel.Context()
    add_stdlib_to_context(context)
    for name, function in _FUNCTIONS.items():
        context.add_function(name, function)
    return context


_ESCAPED = re.compile(r"\.__([a-z]+)__\b")
_SYMBOLS = {"__dot__": ".", "__dash__": "-", "__slash__": "/", "__underscores__": "__"}
_NAME = re.compile(r"\.([A-Za-z_]\w*__(?:dot|dash|slash|underscores)__\w*)")
# Names the parser refuses after a dot, so that they must be written as keys.
_UNSELECTABLE = frozenset({"in", "true", "false", "null"})


def _unescaped(source: str) -> str:
    """``self.__namespace__`` and ``self.a__dash__b`` as this engine reads them."""

    def keyword(found: re.Match[str]) -> str:
        return f'["{found[1]}"]' if found[1] in _UNSELECTABLE else f".{found[1]}"

    def symbols(found: re.Match[str]) -> str:
        name = found[1]
        for escaped, symbol in _SYMBOLS.items():
            name = name.replace(escaped, symbol)
        return f'["{name}"]'

    return _NAME.sub(symbols, _ESCAPED.sub(keyword, source)) if "__" in source else source


def _find(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found[0] if found else ""


def _find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    found = [each[0] for each in re.finditer(pattern, text)]
    return found if limit < 0 else found[:limit]


def _is_sorted(items: list[Any]) -> bool:
    return all(a <= b for a, b in pairwise(items))


def _index_of(where: Any, what: Any, start: int = 0) -> int:
    if isinstance(where, str):
        return where.find(what, start)
    return where.index(what) if what in where else -1


def _last_index_of(where: Any, what: Any) -> int:
    if isinstance(where, str):
        return where.rfind(what)
    return len(where) - 1 - where[::-1].index(what) if what in where else -1


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) or text.startswith("/")


_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?\Z")
_SCALES = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18} | {
    f"{letter}i": 1024.0 ** (power + 1) for power, letter in enumerate("KMGTPE")
}


def _quantity(text: str) -> float:
    """A quantity as a number, so that CEL compares it."""
    found = _QUANTITY.match(text)
    if not found:
        raise ValueError(f"{text!r} is no quantity")
    return float(found[1]) * _SCALES.get(found[2] or "", 1.0) * 10.0 ** int(found[3] or 0)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "find": _find,
    "findAll": _find_all,
    "isSorted": _is_sorted,
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "isURL": _is_url,
    "isQuantity": lambda text: _QUANTITY.match(text) is not None,
    "quantity": _quantity,
    "isGreaterThan": lambda a, b: a > b,
    "isLessThan": lambda a, b: a < b,
    "compareTo": lambda a, b: (a > b) - (a < b),
}
